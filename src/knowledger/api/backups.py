"""Backups: make, look at, verify, restore, download, delete; and exports for other programs."""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Annotated, BinaryIO, Literal

from fastapi import Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from knowledger.api.access import AsAdmin, AsMember, AsViewer, Router
from knowledger.api.answers import Submitted
from knowledger.api.deps import Deps
from knowledger.api.files import RAW_BODY, UNLIMITED
from knowledger.api.graphs import IdempotencyKey
from knowledger.api.receive import received
from knowledger.api.transaction import Transaction, reading
from knowledger.domain.backups.catalogue import delete_backup, find_backup, list_backups
from knowledger.domain.backups.create import request_backup
from knowledger.domain.backups.download import Download, download_of
from knowledger.domain.backups.export import request_export
from knowledger.domain.backups.restore import request_restore
from knowledger.domain.backups.retention import Keep, thin_out
from knowledger.domain.backups.upload import take_in_backup, upload_limit_bytes
from knowledger.domain.backups.verify import request_verification
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.graphs.engine import ExportFormat
from knowledger.domain.tables.files import Part
from knowledger.kernel.clock import utc_now
from knowledger.kernel.json import JsonObject
from knowledger.models.backups import Backup

router = Router(tags=["backups"])

_BLOCK_BYTES = 1 << 20
DOWNLOAD: dict[int | str, dict[str, object]] = {
    200: {
        "description": "The backup as one encrypted file, or the export's zip",
        "content": {"application/octet-stream": {}, "application/zip": {}},
    }
}
KeptDays = Annotated[int | None, Field(ge=1, le=3660, description="Deleted after so many days; else kept.")]


class BackupBody(BaseModel):
    """`full` is the generation's file with its staged rows; `logical` the staged rows alone, for any engine version."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["full", "logical"] = "full"
    retention_days: KeptDays = None


class ExportBody(BaseModel):
    """A zip with one file for each type, in this format. It is kept for 7 days unless `retention_days` says more."""

    model_config = ConfigDict(extra="forbid")

    format: ExportFormat
    retention_days: KeptDays = None


class NewGraphName(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)


class RestoreBody(BaseModel):
    """Into a new graph, named by `to`; or, where `confirm` is the graph's own name, in its place."""

    model_config = ConfigDict(extra="forbid")

    to: NewGraphName | None = None
    confirm: str | None = Field(default=None, max_length=200)


class VerifyBody(BaseModel):
    """`deep` also reads every row, and compares them with those of a graph built of the staged rows: slower."""

    model_config = ConfigDict(extra="forbid")

    deep: bool = False


class BackupAnswer(BaseModel):
    """`size_bytes` is what is stored, `plain_bytes` what it was made of. `verification` is the latest verdict."""

    backup_id: str
    graph_id: str
    kind: Literal["full", "logical", "export"]
    format: str
    generation_id: str
    counts: dict[str, int]
    size_bytes: int
    plain_bytes: int
    sha256: str | None
    key_id: str | None
    created_at: datetime
    created_by: str | None
    expires_at: datetime | None
    verified_at: datetime | None
    verification: JsonObject | None
    operation_id: str | None

    @classmethod
    def of(cls, backup: Backup) -> "BackupAnswer":
        shown = {name: getattr(backup, name) for name in cls.model_fields if hasattr(backup, name)}
        manifest, key = backup.manifest or {}, backup.wrapped_key or {}
        return cls(backup_id=backup.id, sha256=manifest.get("sha256"), key_id=key.get("key_id"), **shown)


class BackupList(BaseModel):
    backups: list[BackupAnswer]


class ThinOutBody(BaseModel):
    """How many hours, days, weeks and months keep their newest backup; `dry_run` only tells what would be deleted."""

    model_config = ConfigDict(extra="forbid")

    hourly: int = Field(default=24, ge=0)
    daily: int = Field(default=7, ge=0)
    weekly: int = Field(default=5, ge=0)
    monthly: int = Field(default=12, ge=0)
    dry_run: bool = False


class ThinnedAnswer(BaseModel):
    kept: list[str]
    deleted: list[str]


@router.post("/graphs/{graph_id}/backups", status_code=202)
def create(
    graph_id: str,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    body: BackupBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Back the graph's current generation up, while queries and other operations go on."""
    wanted = body or BackupBody()
    kept = wanted.retention_days
    operation = request_backup(
        transaction,
        graph_id,
        access,
        kind=wanted.kind,
        expires_at=utc_now() + timedelta(days=kept) if kept else None,
        idempotency_key=idempotency_key,
    )
    return Submitted.accepted(operation, response)


@router.post("/graphs/{graph_id}/backups/import", status_code=201, openapi_extra=RAW_BODY, max_body_size=UNLIMITED)
async def import_backup(
    graph_id: str,
    request: Request,
    access: AsMember,
    transaction: Transaction,
    deps: Deps,
    retention_days: Annotated[int | None, Query(ge=1, le=3660, description="Deleted after so many days")] = None,
) -> BackupAnswer:
    """Upload a backup file that was downloaded, of this graph or another, to be verified and restored from."""
    kept = timedelta(days=retention_days) if retention_days else None

    def keep(part: Part) -> BackupAnswer:
        taken_in = take_in_backup(
            transaction, graph_id, access, part.path, kept=kept, objects=deps.objects, keys=deps.backup_keys
        )
        return BackupAnswer.of(taken_in)

    limit_bytes = await reading(deps, lambda session: upload_limit_bytes(session, graph_id))
    async with received(request, deps.objects, limit_bytes) as part:
        return await run_in_threadpool(keep, part)


@router.post("/graphs/{graph_id}/exports", status_code=202)
def export(
    graph_id: str,
    body: ExportBody,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Write the graph to files for other programs. The result's `backup_id` is what to download."""
    operation = request_export(
        transaction,
        graph_id,
        access,
        format_=body.format,
        kept=timedelta(days=body.retention_days) if body.retention_days else None,
        idempotency_key=idempotency_key,
    )
    return Submitted.accepted(operation, response)


@router.get("/graphs/{graph_id}/backups")
def backups(graph_id: str, access: AsViewer, transaction: Transaction) -> BackupList:
    """The graph's backups and exports, newest first. Each is complete."""
    graph = find_graph(transaction, graph_id)
    return BackupList(backups=[BackupAnswer.of(item) for item in list_backups(transaction, graph.id)])


@router.post("/graphs/{graph_id}/backups/thin-out")
def thin(graph_id: str, access: AsAdmin, transaction: Transaction, body: ThinOutBody | None = None) -> ThinnedAnswer:
    """Delete the backups that no hour, day, week or month keeps; never the newest verified one."""
    wanted = (body or ThinOutBody()).model_dump()
    dry_run = wanted.pop("dry_run")
    thinned = thin_out(transaction, graph_id, Keep(**wanted), dry_run=dry_run)
    return ThinnedAnswer(kept=thinned.kept, deleted=thinned.deleted)


@router.get("/graphs/{graph_id}/backups/{backup_id}")
def backup(graph_id: str, backup_id: str, access: AsViewer, transaction: Transaction) -> BackupAnswer:
    """One backup or export."""
    return BackupAnswer.of(find_backup(transaction, graph_id, backup_id))


@router.delete("/graphs/{graph_id}/backups/{backup_id}", status_code=204)
def delete(graph_id: str, backup_id: str, access: AsAdmin, transaction: Transaction) -> None:
    """Delete a backup or export."""
    delete_backup(transaction, graph_id, backup_id)


@router.get("/graphs/{graph_id}/backups/{backup_id}/download", response_class=Response, responses=DOWNLOAD)
async def download(graph_id: str, backup_id: str, access: AsViewer, deps: Deps) -> Response:
    """The backup with its manifest as one file, encrypted as it is stored; or the export's zip."""
    found = await reading(deps, lambda session: download_of(find_backup(session, graph_id, backup_id)))
    content = await run_in_threadpool(found.open, deps.objects)
    headers = {
        "Content-Length": str(found.size_bytes),
        "Content-Disposition": f'attachment; filename="{found.file_name}"',
    }
    return StreamingResponse(_blocks(found, content), media_type=found.media_type, headers=headers)


@router.post("/graphs/{graph_id}/backups/{backup_id}/verify", status_code=202)
def verify(
    graph_id: str,
    backup_id: str,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    body: VerifyBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Put the backup back into private files, open it and count. The result says whether it is `sound`."""
    operation = request_verification(
        transaction, graph_id, backup_id, access, deep=bool(body and body.deep), idempotency_key=idempotency_key
    )
    return Submitted.accepted(operation, response)


@router.post("/graphs/{graph_id}/backups/{backup_id}/restore", status_code=202)
def restore(
    graph_id: str,
    backup_id: str,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    body: RestoreBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Make a new graph of the backup, whose id is the operation's `graph_id`; or put it back in the graph's place."""
    wanted = body or RestoreBody()
    operation = request_restore(
        transaction,
        graph_id,
        backup_id,
        access,
        new_name=wanted.to.name if wanted.to else None,
        confirm=wanted.confirm,
        idempotency_key=idempotency_key,
    )
    return Submitted.accepted(operation, response)


def _blocks(found: Download, content: BinaryIO) -> Iterator[bytes]:
    with closing(content):
        yield found.head
        while block := content.read(_BLOCK_BYTES):
            yield block
