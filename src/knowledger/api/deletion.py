"""Deleting a graph: at once, or after a last backup, by an operation."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Annotated

from fastapi import BackgroundTasks, Query, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from knowledger.api.answers import Submitted
from knowledger.api.deps import ApiDeps
from knowledger.domain.backups.last import KEPT, request_deletion
from knowledger.domain.graphs.catalogue import delete_graph
from knowledger.domain.graphs.reading import HostUnavailable
from knowledger.domain.tenancy.access import Access

WithBackup = Annotated[bool, Query(description="Make a last backup of it first: an operation, and 202")]
KeptDays = Annotated[int, Query(ge=1, le=3660, description="How long that can be restored")]
KEPT_DAYS = KEPT.days
ANSWERS: dict[int | str, dict[str, object]] = {
    202: {"model": Submitted, "description": "It will be deleted once its last backup is made"},
    204: {"description": "It is deleted"},
}


def now(session: Session, graph_id: str, deps: ApiDeps, afterwards: BackgroundTasks) -> Response:
    afterwards.add_task(_close_readers, deps, delete_graph(session, graph_id))
    return Response(status_code=204, background=afterwards)


def after_backup(
    session: Session, graph_id: str, access: Access, *, kept_days: int, idempotency_key: str | None
) -> Response:
    kept = timedelta(days=kept_days)
    operation = request_deletion(session, graph_id, access, kept=kept, idempotency_key=idempotency_key)
    answer = Submitted.of(operation)
    return JSONResponse(answer.model_dump(mode="json", by_alias=True), 202, headers={"Location": answer.links.cancel})


async def _close_readers(deps: ApiDeps, graph_ids: Sequence[str]) -> None:
    """Let go of files that nobody may read any more. A host that is away has none open, or closes them when idle."""
    with suppress(HostUnavailable):
        for graph_id in graph_ids:
            await deps.reader.close_graph(graph_id)
