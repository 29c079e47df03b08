"""Events as the bytes of a server-sent-events stream (WHATWG HTML, section 9.2). Encoded once for all readers."""

import json
from dataclasses import dataclass
from datetime import datetime

from knowledger.domain.operations.event_types import TERMINAL
from knowledger.domain.operations.history import LoggedEvent
from knowledger.kernel.json import JsonObject

RETRY = b"retry: 2000\n\n"
COMMENT = b": still here\n\n"

_STATUS = {"operation_completed": "completed", "operation_error": "failed", "operation_cancelled": "cancelled"}


@dataclass(frozen=True, slots=True)
class Frame:
    """One event as both kinds of stream write it: numbered within its operation, or by the time it was said."""

    operation_id: str
    seq: int
    type: str
    at_us: int
    graph_id: str | None
    body: bytes

    @property
    def is_terminal(self) -> bool:
        return self.type in TERMINAL

    def numbered(self) -> bytes:
        return b"id: %d\n" % self.seq + self.body

    def timed(self) -> bytes:
        return b"id: %d\n" % self.at_us + self.body


def frame(operation_id: str, seq: int, type_: str, data: JsonObject) -> Frame:
    line = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    body = f"event: {type_}\ndata: {line}\n\n".encode()
    at = datetime.fromisoformat(str(data["timestamp"]))
    graph_id = data.get("graph_id")
    return Frame(operation_id, seq, type_, round(at.timestamp() * 1e6), str(graph_id) if graph_id else None, body)


def logged_frame(event: LoggedEvent) -> Frame:
    return frame(event.operation_id, event.seq, event.type, event.data)


def stream_end(last: Frame) -> bytes:
    """Says, without a number, that nothing more will come and how the operation ended."""
    return b'event: stream_end\ndata: {"status":"%b"}\n\n' % _STATUS[last.type].encode()
