"""Deleted graphs: bring one back while its files are there, or restore its last backup."""

from datetime import datetime

from fastapi import Response
from pydantic import BaseModel, ConfigDict

from knowledger.api.access import AsAdmin, AsViewer, Router
from knowledger.api.answers import Submitted
from knowledger.api.backups import BackupAnswer, NewGraphName
from knowledger.api.graphs import GraphAnswer, IdempotencyKey
from knowledger.api.transaction import Transaction
from knowledger.domain.backups.last import request_last_restore
from knowledger.domain.graphs.catalogue import current_generation
from knowledger.domain.graphs.undelete import DeletedGraph, deleted_graphs, undelete_graph

router = Router(tags=["graphs"])


class DeletedGraphAnswer(BaseModel):
    """`undelete_until` is when its files go; `last_backup` can be restored until it expires."""

    graph_id: str
    name: str
    parent_id: str | None
    subgraph_name: str | None
    deleted_at: datetime
    undelete_until: datetime
    last_backup: BackupAnswer | None

    @classmethod
    def of(cls, deleted: DeletedGraph) -> "DeletedGraphAnswer":
        graph, last = deleted.graph, deleted.last_backup
        return cls(
            graph_id=graph.id,
            name=graph.name,
            parent_id=graph.parent_id,
            subgraph_name=graph.subgraph_name,
            deleted_at=deleted.deleted_at,
            undelete_until=deleted.until,
            last_backup=last and BackupAnswer.of(last),
        )


class DeletedGraphList(BaseModel):
    graphs: list[DeletedGraphAnswer]


class LastRestoreBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: NewGraphName | None = None


@router.get("/deleted-graphs")
def deleted(access: AsViewer, transaction: Transaction) -> DeletedGraphList:
    """The deleted graphs of your organization that can come back, the latest first."""
    found = deleted_graphs(transaction, access.organization_id)
    return DeletedGraphList(graphs=[DeletedGraphAnswer.of(item) for item in found])


@router.post("/deleted-graphs/{deleted_graph_id}/undelete")
def undelete(deleted_graph_id: str, access: AsAdmin, transaction: Transaction) -> GraphAnswer:
    """Bring a graph back as it was, with the subgraphs that were deleted together with it."""
    graph = undelete_graph(transaction, access.organization_id, deleted_graph_id)
    return GraphAnswer.of(graph, current_generation(transaction, graph), access)


@router.post("/deleted-graphs/{deleted_graph_id}/restore", status_code=202)
def restore(
    deleted_graph_id: str,
    response: Response,
    access: AsAdmin,
    transaction: Transaction,
    body: LastRestoreBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Make a new graph of a deleted one's last backup. Its id is the operation's `graph_id`."""
    new_name = body.to.name if body and body.to else None
    operation = request_last_restore(
        transaction, deleted_graph_id, access, new_name=new_name, idempotency_key=idempotency_key
    )
    return Submitted.accepted(operation, response)
