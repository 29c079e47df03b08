"""Server-sent events from bytes, however they are cut (WHATWG HTML, section 9.2.6, "Interpreting an event stream")."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

from knowledger.client.errors import UnexpectedAnswer

_LONGEST_EVENT = 16 * 2**20


@dataclass(frozen=True)
class ServerEvent:
    """One event. `last_id` is that of the stream so far: an event without an `id` field keeps its forerunner's."""

    name: str
    data: str
    last_id: str


class EventParser:
    """Feed it chunks as they come; it gives the events that are whole. What is unfinished when they end, is dropped."""

    def __init__(self) -> None:
        self.last_id = ""
        self.retry_ms: int | None = None
        self._rest = b""
        self._at_start = True
        self._after_cr = False
        self._name = ""
        self._data: list[str] = []
        self._size_bytes = 0

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        for line in self._lines(chunk):
            if line:
                self._field(line)
            elif event := self._dispatch():
                yield event

    def _lines(self, chunk: bytes) -> Iterator[bytes]:
        """Whole lines, ended by LF, CR LF or CR. A CR ends its line at once: the LF that may follow it is skipped."""
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        text = self._rest + chunk
        if self._at_start and len(text) < len(codecs.BOM_UTF8) and codecs.BOM_UTF8.startswith(text):
            self._rest = text
            return
        if self._at_start:
            self._at_start, text = False, text.removeprefix(codecs.BOM_UTF8)
        self._after_cr = self._after_cr or chunk.endswith(b"\r")
        *lines, self._rest = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        if self._size_bytes + len(self._rest) > _LONGEST_EVENT:
            raise UnexpectedAnswer(f"The server sent an event of more than {_LONGEST_EVENT} bytes.")
        yield from lines

    def _field(self, line: bytes) -> None:
        name, _, value = line.decode("utf-8", errors="replace").partition(":")
        value = value.removeprefix(" ")
        match name:
            case "event":
                self._name = value
            case "data":
                self._data.append(value)
                self._size_bytes += len(line)
            case "id" if "\0" not in value:
                self.last_id = value
            case "retry" if value.isascii() and value.isdecimal():
                self.retry_ms = int(value)

    def _dispatch(self) -> ServerEvent | None:
        name, data = self._name or "message", self._data
        self._name, self._data, self._size_bytes = "", [], 0
        return ServerEvent(name, "\n".join(data), self.last_id) if data else None
