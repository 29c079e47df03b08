"""Asking a reader over a socket pair, as the host does, with the reader in a thread of the test."""

import json
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from knowledger.domain.graphs.reading import AnswerFormat
from knowledger.engine.reader import graph, tables
from knowledger.kernel import frames
from knowledger.kernel.json import JsonObject, JsonValue


@dataclass(frozen=True)
class Answered:
    columns: list[dict[str, str]]
    body: bytes
    end: dict[str, JsonValue] | None
    error: dict[str, JsonValue] | None

    @property
    def document(self) -> dict[str, JsonValue]:
        document = json.loads(self.body)
        assert isinstance(document, dict)
        return document

    @property
    def rows(self) -> list[JsonValue]:
        rows = self.document["data"]
        assert isinstance(rows, list)
        return rows

    @property
    def message(self) -> str:
        assert self.error is not None, "there was no error"
        return str(self.error["message"])


class GraphAsker:
    def __init__(self, path: Path) -> None:
        self._ours, self._theirs = socket.socketpair()
        request: JsonObject = {"path": str(path), "buffer_pool_bytes": 64 << 20, "threads": 2}
        self._thread = threading.Thread(target=graph.serve, args=(request, self._theirs), daemon=True)
        self._thread.start()

    def __enter__(self) -> "GraphAsker":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ours.close()
        self._thread.join()
        self._theirs.close()

    def ask(
        self,
        statement: str,
        parameters: JsonObject | None = None,
        format: AnswerFormat = AnswerFormat.JSON,  # noqa: A002
        timeout_ms: int = 10_000,
        max_rows: int = 5_000_000,
        max_bytes: int = 1 << 30,
    ) -> Answered:
        question: JsonObject = {
            "statement": statement,
            "parameters": parameters or {},
            "format": format,
            "timeout_ms": timeout_ms,
            "max_rows": max_rows,
            "max_bytes": max_bytes,
            "labels": {"graph_id": "kg_1", "generation_id": "gen_1"},
        }
        self._ours.sendall(frames.frame(frames.ASK, json.dumps(question).encode()))
        return receive_answer(self._ours)


def ask_tables(request: JsonObject) -> Answered:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        thread = threading.Thread(target=tables.serve, args=(request, theirs), daemon=True)
        thread.start()
        answered = receive_answer(ours)
        thread.join()
    return answered


def receive_answer(connection: socket.socket) -> Answered:
    columns: list[dict[str, str]] = []
    body = bytearray()
    while True:
        kind, length = frames.parse_header(_exactly(connection, frames.HEADER_BYTES))
        payload = _exactly(connection, length)
        match kind:
            case frames.HEAD:
                columns = json.loads(payload)["columns"]
            case frames.BODY:
                body += payload
            case frames.END:
                return Answered(columns, bytes(body), json.loads(payload), None)
            case _:
                return Answered(columns, bytes(body), None, json.loads(payload))


def _exactly(connection: socket.socket, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        piece = connection.recv(length - len(received))
        assert piece, "the reader went silent"
        received += piece
    return bytes(received)
