"""Backups and exports of a graph: their records, and one flow for each thing that can be asked about them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from knowledger.client.effects import Flow, call, fetch, fetch_all, open_stream, read
from knowledger.client.errors import IncompleteAnswer
from knowledger.client.json import JsonObject
from knowledger.client.records import GraphRecord, OperationRecord
from knowledger.client.saving import saving
from knowledger.client.wire import Request, delete, get, path, post, with_query

_BLOCK_BYTES = 256 * 2**10


@dataclass(frozen=True)
class BackupRecord:
    """`kind` is `full`, `logical` or `export`; `counts` is rows by type; `verification` the latest verdict."""

    backup_id: str
    graph_id: str
    kind: str
    format: str
    created_at: datetime
    size_bytes: int
    plain_bytes: int
    generation_id: str | None = None
    counts: dict[str, int] = field(default_factory=dict)
    sha256: str | None = None
    key_id: str | None = None
    created_by: str | None = None
    expires_at: datetime | None = None
    verified_at: datetime | None = None
    verification: JsonObject | None = None


@dataclass(frozen=True)
class BackedUp:
    """What a backup came to; `plain_bytes` became `size_bytes`."""

    backup_id: str
    graph_id: str
    kind: str
    counts: dict[str, int] = field(default_factory=dict)
    plain_bytes: int = 0
    size_bytes: int = 0


@dataclass(frozen=True)
class Exported:
    """`files` are the names in the zip that `download` gives."""

    backup_id: str
    graph_id: str
    format: str
    files: tuple[str, ...] = ()
    counts: dict[str, int] = field(default_factory=dict)
    size_bytes: int = 0


@dataclass(frozen=True)
class Verified:
    """The verdict on a backup. `rebuilt`: the graph had to be built of its rows; `deep`: each row was read."""

    backup_id: str
    graph_id: str
    sound: bool
    problems: tuple[str, ...] = ()
    rebuilt: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    deep: bool = False


@dataclass(frozen=True)
class Restored:
    """`counts` is rows by type in the restored graph, `counts_before` in what was current there until then."""

    graph_id: str
    backup_id: str
    generation_id: str
    number: int
    in_place: bool
    rebuilt: bool = False
    counts: dict[str, int] = field(default_factory=dict)
    counts_before: dict[str, int] = field(default_factory=dict)
    size_bytes: int = 0


@dataclass(frozen=True)
class GraphDeleted:
    """`backups` is the last backup's id by graph, the subgraphs' included."""

    graph_id: str
    name: str
    kept_until: datetime
    backups: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DeletedGraph:
    """A graph that can be undeleted until `undelete_until`, and its last backup restored until that expires."""

    graph_id: str
    name: str
    deleted_at: datetime
    undelete_until: datetime
    parent_id: str | None = None
    subgraph_name: str | None = None
    last_backup: BackupRecord | None = None


@dataclass(frozen=True)
class Thinned:
    """Backup ids, the newest first."""

    kept: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()


def create(graph_id: str, kind: str, retention_days: int | None) -> Flow[OperationRecord]:
    body: JsonObject = {"kind": kind, "retention_days": retention_days}
    return fetch(OperationRecord, post(path("/graphs/{}/backups", graph_id), body))


def export(graph_id: str, format_: str, retention_days: int | None) -> Flow[OperationRecord]:
    body: JsonObject = {"format": format_, "retention_days": retention_days}
    return fetch(OperationRecord, post(path("/graphs/{}/exports", graph_id), body))


def all_of(graph_id: str) -> Flow[tuple[BackupRecord, ...]]:
    return fetch_all(BackupRecord, get(path("/graphs/{}/backups", graph_id)), "backups")


def one(graph_id: str, backup_id: str) -> Flow[BackupRecord]:
    return fetch(BackupRecord, get(path("/graphs/{}/backups/{}", graph_id, backup_id)))


def remove(graph_id: str, backup_id: str) -> Flow[None]:
    yield from call(delete(path("/graphs/{}/backups/{}", graph_id, backup_id)))


def verify(graph_id: str, backup_id: str, deep: bool = False) -> Flow[OperationRecord]:
    return fetch(OperationRecord, post(path("/graphs/{}/backups/{}/verify", graph_id, backup_id), {"deep": deep}))


def restore(graph_id: str, backup_id: str, to: str | None, confirm: str | None) -> Flow[OperationRecord]:
    body: JsonObject = {"to": {"name": to} if to is not None else None, "confirm": confirm}
    return fetch(OperationRecord, post(path("/graphs/{}/backups/{}/restore", graph_id, backup_id), body))


def thin_out(graph_id: str, keep: dict[str, int], dry_run: bool) -> Flow[Thinned]:
    body: JsonObject = {**keep, "dry_run": dry_run}
    return fetch(Thinned, post(path("/graphs/{}/backups/thin-out", graph_id), body))


def upload(graph_id: str, source: str | Path, retention_days: int | None) -> Flow[BackupRecord]:
    """Bytes are read again from the beginning where the connection breaks."""
    place = Path(source)
    where = Request("POST", path("/graphs/{}/backups/import", graph_id), length_bytes=place.stat().st_size)
    sending = replace(where, body=lambda: _blocks(place)).with_headers(content_type="application/octet-stream")
    return fetch(BackupRecord, with_query(sending, retention_days=retention_days))


def _blocks(place: Path) -> Iterator[bytes]:
    with place.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def restore_last(graph_id: str, to: str | None) -> Flow[OperationRecord]:
    body: JsonObject = {"to": {"name": to} if to is not None else None}
    return fetch(OperationRecord, post(path("/deleted-graphs/{}/restore", graph_id), body))


def deleted_graphs() -> Flow[tuple[DeletedGraph, ...]]:
    return fetch_all(DeletedGraph, get("/deleted-graphs"), "graphs")


def undelete(graph_id: str) -> Flow[GraphRecord]:
    return fetch(GraphRecord, post(path("/deleted-graphs/{}/undelete", graph_id), {}))


def delete_graph(graph_id: str, keep_days: int) -> Flow[OperationRecord]:
    return fetch(OperationRecord, _with_backup(delete(path("/graphs/{}", graph_id)), keep_days))


def delete_subgraph(graph_id: str, name: str, keep_days: int) -> Flow[OperationRecord]:
    return fetch(OperationRecord, _with_backup(delete(path("/graphs/{}/subgraphs/{}", graph_id, name)), keep_days))


def _with_backup(request: Request, keep_days: int) -> Request:
    asked = with_query(request, backup=True, keep_days=keep_days)
    return asked.with_headers(idempotency_key=str(uuid4()))


def download(graph_id: str, backup_id: str, target: str | Path) -> Flow[None]:
    """The file is there under its name only once it is whole. Raises IncompleteAnswer when it ends too early."""
    with saving(Path(target)) as file:
        answer = yield from open_stream(get(path("/graphs/{}/backups/{}/download", graph_id, backup_id)))
        while chunk := (yield from read()):
            file.write(chunk)
        if file.tell() != int(answer.headers.get("content-length", file.tell())):
            raise IncompleteAnswer("The download ended before the backup did.")
