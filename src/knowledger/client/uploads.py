"""Uploading a file in parts, none of them in memory as a whole, and going on where a broken connection left off."""

import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Protocol

from knowledger.client.decode import decode
from knowledger.client.effects import PATIENTLY_S, Flow, call, fetch, send, sleep
from knowledger.client.errors import ApiError, ConnectionFailed, IncompleteAnswer, KnowledgerClientError
from knowledger.client.records import FileRecord, OperationRecord
from knowledger.client.wire import Answer, Request, accepted, delete, get, path, with_query

_PART_BYTES = 64 * 2**20
_CHUNK_BYTES = 256 * 2**10
_BREAKS_IN_A_ROW = 6


class OnProgress(Protocol):
    def __call__(self, bytes_done: int, bytes_total: int, /) -> None: ...


@dataclass(frozen=True)
class Source:
    """Something to upload: its name, whose ending tells the format, its size, and how to open it (often)."""

    name: str
    size_bytes: int
    open: Callable[[], BinaryIO]

    def chunks(self, offset: int, length: int) -> Iterator[bytes]:
        """Raises KnowledgerClientError when the file turns out shorter than it was."""
        with self.open() as file:
            file.seek(offset)
            while length:
                chunk = file.read(min(_CHUNK_BYTES, length))
                if not chunk:
                    raise KnowledgerClientError(f"{self.name} became shorter while it was uploaded.")
                length -= len(chunk)
                yield chunk


def source_of(content: str | Path | bytes, name: str | None = None) -> Source:
    """A source from a path, or from bytes with a name."""
    if isinstance(content, bytes):
        if not name:
            raise ValueError("bytes need a name, whose ending tells their format")
        return Source(name, len(content), lambda: io.BytesIO(content))
    place = Path(content)
    return Source(name or place.name, place.stat().st_size, lambda: place.open("rb"))


@dataclass(frozen=True)
class Upload:
    """A whole upload, and the operation that stages it, unless it was told not to."""

    file: FileRecord
    operation: OperationRecord | None


def upload(
    graph_id: str,
    source: Source,
    *,
    table: str | None = None,
    stage: bool = True,
    on_error: str = "continue",
    on_progress: OnProgress | None = None,
) -> Flow[Upload]:
    """Upload a source. The last part is what makes the file whole: until then the server never uses it.

    The first part can be repeated safely because `call` gives it a key, the others because they name their offset.
    Raises ApiError, the connection's error when it breaks again and again at the same place, and whatever
    KnowledgerClientError `on_progress` raises to stop it. What had come of the file is deleted then.
    """
    told = _Told(on_progress, source.size_bytes)
    chosen = {"table": table, "stage": stage, "on_error": on_error}
    offset = min(_PART_BYTES, source.size_bytes)
    first = _part(Request("POST", path("/graphs/{}/files", graph_id)), source, 0, offset, told)
    whole = offset == source.size_bytes
    done = _uploaded((yield from call(with_query(first, name=source.name, complete=whole, **chosen))))
    if whole:
        return done
    file_id = done.file.file_id
    where = path("/graphs/{}/files/{}", graph_id, file_id)
    breaks = 0
    while True:
        length = min(_PART_BYTES, source.size_bytes - offset)
        is_last = offset + length == source.size_bytes
        part = _part(Request("PATCH", where), source, offset, length, told)
        try:
            answer = accepted((yield from send(with_query(part, offset=offset, complete=is_last, **chosen))))
        except (ConnectionFailed, IncompleteAnswer, ApiError) as error:
            if not _passes(error) or breaks == _BREAKS_IN_A_ROW:
                yield from _forget(where)
                raise
            yield from sleep(0.1 * (1 << breaks))
            found = yield from fetch(FileRecord, get(where), PATIENTLY_S)
            if found.layers.uploaded.status == "complete":
                return (yield from _already_whole(found))
            breaks = 0 if found.layers.uploaded.size_bytes > offset else breaks + 1
            offset = found.layers.uploaded.size_bytes
            continue
        except KnowledgerClientError:
            yield from _forget(where)
            raise
        if is_last:
            return _uploaded(answer)
        offset, breaks = offset + length, 0


class _Told:
    """Tells the caller how much was sent, never less than before, even when a part is sent again."""

    def __init__(self, on_progress: OnProgress | None, total: int) -> None:
        self._on_progress, self._total, self._most = on_progress, total, -1

    def __call__(self, bytes_done: int) -> None:
        if self._on_progress is not None and bytes_done > self._most:
            self._most = bytes_done
            self._on_progress(bytes_done, self._total)


def _part(request: Request, source: Source, offset: int, length: int, told: _Told) -> Request:
    def body() -> Iterator[bytes]:
        done = offset
        told(done)
        for chunk in source.chunks(offset, length):
            yield chunk
            done += len(chunk)
            told(done)

    whole = request.with_headers(content_type="application/octet-stream")
    return replace(whole, body=body, length_bytes=length)


def _forget(where: str) -> Flow[None]:
    """What stopped the upload is worth saying; that its beginning could not be deleted either, is not."""
    with suppress(KnowledgerClientError):
        yield from send(delete(where))


def _passes(error: KnowledgerClientError) -> bool:
    if isinstance(error, ApiError):
        return error.code == "UploadOffsetMismatch" or error.status in (429, 502, 503, 504)
    return True


def _uploaded(answer: Answer) -> Upload:
    body = answer.object()
    operation = body.get("operation")
    return Upload(
        decode(FileRecord, body.get("file")), decode(OperationRecord, operation) if operation is not None else None
    )


def _already_whole(file: FileRecord) -> Flow[Upload]:
    """The last part had arrived, only the answer to it was lost."""
    operation_id = file.layers.staged.operation_id
    if operation_id is None:
        return Upload(file, None)
    return Upload(file, (yield from fetch(OperationRecord, get(path("/operations/{}", operation_id)))))
