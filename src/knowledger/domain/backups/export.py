"""Export a graph for other programs: one file for each type, in one zip."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.backups.catalogue import delete_expired
from knowledger.domain.backups.container import BLOCK_BYTES
from knowledger.domain.backups.create import subject_of
from knowledger.domain.graphs.catalogue import lock_graph
from knowledger.domain.graphs.engine import ExportedFiles, ExportFormat, TableEngine
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command, Turn
from knowledger.domain.operations.progress import Progress, Steps, Work, part_of
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.ids import new_id
from knowledger.models.backups import Backup
from knowledger.models.operations import Operation

KEPT = timedelta(days=7)
"""How long an export can be downloaded, unless it was asked for longer."""


class ExportGraph(Command):
    kind: ClassVar[str] = "export_graph"
    turn: ClassVar[Turn] = Turn.FREE

    format: ExportFormat
    kept: timedelta = KEPT


@dataclass(frozen=True)
class Exported:
    """`files` are the names in the zip; `counts` is rows by type."""

    backup_id: str
    graph_id: str
    format: str
    files: tuple[str, ...]
    counts: dict[str, int]
    size_bytes: int


class ExportIncomplete(KnowledgerError):
    """The export does not hold all that the graph holds, and was thrown away."""

    retryable = True
    hint = "Try again; if it stays so, verify a backup of the graph."


def request_export(
    session: Session,
    graph_id: str,
    by: Access,
    *,
    format_: ExportFormat,
    kept: timedelta | None,
    idempotency_key: str | None,
) -> Operation:
    """Submit an export. Raises NothingToBackUp."""
    subject_of(session, graph_id)
    return submit(
        session,
        ExportGraph(format=format_, kept=kept or KEPT),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
        idempotency_key=idempotency_key,
    )


def export_graph(
    command: ExportGraph, held: Claim, *, sessions: sessionmaker[Session], engine: TableEngine, objects: ObjectStore
) -> Steps[Exported]:
    """Write the current generation to files and record their zip."""
    assert held.graph_id is not None
    graph_id = held.graph_id
    yield Progress("Looking at the graph", step="plan", percent=0)
    with sessions() as session:
        generation = subject_of(session, graph_id).generation
    export_id, schema = new_id("bk"), GraphSchema.parse(generation.schema)
    object_key = f"graphs/{graph_id}/backups/{held.directory}/{export_id}.zip"
    with objects.scratch(held.directory) as scratch:
        work, files = scratch / "work", scratch / "files"
        work.mkdir()
        files.mkdir()
        source = objects.local(generation.object_key)
        written = yield from part_of((0, 80), engine.export(source, schema, work, files, command.format))
        _require_all(written, generation.counts)
        (files / "schema.json").write_bytes(schema.model_dump_json(by_alias=True, indent=2).encode())
        names = ("schema.json", *written.files)
        plain_bytes = sum((files / name).stat().st_size for name in names)
        yield from part_of((80, 99), _zip(files, names, scratch / "export.zip"))
        size_bytes = (scratch / "export.zip").stat().st_size
        objects.put(object_key, scratch / "export.zip")

    def conclude(session: Session) -> Exported:
        graph = lock_graph(session, graph_id)
        delete_expired(session, graph_id)
        session.add(
            Backup(
                id=export_id,
                organization_id=graph.organization_id,
                graph_id=graph_id,
                generation_id=generation.id,
                kind="export",
                format=command.format,
                object_key=object_key,
                counts=written.counts,
                size_bytes=size_bytes,
                plain_bytes=plain_bytes,
                operation_id=held.operation_id,
                created_by=held.user_id,
                expires_at=utc_now() + command.kept,
            )
        )
        return Exported(export_id, graph_id, command.format, names, written.counts, size_bytes)

    return conclude


def _require_all(written: ExportedFiles, counts: dict[str, int]) -> None:
    if {name: count for name, count in counts.items() if written.counts.get(name) != count}:
        raise ExportIncomplete


def _zip(directory: Path, names: Sequence[str], target: Path) -> Work[None]:
    """Parquet is compressed already and only stored."""
    total, done = sum((directory / name).stat().st_size for name in names), 0
    with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            entry = zipfile.ZipInfo.from_file(directory / name, name)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".parquet") else zipfile.ZIP_DEFLATED
            with (directory / name).open("rb") as source, archive.open(entry, "w", force_zip64=True) as inside:
                while block := source.read(BLOCK_BYTES):
                    inside.write(block)
                    done += len(block)
                    yield Progress("Packing the files", step="pack", percent=100 * done / total, bytes_done=done)
