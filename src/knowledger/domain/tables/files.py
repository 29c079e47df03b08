"""Uploads: bytes that arrive in parts, and the three layers they go through."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import current_generation, find_graph, lock_graph, mark_stale
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.table_shape import UnknownTable
from knowledger.domain.graphs.usage import usage_of
from knowledger.domain.operations.errors import IdempotencyKeyReused
from knowledger.domain.tables.materialize import clear_if_current
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import Conflict, InvalidInput, NotFound
from knowledger.kernel.ids import new_id
from knowledger.models.graphs import File, FilePart, Graph

_FORMATS = {
    "csv": "csv",
    "tsv": "tsv",
    "txt": "text",
    "json": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "parquet": "parquet",
}
_LOCK_KEY = text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f/\\]")


class FileNotFound(NotFound):
    """There is no such file in this graph."""

    hint = "The graph's list of files has their ids."


class UploadOffsetMismatch(Conflict):
    """The upload does not go on at this offset."""

    hint = "Go on from details.offset: the bytes before it have arrived."


class UploadComplete(Conflict):
    """The upload is complete; nothing can be added to it."""


class InvalidFileName(InvalidInput):
    """The file name cannot be used."""

    hint = "Give the name that people know the file by, such as num.txt: no folders, no control characters."


@dataclass(frozen=True)
class Part:
    """Bytes that have arrived in a local file, to be added to an upload."""

    path: Path
    size_bytes: int


def upload_limit(session: Session, graph_id: str) -> int:
    """The most bytes that one file of the graph may have."""
    return tier_named(find_graph(session, graph_id).tier).file_bytes


def begin_upload(
    session: Session, graph_id: str, by: Access, *, name: str, table: str | None, idempotency_key: str | None
) -> File:
    """Record an upload that has no bytes yet. Without `table`, one that the file is named after is taken.

    Raises InvalidFileName, UnknownTable, TierLimit.
    """
    graph = find_graph(session, graph_id)
    tier = tier_named(graph.tier)
    count = select(func.count()).where(File.graph_id == graph_id, File.deleted_at.is_(None))
    require_within("files in a graph", tier.files, session.execute(count).scalar_one() + 1, tier)
    file = File(
        id=new_id("file"),
        graph_id=graph_id,
        table_name=require_table(GraphSchema.parse(graph.schema), table) if table else _table_named_after(graph, name),
        name=clean_name(name),
        format=_format(name),
        created_by=by.user_id,
        idempotency_key=idempotency_key,
    )
    session.add(file)
    session.flush()
    return file


def uploaded_before(session: Session, graph_id: str, idempotency_key: str | None, name: str, part: Part) -> File | None:
    """The file that an earlier upload with the same key made, so that sending it again adds nothing.

    Waits for an upload with this key that is under way. Raises IdempotencyKeyReused when that was another file's.
    """
    if idempotency_key is None:
        return None
    session.execute(_LOCK_KEY, {"key": f"{graph_id} {idempotency_key}"})
    query = (
        select(File, FilePart.size_bytes)
        .outerjoin(FilePart, (FilePart.file_id == File.id) & (FilePart.offset == 0))
        .where(File.graph_id == graph_id, File.idempotency_key == idempotency_key)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return None
    file, first_bytes = found
    if (file.name, first_bytes or 0) != (clean_name(name), part.size_bytes):
        raise IdempotencyKeyReused
    return file


def add_part(session: Session, file: File, part: Part, offset: int, *, complete: bool, objects: ObjectStore) -> None:
    """Add bytes to an upload, and close it when they are the last. Raises UploadOffsetMismatch, UploadComplete."""
    session.refresh(file, with_for_update=True)
    if file.completed_at is not None:
        raise UploadComplete
    if offset != file.size_bytes:
        raise UploadOffsetMismatch(f"The upload goes on at offset {file.size_bytes:,}.", offset=file.size_bytes)
    graph = find_graph(session, file.graph_id)
    tier = tier_named(graph.tier)
    require_within("bytes in a file", tier.file_bytes, offset + part.size_bytes, tier)
    stored_bytes = usage_of(session, graph).stored_bytes + part.size_bytes
    require_within("stored bytes in a graph", tier.stored_bytes, stored_bytes, tier)
    if part.size_bytes:
        key = f"graphs/{file.graph_id}/uploads/{file.id}/{new_id('part')}"
        objects.put(key, part.path)
        session.add(FilePart(file_id=file.id, offset=offset, size_bytes=part.size_bytes, object_key=key))
        file.size_bytes += part.size_bytes
    if complete:
        session.flush()
        file.sha256 = _digest(local_parts(session, file, objects))
        file.completed_at = utc_now()
    session.flush()


def find_file(session: Session, graph_id: str, file_id: str) -> File:
    """Raises FileNotFound."""
    file = session.get(File, file_id)
    if file is None or file.graph_id != graph_id or file.deleted_at is not None:
        raise FileNotFound
    return file


def local_parts(session: Session, file: File, objects: ObjectStore) -> tuple[Path, ...]:
    """The upload's bytes as local files, in order."""
    keys = select(FilePart.object_key).where(FilePart.file_id == file.id).order_by(FilePart.offset)
    return tuple(objects.local(key) for key in session.scalars(keys))


def delete_file(session: Session, graph_id: str, file_id: str) -> None:
    """The file leaves its staging table at once, and the graph with the next materialization."""
    graph = lock_graph(session, graph_id)
    file = find_file(session, graph_id, file_id)
    file.deleted_at, file.idempotency_key = utc_now(), None
    generation = current_generation(session, graph)
    if generation is not None and file.staging_id in generation.staging_ids:
        mark_stale(session, graph, f"The file {file.name} was deleted.")
    else:
        session.flush()
        clear_if_current(session, graph)


def require_table(schema: GraphSchema, table: str) -> str:
    """The table's name as the schema spells it. Raises UnknownTable, which names those there are."""
    tables = schema.table_names
    for name in tables:
        if name.lower() == table.lower():
            return name
    there_are = f"The tables are {', '.join(tables)}." if tables else "The graph has no types yet: infer or add some."
    raise UnknownTable(f"There is no table {table[:64]!r} in this graph.", hint=there_are)


def clean_name(name: str) -> str:
    """The name without the folders it may come with. Raises InvalidFileName."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2].strip()
    if not last or last in (".", "..") or _UNSEEN.search(last) or len(last.encode()) > 255:
        raise InvalidFileName
    return last


def _table_named_after(graph: Graph, name: str) -> str | None:
    stem = clean_name(name).partition(".")[0].lower()
    return next((table for table in GraphSchema.parse(graph.schema).table_names if table.lower() == stem), None)


def _format(name: str) -> str:
    parts = clean_name(name).lower().split(".")[1:]
    packed = parts.pop() if parts and parts[-1] in ("gz", "zst", "zip") else None
    inner = _FORMATS.get(parts[-1], "unknown") if parts else "unknown"
    return f"{inner}.{packed}" if packed else inner


def _digest(parts: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for path in parts:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()
