"""A sandboxed reader process, as the host's event loop sees it."""

import asyncio
from collections.abc import AsyncIterator
from enum import Enum, auto

from knowledger.domain.graphs.reading import QueryTimeout, QueryTooLarge, ReaderLost
from knowledger.engine.sandbox.client import Child
from knowledger.engine.sandbox.errors import EngineTimeout, MemoryLimitExceeded
from knowledger.kernel import frames
from knowledger.kernel.errors import KnowledgerError

_BUFFER_BYTES = 1 << 22
_GATHER_BYTES = 1 << 16
_GRACE_S = 0.5
_BURIAL_S = 2.0


class Killed(Enum):
    TOO_LATE = auto()
    ABANDONED = auto()


class Abandoned(Exception):
    """Nobody waits for this answer any more."""


class Reader:
    """Takes one question at a time. One that was interrupted in the middle of an answer is of no further use."""

    def __init__(self, child: Child, stream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._child = child
        self._stream = stream
        self._writer = writer
        self._killed: Killed | None = None
        self._answering = False
        self.idle_since = 0.0

    @classmethod
    async def on(cls, child: Child) -> "Reader":
        child.connection.setblocking(False)
        stream, writer = await asyncio.open_connection(sock=child.connection, limit=_BUFFER_BYTES)
        return cls(child, stream, writer)

    @property
    def usable(self) -> bool:
        return not self._answering and self._killed is None and not self._stream.at_eof()

    def kill(self, why: Killed) -> None:
        if self._killed is None:
            self._killed = why
            self._child.kill()

    def ask(self, question: bytes) -> None:
        self._writer.write(frames.frame(frames.ASK, question))

    async def answer(self, timeout_s: float) -> AsyncIterator[tuple[bytes, bytes]]:
        """The frames of one answer, several at a time where they are small, each time with the kind of the last.

        `timeout_s` is the reader's time: how long whoever takes the answer makes it wait is not counted. Past it and a
        moment of grace, in which the engine may stop by itself, the process is killed.
        """
        self._answering = True
        left_s = timeout_s + _GRACE_S
        loop = asyncio.get_running_loop()
        kind = frames.HEAD
        while kind not in (frames.END, frames.ERROR):
            began = loop.time()
            alarm = loop.call_later(max(0.0, left_s), self.kill, Killed.TOO_LATE)
            try:
                kind, several = await self._some_frames()
            except (asyncio.IncompleteReadError, ConnectionError):
                raise await self._end() from None
            finally:
                alarm.cancel()
            left_s -= loop.time() - began
            if kind in (frames.END, frames.ERROR):
                self._answering = False
            yield kind, several

    async def _some_frames(self) -> tuple[bytes, bytes]:
        parts: list[bytes] = []
        size, kind = 0, frames.HEAD
        while size < _GATHER_BYTES and kind not in (frames.END, frames.ERROR):
            head = await self._stream.readexactly(frames.HEADER_BYTES)
            kind, length = frames.parse_header(head)
            parts += (head, await self._stream.readexactly(length))
            size += length
        return kind, b"".join(parts)

    async def close(self) -> None:
        self._child.kill()
        self._writer.close()
        await asyncio.to_thread(self._child.close)

    async def _end(self) -> Exception:
        """Why the process ended."""
        if self._killed is Killed.TOO_LATE:
            return QueryTimeout()
        if self._killed is Killed.ABANDONED:
            return Abandoned()
        failure = await asyncio.to_thread(self._child.failure, _BURIAL_S)
        return _as_reading_error(failure)


def _as_reading_error(failure: KnowledgerError) -> KnowledgerError:
    match failure:
        case MemoryLimitExceeded():
            return QueryTooLarge()
        case EngineTimeout():
            return QueryTimeout()
        case _:
            return ReaderLost()
