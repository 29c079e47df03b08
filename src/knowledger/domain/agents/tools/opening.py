"""Opening a graph for tools."""

from sqlalchemy.orm import Session

from knowledger.domain.agents.tools.context import GraphReading, ToolContext
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.clock import utc_now
from knowledger.models.graphs import Generation

_MOST_SCHEMAS = 128
_schemas: dict[str, GraphSchema] = {}


def opened(session: Session, graph_id: str, reading: GraphReading) -> ToolContext:
    """What tools may touch of a graph, with the schema that the generation they read was built by."""
    generation_id = reading.generation()
    return ToolContext(
        graph_id=graph_id,
        generation_id=generation_id,
        schema=_built_by(session, generation_id) if generation_id else _wanted(session, graph_id),
        reading=reading,
        today=utc_now().date(),
    )


def _wanted(session: Session, graph_id: str) -> GraphSchema:
    return GraphSchema.parse(find_graph(session, graph_id).schema)


def _built_by(session: Session, generation_id: str) -> GraphSchema:
    """Kept by the generation's id: what one was built by never changes, and reading it takes as long as a query."""
    schema = _schemas.get(generation_id)
    if schema is None:
        schema = GraphSchema.parse(session.get_one(Generation, generation_id).schema)
        if len(_schemas) >= _MOST_SCHEMAS:
            _schemas.clear()
        _schemas[generation_id] = schema
    return schema
