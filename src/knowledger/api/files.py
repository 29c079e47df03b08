"""Files: upload in one go or in parts, see how far each has come, stage, delete."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import Session

from knowledger.api.access import AsMember, AsViewer, Router
from knowledger.api.answers import Submitted
from knowledger.api.deps import Deps
from knowledger.api.graphs import IdempotencyKey
from knowledger.api.receive import received
from knowledger.api.transaction import Transaction, reading
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.graphs.engine import OnError
from knowledger.domain.tables.files import (
    Part,
    add_part,
    begin_upload,
    delete_file,
    find_file,
    upload_limit,
    uploaded_before,
)
from knowledger.domain.tables.layers import FileLayers, GraphLayer, StagedLayer, UploadedLayer, files_with_layers
from knowledger.domain.tables.stage import request_stage_file
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.json import JsonObject
from knowledger.models.graphs import File
from knowledger.models.operations import Operation

router = Router(tags=["files"])

UNLIMITED = 2**62
"""Of the body: a file's own limit is its tier's."""
RAW_BODY = {
    "requestBody": {
        "description": "The file's bytes as they are, or a multipart form with one part that is the file",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class Layers(BaseModel):
    uploaded: UploadedLayer
    staged: StagedLayer
    graph: GraphLayer


class FileAnswer(BaseModel):
    """`size_bytes` is also the offset at which an unfinished upload goes on."""

    file_id: str
    graph_id: str
    table_name: str | None
    file_name: str
    file_format: str
    size_bytes: int
    sha256: str | None
    created_at: datetime
    created_by: str | None
    layers: Layers

    @classmethod
    def of(cls, found: FileLayers) -> "FileAnswer":
        file = found.file
        return cls(
            file_id=file.id,
            graph_id=file.graph_id,
            table_name=file.table_name,
            file_name=file.name,
            file_format=file.format,
            size_bytes=file.size_bytes,
            sha256=file.sha256,
            created_at=file.created_at,
            created_by=file.created_by,
            layers=Layers(uploaded=found.uploaded, staged=found.staged, graph=found.graph),
        )


class FileList(BaseModel):
    files: list[FileAnswer]


class Uploaded(BaseModel):
    """The file and, where the upload started its staging, that operation."""

    file: FileAnswer
    operation: Submitted | None


class StageRequestBody(BaseModel):
    """With `types`, a schema that the graph would be extended by, the file is only tried against it.

    Its result then has the first rejected rows, and nothing else comes of it.
    """

    model_config = ConfigDict(extra="forbid")

    table: str | None = None
    on_error: OnError = "continue"
    types: JsonObject | None = None


Stage = Annotated[bool, Query(description="Whether to stage it as soon as it is here")]
OnRowError = Annotated[OnError, Query(description="What a row that does not fit does to the rest")]
Complete = Annotated[bool, Query(description="Whether these are the last bytes")]


@router.post("/graphs/{graph_id}/files", status_code=201, openapi_extra=RAW_BODY, max_body_size=UNLIMITED)
async def upload(
    graph_id: str,
    request: Request,
    access: AsMember,
    transaction: Transaction,
    deps: Deps,
    name: Annotated[str, Query(min_length=1, max_length=1024, description="The file's name, such as num.txt")],
    table: Annotated[str | None, Query(description="Its table; by default the one it is named after")] = None,
    stage: Stage = True,
    on_error: OnRowError = "continue",
    complete: Complete = True,
    idempotency_key: IdempotencyKey = None,
) -> Uploaded:
    """Upload a file, as a stream of any length the tier allows; a complete one is staged unless told not to."""

    def keep(part: Part) -> Uploaded:
        if before := uploaded_before(transaction, graph_id, idempotency_key, name, part):
            return _uploaded(transaction, before)
        file = begin_upload(transaction, graph_id, access, name=name, table=table, idempotency_key=idempotency_key)
        add_part(transaction, file, part, 0, complete=complete, objects=deps.objects)
        return _uploaded(transaction, file, access if stage and complete else None, on_error)

    limit_bytes = await reading(deps, lambda session: upload_limit(session, graph_id))
    async with received(request, deps.objects, limit_bytes) as part:
        return await run_in_threadpool(keep, part)


@router.patch("/graphs/{graph_id}/files/{file_id}", openapi_extra=RAW_BODY, max_body_size=UNLIMITED)
async def continue_upload(
    graph_id: str,
    file_id: str,
    request: Request,
    access: AsMember,
    transaction: Transaction,
    deps: Deps,
    offset: Annotated[int, Query(ge=0, description="Where these bytes begin: the file's size so far")],
    stage: Stage = True,
    on_error: OnRowError = "continue",
    complete: Complete = True,
) -> Uploaded:
    """Go on with an upload after its first bytes. `UploadOffsetMismatch` says where it goes on."""

    def keep(part: Part) -> Uploaded:
        file = find_file(transaction, graph_id, file_id)
        add_part(transaction, file, part, offset, complete=complete, objects=deps.objects)
        return _uploaded(transaction, file, access if stage and complete else None, on_error)

    limit_bytes = await reading(deps, lambda session: upload_limit(session, graph_id))
    async with received(request, deps.objects, limit_bytes) as part:
        return await run_in_threadpool(keep, part)


@router.get("/graphs/{graph_id}/files")
def files(graph_id: str, access: AsViewer, transaction: Transaction) -> FileList:
    """The graph's files, newest first, each with its layers."""
    found = files_with_layers(transaction, find_graph(transaction, graph_id))
    return FileList(files=[FileAnswer.of(item) for item in found])


@router.get("/graphs/{graph_id}/files/{file_id}")
def file(graph_id: str, file_id: str, access: AsViewer, transaction: Transaction) -> FileAnswer:
    """One file: uploaded, staged, in the graph: how far each layer is."""
    return _answer(transaction, find_file(transaction, graph_id, file_id))


@router.delete("/graphs/{graph_id}/files/{file_id}", status_code=204)
def delete(graph_id: str, file_id: str, access: AsMember, transaction: Transaction) -> None:
    """Delete a file: from its table at once, from the graph with the next materialization."""
    delete_file(transaction, graph_id, file_id)


@router.post("/graphs/{graph_id}/files/{file_id}/stage", status_code=202)
def stage_again(
    graph_id: str,
    file_id: str,
    body: StageRequestBody,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Stage an uploaded file, or stage it again."""
    operation = request_stage_file(
        transaction,
        graph_id,
        file_id,
        access,
        table=body.table,
        on_error=body.on_error,
        idempotency_key=idempotency_key,
        types=body.types,
    )
    return Submitted.accepted(operation, response)


def _uploaded(
    session: Session, file: File, stage_for: Access | None = None, on_error: OnError = "continue"
) -> Uploaded:
    """The file as it stands, and the staging that begins with it, where it does."""
    operation = None
    if stage_for is not None and file.table_name is not None:
        operation = request_stage_file(
            session, file.graph_id, file.id, stage_for, table=None, on_error=on_error, idempotency_key=None
        )
    elif file.staging_operation_id is not None:
        operation = session.get(Operation, file.staging_operation_id)
    return Uploaded(file=_answer(session, file), operation=Submitted.of(operation) if operation else None)


def _answer(session: Session, file: File) -> FileAnswer:
    session.flush()
    return FileAnswer.of(files_with_layers(session, find_graph(session, file.graph_id), file.id)[0])
