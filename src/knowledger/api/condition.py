"""How a graph is: what it holds, what it may hold, what it uses, and whether it is well."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel
from sqlalchemy.orm import Session

from knowledger.api.access import AsViewer, Router
from knowledger.api.deps import Deps
from knowledger.api.graphs import GraphAnswer
from knowledger.api.shapes import Answer
from knowledger.api.transaction import Transaction, reading
from knowledger.domain.graphs.catalogue import current_generation, find_graph
from knowledger.domain.graphs.health import Finding, Severity, Status, findings_of, look_into, status_of
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.usage import limits_of, recent_operations, usage_of
from knowledger.domain.tables.layers import files_with_layers
from knowledger.kernel.clock import utc_now
from knowledger.models.graphs import Generation

router = Router(tags=["graphs"])


class TypeSummary(BaseModel):
    """`count` is nodes or relationships in the current generation."""

    name: str
    description: str
    properties: int
    count: int


class GraphInfo(GraphAnswer):
    node_types: list[TypeSummary]
    relationship_types: list[TypeSummary]
    node_count: int
    relationship_count: int
    file_count: int
    subgraph_count: int


class LimitAnswer(Answer):
    name: str
    limit: int
    use: int


class GraphLimits(BaseModel):
    """`graphs` counts those of the organization; the others this graph's own."""

    graph_id: str
    tier: str
    limits: list[LimitAnswer]


class OperationCountAnswer(Answer):
    kind: str
    status: str
    count: int


class UsageFigures(Answer):
    """Bytes by layer. `stored_bytes` is what the limit counts: uploads, staged files and the current generation."""

    uploaded_bytes: int
    staged_bytes: int
    generation_bytes: int
    backup_bytes: int
    stored_bytes: int
    files: int
    staged_rows: int
    rows: int
    subgraphs: int
    backups: int


class GraphUsage(UsageFigures):
    """`operations` are those of the last 30 days."""

    graph_id: str
    at: datetime
    operations: list[OperationCountAnswer]


class FindingAnswer(Answer):
    severity: Severity
    code: str
    message: str


class GraphHealth(BaseModel):
    """`unhealthy` with a problem among the findings, `degraded` with a warning."""

    graph_id: str
    status: Status
    generation_id: str | None
    findings: list[FindingAnswer]


@router.get("/graphs/{graph_id}/info")
def info(graph_id: str, access: AsViewer, transaction: Transaction) -> GraphInfo:
    """A graph with its types, how many of each there are, its files and its current generation."""
    graph = find_graph(transaction, graph_id)
    generation, usage = current_generation(transaction, graph), usage_of(transaction, graph)
    schema, counts = GraphSchema.parse(graph.schema), generation.counts if generation else {}
    nodes, relationships = (
        [
            TypeSummary(
                name=item.name,
                description=item.description,
                properties=len(item.properties),
                count=counts.get(item.name, 0),
            )
            for item in types
        ]
        for types in (schema.nodes, schema.relationships)
    )
    return GraphInfo(
        **GraphAnswer.of(graph, generation, access).model_dump(),
        node_types=nodes,
        relationship_types=relationships,
        node_count=sum(item.count for item in nodes),
        relationship_count=sum(item.count for item in relationships),
        file_count=usage.files,
        subgraph_count=usage.subgraphs,
    )


@router.get("/graphs/{graph_id}/limits")
def limits(graph_id: str, access: AsViewer, transaction: Transaction) -> GraphLimits:
    """What the graph's tier allows, and how much of it is used."""
    graph = find_graph(transaction, graph_id)
    found = [LimitAnswer.model_validate(item) for item in limits_of(transaction, graph)]
    return GraphLimits(graph_id=graph_id, tier=graph.tier, limits=found)


@router.get("/graphs/{graph_id}/usage")
def usage(graph_id: str, access: AsViewer, transaction: Transaction) -> GraphUsage:
    """What the graph uses at this moment, and its operations of the last 30 days."""
    graph = find_graph(transaction, graph_id)
    figures = UsageFigures.model_validate(usage_of(transaction, graph))
    operations = [OperationCountAnswer.model_validate(item) for item in recent_operations(transaction, graph)]
    return GraphUsage(**figures.model_dump(), graph_id=graph_id, at=utc_now(), operations=operations)


@router.get("/graphs/{graph_id}/health")
async def health(
    graph_id: str,
    access: AsViewer,
    deps: Deps,
    thorough: Annotated[
        bool, Query(description="Whether to open the graph and count, not only to ask the records")
    ] = True,
) -> GraphHealth:
    """Whether the current generation opens and holds what the catalogue says, and what stands in the way of files."""

    def look(session: Session) -> tuple[Generation | None, list[Finding]]:
        graph = find_graph(session, graph_id)
        layers = files_with_layers(session, graph)
        failed = [item.file.name for item in layers if item.staged.status == "failed"]
        return current_generation(session, graph), findings_of(graph, failed)

    generation, findings = await reading(deps, look)
    if thorough:
        findings = [*await look_into(deps.reader, graph_id, generation), *findings]
    return GraphHealth(
        graph_id=graph_id,
        status=status_of(findings),
        generation_id=generation and generation.id,
        findings=[FindingAnswer.model_validate(item) for item in findings],
    )
