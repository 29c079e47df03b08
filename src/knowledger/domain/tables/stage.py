"""Stage a file: its rows become the table's typed Parquet; those that do not fit are kept beside them."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.graphs.catalogue import find_graph, lock_graph, mark_stale
from knowledger.domain.graphs.engine import OnError, StagedRows, StageRequest, TableEngine
from knowledger.domain.graphs.evolve import grown
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command, Turn
from knowledger.domain.operations.progress import Conclusion, Progress, Steps
from knowledger.domain.operations.submit import submit
from knowledger.domain.tables.files import find_file, local_parts, require_table
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.errors import Conflict, InvalidInput
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject
from knowledger.models.graphs import File, Graph, Staging
from knowledger.models.operations import Operation


class StageFile(Command):
    """Stagings of one graph run beside each other: each writes its own file and nothing else.

    With `types`, a schema that the graph would be extended by, the file is only tried: nothing of it is kept.
    """

    kind: ClassVar[str] = "stage_file"
    turn: ClassVar[Turn] = Turn.SHARED

    file_id: str
    table: str
    on_error: OnError = "continue"
    types: JsonObject | None = None


@dataclass(frozen=True)
class FileStaged:
    """rows_read = rows_accepted + rows_rejected. `first_rejects` are of a file that was only tried."""

    file_id: str
    file_name: str
    table_name: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rejects_by_rule: dict[str, int]
    first_rejects: tuple[JsonObject, ...] = ()


class UploadIncomplete(Conflict):
    """The upload is not complete yet."""

    hint = "Send the rest of the file; its record says from which offset on."


class TableNotChosen(InvalidInput):
    """It is not clear which table the file belongs to."""


def request_stage_file(
    session: Session,
    graph_id: str,
    file_id: str,
    by: Access,
    *,
    table: str | None,
    on_error: OnError,
    idempotency_key: str | None,
    types: JsonObject | None = None,
) -> Operation:
    """Submit the staging of an upload, or its trial against `types`.

    Raises UploadIncomplete, TableNotChosen, UnknownTable; for `types` InvalidSchema, SchemaConflict.
    """
    graph = find_graph(session, graph_id)
    file = find_file(session, graph_id, file_id)
    if file.completed_at is None:
        raise UploadIncomplete
    chosen = table or file.table_name
    if chosen is None:
        raise TableNotChosen(
            f"{file.name} is not named after a table of this graph.",
            hint=f"Say which: {', '.join(GraphSchema.parse(graph.schema).table_names) or 'the graph has none yet'}.",
        )
    table_name = require_table(_schema(graph, types), chosen)
    operation = submit(
        session,
        StageFile(file_id=file_id, table=table_name, on_error=on_error, types=types),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
        idempotency_key=idempotency_key,
    )
    if types is None:
        file.table_name, file.staging_operation_id = table_name, operation.id
    return operation


def _schema(graph: Graph, types: JsonObject | None) -> GraphSchema:
    current = GraphSchema.parse(graph.schema)
    return current if types is None else grown(current, GraphSchema.parse(types))


def stage_file(
    command: StageFile,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
) -> Steps[FileStaged]:
    """Read the upload into typed Parquet; unless it is tried, put that in the place of what was staged of it before."""
    assert held.graph_id is not None
    prefix = f"graphs/{held.graph_id}/staged/{held.directory}"
    rows_key, rejects_key = f"{prefix}/{command.file_id}.parquet", f"{prefix}/{command.file_id}.rejects.parquet"
    with objects.scratch(held.directory) as scratch:
        with sessions() as session:
            request = _request(session, held.graph_id, command, scratch, objects)
        yield Progress(f"Reading {request.file_name}", step="read", percent=0)
        staged = yield from engine.stage(request)
        if command.types is not None:
            return partial(_tried, command, request.file_name, staged)
        objects.put(rows_key, request.rows_path)
        objects.put(rejects_key, request.rejects_path)
    return _conclusion(command, held, staged, rows_key, rejects_key)


def _request(session: Session, graph_id: str, command: StageFile, scratch: Path, objects: ObjectStore) -> StageRequest:
    file = find_file(session, graph_id, command.file_id)
    work = scratch / "work"
    work.mkdir()
    return StageRequest(
        file_name=file.name,
        parts=local_parts(session, file, objects),
        schema=_schema(find_graph(session, graph_id), command.types),
        table=command.table,
        rows_path=scratch / "rows.parquet",
        rejects_path=scratch / "rejects.parquet",
        scratch=work,
        on_error=command.on_error,
    )


def _tried(command: StageFile, file_name: str, staged: StagedRows, _: Session) -> FileStaged:
    whose: JsonObject = {"file_id": command.file_id, "file_name": file_name, "table": command.table}
    return FileStaged(
        file_id=command.file_id,
        file_name=file_name,
        table_name=command.table,
        rows_read=staged.rows_read,
        rows_accepted=staged.rows_accepted,
        rows_rejected=staged.rows_rejected,
        rejects_by_rule=staged.rejects_by_rule,
        first_rejects=tuple({**whose, **reject} for reject in staged.first_rejects),
    )


def _conclusion(
    command: StageFile, held: Claim, staged: StagedRows, rows_key: str, rejects_key: str
) -> Conclusion[FileStaged]:
    def conclude(session: Session) -> FileStaged:
        assert held.graph_id is not None
        graph = lock_graph(session, held.graph_id)
        file: File = find_file(session, held.graph_id, command.file_id)
        staging = Staging(
            id=new_id("stg"),
            file_id=file.id,
            table_name=command.table,
            rows_key=rows_key,
            rejects_key=rejects_key,
            rows_read=staged.rows_read,
            rows_accepted=staged.rows_accepted,
            rows_rejected=staged.rows_rejected,
            rejects_by_rule=staged.rejects_by_rule,
            size_bytes=staged.size_bytes,
            operation_id=held.operation_id,
        )
        session.add(staging)
        session.flush()
        file.staging_id, file.table_name = staging.id, command.table
        mark_stale(session, graph, f"The file {file.name} was staged.")
        return FileStaged(
            file_id=file.id,
            file_name=file.name,
            table_name=command.table,
            rows_read=staged.rows_read,
            rows_accepted=staged.rows_accepted,
            rows_rejected=staged.rows_rejected,
            rejects_by_rule=staged.rejects_by_rule,
        )

    return conclude
