"""Opening a graph for tools."""

from sqlalchemy.orm import Session

from knowledger.domain.agents.tools.context import GraphReading, ToolContext
from knowledger.domain.graphs.catalogue import current_generation
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.tables.overview import overview
from knowledger.kernel.clock import utc_now
from knowledger.models.graphs import Graph


def opened(session: Session, graph: Graph, reading: GraphReading) -> ToolContext:
    """What tools may touch of a graph, with the schema that its current generation was built by."""
    generation = current_generation(session, graph)
    return ToolContext(
        graph_id=graph.id,
        generation_id=generation.id if generation else None,
        schema=GraphSchema.parse(generation.schema if generation else graph.schema),
        reading=reading,
        today=utc_now().date(),
        staging_tables=tuple(table.shape.table for table in overview(session, graph) if table.staged),
    )
