"""Subgraphs of a graph, by their names. Each is also a graph of its own, by its id, on every route of graphs."""

from fastapi import BackgroundTasks, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledger.api import deletion
from knowledger.api.access import AsAdmin, AsMember, AsViewer, Router
from knowledger.api.answers import Submitted
from knowledger.api.deps import Deps
from knowledger.api.graphs import GraphAnswer, IdempotencyKey
from knowledger.api.transaction import Transaction
from knowledger.domain.billing.tiers import tier_named
from knowledger.domain.graphs.catalogue import current_generation, find_graph
from knowledger.domain.graphs.subgraphs import (
    NAME,
    CreateSubgraph,
    find_subgraph,
    list_subgraphs,
    request_create_subgraph,
)

router = Router(tags=["subgraphs"])


class SubgraphBody(BaseModel):
    """An empty subgraph or, with `fork`, one that begins as its parent is: whole, or with some `tables` of it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=64, examples=["trial"], description=f"`{NAME.pattern}`, unique in the parent")
    display_name: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=2000)
    fork: bool = False
    tables: list[str] = Field(default=[], max_length=1000, description="None named: all of them")

    @model_validator(mode="before")
    @classmethod
    def _predecessor(cls, body: object) -> object:
        """Published clients say `fork_parent`, and send what a subgraph has from its parent or does not have."""
        if not isinstance(body, dict) or not {"fork_parent", "subgraph_type", "schema_extensions"} & body.keys():
            return body
        ours = {"fork_parent", "subgraph_type", "schema_extensions", "metadata"}
        rest = {name: value for name, value in body.items() if name not in ours and value is not None}
        return {"fork": bool(body.get("fork_parent")), **rest}

    @property
    def command(self) -> CreateSubgraph:
        return CreateSubgraph(
            name=self.name,
            display_name=self.display_name,
            description=self.description,
            fork=self.fork or bool(self.tables),
            tables=tuple(self.tables),
        )


class SubgraphList(BaseModel):
    """`limit` is how many the parent's tier allows."""

    parent_id: str
    subgraphs: list[GraphAnswer]
    limit: int


@router.post("/graphs/{graph_id}/subgraphs", status_code=202)
def create(
    graph_id: str,
    body: SubgraphBody,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Create a subgraph when the parent's earlier operations are done. Its id is in the operation's result."""
    operation = request_create_subgraph(transaction, graph_id, access, body.command, idempotency_key=idempotency_key)
    return Submitted.accepted(operation, response)


@router.get("/graphs/{graph_id}/subgraphs")
def subgraphs(graph_id: str, access: AsViewer, transaction: Transaction) -> SubgraphList:
    """The subgraphs of a graph, by name."""
    parent = find_graph(transaction, graph_id)
    found = list_subgraphs(transaction, graph_id)
    return SubgraphList(
        parent_id=graph_id,
        subgraphs=[GraphAnswer.of(graph, generation, access) for graph, generation in found],
        limit=tier_named(parent.tier).subgraphs,
    )


@router.get("/graphs/{graph_id}/subgraphs/{subgraph_name}")
def subgraph(graph_id: str, subgraph_name: str, access: AsViewer, transaction: Transaction) -> GraphAnswer:
    """One subgraph and its current generation."""
    found = find_subgraph(transaction, graph_id, subgraph_name)
    return GraphAnswer.of(found, current_generation(transaction, found), access)


@router.delete(
    "/graphs/{graph_id}/subgraphs/{subgraph_name}",
    status_code=204,
    response_class=Response,
    responses=deletion.ANSWERS,
)
def delete(
    graph_id: str,
    subgraph_name: str,
    access: AsAdmin,
    transaction: Transaction,
    deps: Deps,
    afterwards: BackgroundTasks,
    backup: deletion.WithBackup = False,
    keep_days: deletion.KeptDays = deletion.KEPT_DAYS,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Delete a subgraph with its files and generations; the parent keeps its own."""
    found = find_subgraph(transaction, graph_id, subgraph_name).id
    if backup:
        return deletion.after_backup(transaction, found, access, kept_days=keep_days, idempotency_key=idempotency_key)
    return deletion.now(transaction, found, deps, afterwards)
