"""An answer on its way out of a reader: frames on a socket, gathered while small, so that a point query is one send."""

import json
import socket
from dataclasses import dataclass
from functools import lru_cache

from knowledger.kernel import frames
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue

_GATHER_BYTES = 1 << 16
_LARGEST_BODY = 1 << 20


@dataclass(frozen=True)
class Ending:
    row_count: int
    truncated: bool
    execution_time_ms: float


class Output:
    """Writes one answer. `body_bytes` is what was written of the body so far."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._pending = bytearray()
        self.body_bytes = 0

    def head(self, names: tuple[str, ...], types: tuple[str, ...]) -> None:
        self._pending += _head_frame(names, types)

    def body(self, chunk: bytes | memoryview) -> None:
        if not chunk:
            return
        self.body_bytes += len(chunk)
        if len(self._pending) + len(chunk) <= _GATHER_BYTES:
            self._pending += frames.header(frames.BODY, len(chunk)) + chunk
            return
        view = memoryview(chunk)
        for start in range(0, len(view), _LARGEST_BODY):
            piece = view[start : start + _LARGEST_BODY]
            self._pending += frames.header(frames.BODY, len(piece))
            self.flush()
            self._connection.sendall(piece)

    def end(self, ending: Ending) -> None:
        figures: JsonObject = {
            "row_count": ending.row_count,
            "truncated": ending.truncated,
            "execution_time_ms": ending.execution_time_ms,
        }
        self._pending += _json_frame(frames.END, figures)
        self.flush()

    def error(self, error: KnowledgerError) -> None:
        """Nothing follows an error; where it comes first, the caller still answers with its status."""
        self._pending += _json_frame(frames.ERROR, {**error.as_json(), "status": error.status})
        self.flush()

    def flush(self) -> None:
        if self._pending:
            self._connection.sendall(self._pending)
            self._pending = bytearray()


@lru_cache(maxsize=256)
def _head_frame(names: tuple[str, ...], types: tuple[str, ...]) -> bytes:
    columns: list[JsonValue] = [{"name": name, "type": type_} for name, type_ in zip(names, types, strict=True)]
    return _json_frame(frames.HEAD, {"columns": columns})


def _json_frame(kind: bytes, message: JsonObject) -> bytes:
    return frames.frame(kind, json.dumps(message, separators=(",", ":")).encode())


def receive_ask(connection: socket.socket) -> JsonObject | None:
    """The next question, or None when nobody is left to ask."""
    head = _receive_exactly(connection, frames.HEADER_BYTES)
    if head is None:
        return None
    kind, length = frames.parse_header(head)
    body = _receive_exactly(connection, length)
    if body is None:
        return None
    message = json.loads(body)
    if kind != frames.ASK or not isinstance(message, dict):
        raise frames.BrokenFrame("not a question")
    return message


def _receive_exactly(connection: socket.socket, length: int) -> bytes | None:
    received = bytearray()
    while len(received) < length:
        piece = connection.recv(length - len(received))
        if not piece:
            return None
        received += piece
    return bytes(received)
