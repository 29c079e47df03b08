"""Opening a graph for tools."""

from sqlalchemy.orm import Session

from knowledger.domain.agents.tools.context import GraphReading, ToolContext
from knowledger.domain.graphs.catalogue import current_generation
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.clock import utc_now
from knowledger.models.graphs import Generation, Graph

_MOST_SCHEMAS = 128
_schemas: dict[str, GraphSchema] = {}


def opened(session: Session, graph: Graph, reading: GraphReading) -> ToolContext:
    """What tools may touch of a graph, with the schema that its current generation was built by."""
    generation = current_generation(session, graph)
    return ToolContext(
        graph_id=graph.id,
        generation_id=generation.id if generation else None,
        schema=_schema_of(generation) if generation else GraphSchema.parse(graph.schema),
        reading=reading,
        today=utc_now().date(),
    )


def _schema_of(generation: Generation) -> GraphSchema:
    """Kept by the generation's id: what one was built by never changes, and reading it takes as long as a query."""
    schema = _schemas.get(generation.id)
    if schema is None:
        schema = GraphSchema.parse(generation.schema)
        if len(_schemas) >= _MOST_SCHEMAS:
            _schemas.clear()
        _schemas[generation.id] = schema
    return schema
