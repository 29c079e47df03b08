"""The graph host, asked over HTTP on its unix socket.

A client of our own, because a point query takes less time than a general one spends on a request: keep-alive
connections, a body of known length or in chunks, nothing else of HTTP. The answer's body is frames.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from knowledger.domain.graphs.reading import (
    READING_ERRORS,
    AnswerColumn,
    AnswerCutOff,
    AnswerEnd,
    AnswerFormat,
    HostUnavailable,
    QueryLimits,
    QueryRequest,
    SqlRequest,
    SqlTable,
)
from knowledger.kernel import frames
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue

_BUFFER_BYTES = 1 << 22
_PIECE_BYTES = 1 << 18
_MOST_IDLE = 64
_BROKEN = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, BrokenPipeError)


class GraphHostClient:
    """Safe to share between the tasks of one event loop."""

    def __init__(self, socket_path: Path) -> None:
        self._socket_path = socket_path
        self._idle: list[_Connection] = []

    async def query(self, request: QueryRequest) -> "HostAnswer":
        body: JsonObject = {
            "graph_id": request.graph_id,
            "generation_id": request.generation_id,
            "object_key": request.object_key,
            "query": request.query,
            "parameters": request.parameters,
            **_limits(request.format, request.limits),
        }
        return await self._ask("/query", body, request.format)

    async def sql(self, request: SqlRequest) -> "HostAnswer":
        body: JsonObject = {
            "graph_id": request.graph_id,
            "tables": [_table(table) for table in request.tables],
            "sql": request.sql,
            "parameters": request.parameters,
            **_limits(request.format, request.limits),
        }
        return await self._ask("/sql", body, request.format)

    async def close_graph(self, graph_id: str) -> None:
        await self._plain("DELETE", f"/graphs/{graph_id}")

    async def health(self) -> JsonObject:
        return await self._plain("GET", "/health")

    async def close(self) -> None:
        for connection in self._idle:
            connection.close()
        self._idle.clear()

    def keep(self, connection: "_Connection") -> None:
        """Take a connection back, for the next question."""
        if len(self._idle) < _MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()

    async def _ask(self, path: str, body: JsonObject, format_: AnswerFormat) -> "HostAnswer":
        connection, head = await self._send("POST", path, json.dumps(body).encode())
        if head.status != 200:
            raise await self._error(connection, head)
        answer = HostAnswer(self, connection, head, format_.media_type)
        await answer.begin()
        return answer

    async def _plain(self, method: str, path: str) -> JsonObject:
        connection, head = await self._send(method, path, b"")
        if head.status != 200:
            raise await self._error(connection, head)
        body = await connection.whole_body(head)
        self.keep(connection)
        return cast(JsonObject, json.loads(body))

    async def _send(self, method: str, path: str, body: bytes) -> "tuple[_Connection, _Head]":
        """All questions are reads, so one that met a connection closed in the meantime is asked again."""
        while self._idle:
            connection = self._idle.pop()
            with suppress(*_BROKEN):
                return connection, await connection.exchange(method, path, body)
        try:
            stream, writer = await asyncio.open_unix_connection(str(self._socket_path), limit=_BUFFER_BYTES)
            connection = _Connection(stream, writer)
            return connection, await connection.exchange(method, path, body)
        except (*_BROKEN, OSError) as error:
            raise HostUnavailable from error

    async def _error(self, connection: "_Connection", head: "_Head") -> KnowledgerError:
        try:
            error = error_from(json.loads(await connection.whole_body(head))["error"])
        except (*_BROKEN, ValueError, KeyError):
            connection.close()
            return HostUnavailable()
        self.keep(connection)
        return error


class HostAnswer:
    """See `knowledger.domain.graphs.reading.QueryAnswer`."""

    def __init__(self, client: GraphHostClient, connection: "_Connection", head: "_Head", media_type: str) -> None:
        self.media_type = media_type
        self.columns: tuple[AnswerColumn, ...] = ()
        self.end: AnswerEnd | None = None
        self._client = client
        self._connection: _Connection | None = connection
        self._pieces = connection.body(head)
        self._splitter = frames.Splitter()
        self._ready: list[tuple[bytes, bytes]] = []

    async def begin(self) -> None:
        """Read up to the columns."""
        try:
            while not self._ready:
                self._ready = await self._next_frames()
        except BaseException:
            await self.close()
            raise
        kind, payload = self._ready.pop(0)
        if kind == frames.ERROR:
            await self.close()
            raise error_from(json.loads(payload))
        self.columns = tuple(AnswerColumn(item["name"], item["type"]) for item in json.loads(payload)["columns"])

    @property
    def is_whole(self) -> bool:
        return bool(self._ready) and self._ready[-1][0] == frames.END

    async def chunks(self) -> AsyncIterator[bytes]:
        try:
            while self.end is None:
                for kind, payload in self._ready:
                    if kind == frames.BODY:
                        yield payload
                    elif kind == frames.END:
                        self.end = AnswerEnd(**json.loads(payload))
                    else:
                        raise error_from(json.loads(payload))
                self._ready = [] if self.end else await self._next_frames()
            await self._give_back()
        finally:
            await self.close()

    async def read(self) -> bytes:
        """The whole body."""
        return b"".join([chunk async for chunk in self.chunks()])

    async def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    async def _next_frames(self) -> list[tuple[bytes, bytes]]:
        try:
            return self._splitter.feed(await anext(self._pieces))
        except (*_BROKEN, StopAsyncIteration, ValueError, frames.BrokenFrame) as error:
            await self.close()
            raise AnswerCutOff from error

    async def _give_back(self) -> None:
        """After the last frame comes the end of the HTTP body; what has it is fit for another question."""
        with suppress(*_BROKEN, ValueError):
            async for _ in self._pieces:
                return
            if self._connection is not None:
                self._client.keep(self._connection)
                self._connection = None


@dataclass(frozen=True)
class _Head:
    """`length` is None for a body in chunks."""

    status: int
    length: int | None


class _Connection:
    def __init__(self, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._stream = stream
        self._writer = writer

    async def exchange(self, method: str, path: str, body: bytes) -> _Head:
        start = f"{method} {path} HTTP/1.1\r\nhost: graphs\r\ncontent-length: {len(body)}\r\n\r\n"
        self._writer.write(start.encode() + body)
        try:
            return _parsed(await self._stream.readuntil(b"\r\n\r\n"))
        except BaseException:
            self.close()  # one who no longer waits hangs up, which stops the query
            raise

    async def body(self, head: _Head) -> AsyncIterator[bytes]:
        if head.length is not None:
            yield await self._stream.readexactly(head.length)
            return
        while size := int(await self._stream.readuntil(b"\r\n"), 16):
            while size:
                piece = await self._stream.read(min(size, _PIECE_BYTES))
                if not piece:
                    raise asyncio.IncompleteReadError(b"", size)
                size -= len(piece)
                yield piece
            await self._stream.readexactly(2)
        await self._stream.readexactly(2)

    async def whole_body(self, head: _Head) -> bytes:
        return b"".join([piece async for piece in self.body(head)])

    def close(self) -> None:
        self._writer.close()


def _parsed(head: bytes) -> _Head:
    status_line, *lines = head.decode("latin-1").split("\r\n")
    fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = fields.get("content-length")
    return _Head(int(status_line.split(" ", 2)[1]), None if length is None else int(length))


def _limits(format_: AnswerFormat, limits: QueryLimits) -> JsonObject:
    return {
        "format": format_.value,
        "timeout_s": limits.timeout.total_seconds(),
        "max_rows": limits.max_rows,
        "max_bytes": limits.max_bytes,
    }


def _table(table: SqlTable) -> JsonObject:
    columns: list[JsonValue] = [{"name": column.name, "type": str(column.type)} for column in table.columns]
    files: list[JsonValue] = [{"file_id": file.file_id, "object_key": file.object_key} for file in table.files]
    return {"name": table.name, "columns": columns, "files": files}


def error_from(body: JsonObject) -> KnowledgerError:
    """The error that a host reports, as the class that has its code."""
    kind = READING_ERRORS.get(str(body.get("code")), HostUnavailable)
    hint = body.get("hint")
    error = kind(str(body.get("message")), hint=hint if isinstance(hint, str) else None)
    details = body.get("details")
    error.details = details if isinstance(details, dict) else {}
    return error
