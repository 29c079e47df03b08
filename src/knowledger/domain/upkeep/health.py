"""Every graph looked into: it opens, it holds what the catalogue says, and it is within its limits."""

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.graphs.catalogue import current_generation
from knowledger.domain.graphs.health import Finding, look_into
from knowledger.domain.graphs.reading import GraphReader
from knowledger.domain.graphs.usage import limits_of
from knowledger.domain.upkeep.reports import Report
from knowledger.models.graphs import Graph


async def check_every_graph(sessions: sessionmaker[Session], reader: GraphReader) -> Report:
    """One graph after the other, so that queries keep their place."""
    with sessions() as session:
        graph_ids = session.scalars(select(Graph.id).where(Graph.deleted_at.is_(None)).order_by(Graph.id)).all()
    findings: list[Finding] = []
    for graph_id in graph_ids:
        findings += await _check(sessions, reader, graph_id)
    ill = len({finding.message.partition(":")[0] for finding in findings})
    return Report(
        f"{len(graph_ids):,} graphs were opened and counted; {ill:,} need a look.",
        {"graphs": len(graph_ids), "findings": len(findings)},
        findings,
    )


async def _check(sessions: sessionmaker[Session], reader: GraphReader, graph_id: str) -> list[Finding]:
    with sessions() as session:
        graph = session.get(Graph, graph_id)
        if graph is None or graph.deleted_at is not None:
            return []
        generation = current_generation(session, graph)
        beyond = [limit for limit in limits_of(session, graph) if limit.use > limit.limit]
    # A graph whose creation is under way has no generation yet, which is no illness.
    found = [] if generation is None else await look_into(reader, graph_id, generation)
    found += [Finding("warning", "over_limit", f"{item.name} is {item.use:,} of {item.limit:,}.") for item in beyond]
    return [Finding(item.severity, item.code, f"{graph_id}: {item.message}") for item in found]
