"""Streams: one operation's events, exactly once and in order; an organization's events, each at least once.

Both subscribe first, then read the log, then go live, so that nothing falls between. They write raw ASGI messages: a
stream costs one small coroutine, and a client that does not read stops only its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from knowledger.api.live.channel import Channel
from knowledger.api.live.frames import COMMENT, RETRY, Frame, stream_end
from knowledger.api.live.hub import Hub

PAGE = 500
COMMENT_EVERY_S = 10.0
COMMIT_SPREAD = timedelta(seconds=5)
"""Longer than any event takes from its timestamp to its commit: how far a resumed reader looks back."""

ReadAfter = Callable[[int], Awaitable[Sequence[Frame]]]
OnLeave = Callable[[], Awaitable[None]]
ReadSince = Callable[[datetime], Awaitable[Sequence[Frame]]]


class EventStream(Response):
    """Sends the chunks of a stream until it ends, the client leaves or the process stops.

    `on_leave` is done when the client leaves before the end.
    """

    media_type = "text/event-stream"

    def __init__(
        self,
        chunks: AsyncIterator[bytes],
        headers: Mapping[str, str] = MappingProxyType({}),
        on_leave: OnLeave | None = None,
    ) -> None:
        super().__init__(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", **headers})
        del self.headers["content-length"]
        self._chunks = chunks
        self._on_leave = on_leave

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        writing = asyncio.ensure_future(self._write(send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((writing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            has_left = leaving.done() and not writing.done()
            leaving.cancel()
            writing.cancel()
            await asyncio.gather(writing, leaving, return_exceptions=True)
            if has_left and self._on_leave is not None:
                await self._on_leave()

    async def _write(self, send: Send) -> None:
        async with aclosing(self._chunks) as chunks:  # type: ignore[type-var]
            async for chunk in chunks:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def operation_stream(hub: Hub, operation_id: str, after: int, read_after: ReadAfter) -> AsyncIterator[bytes]:
    """An operation's events after number `after`, in order, each once; ends after the terminal one."""
    yield RETRY
    async for frames in operation_frames(hub, operation_id, after, read_after):
        if not frames:
            yield COMMENT
            continue
        yield b"".join(frame.numbered() for frame in frames)
        if frames[-1].is_terminal:
            yield stream_end(frames[-1])


async def operation_frames(
    hub: Hub, operation_id: str, after: int, read_after: ReadAfter
) -> AsyncIterator[Sequence[Frame]]:
    """The same as frames; now and then none, while there is nothing new."""
    seen = after

    async def missed() -> AsyncIterator[Sequence[Frame]]:
        while page := await read_after(seen):
            yield page

    with hub.channel(operation_id) as channel:
        async for frames in _batches(hub, channel, missed):
            fresh = [frame for frame in frames if frame.seq > seen]
            if fresh or not frames:
                seen = fresh[-1].seq if fresh else seen
                yield fresh
            if fresh and fresh[-1].is_terminal:
                return


async def organization_stream(
    hub: Hub, organization_id: str, since: datetime | None, read_since: ReadSince, wanted: Callable[[Frame], bool]
) -> AsyncIterator[bytes]:
    """What the operations of an organization say, each event at least once over reconnections.

    Without `since` it starts with what is said from now on. Readers drop the pairs of operation and number they know.
    """
    reached = since or datetime.now(UTC)
    sent: dict[tuple[str, int], None] = {}

    async def missed() -> AsyncIterator[Sequence[Frame]]:
        moment = reached - COMMIT_SPREAD
        while page := await read_since(moment):
            yield page
            if len(page) < PAGE:
                return
            moment = _said_at(page[-1])

    yield RETRY
    with hub.channel(organization_id) as channel:
        async for frames in _batches(hub, channel, missed):
            fresh = [frame for frame in frames if (frame.operation_id, frame.seq) not in sent]
            sent |= dict.fromkeys((frame.operation_id, frame.seq) for frame in fresh)
            reached = max([reached, *map(_said_at, fresh)])
            for known in list(sent)[: len(sent) - 10 * PAGE]:
                del sent[known]
            if chunk := b"".join(frame.timed() for frame in fresh if wanted(frame)):
                yield chunk
            elif not frames:
                yield COMMENT


def _said_at(said: Frame) -> datetime:
    return datetime.fromtimestamp(said.at_us / 1e6, UTC)


async def _batches(
    hub: Hub, channel: Channel, missed: Callable[[], AsyncIterator[Sequence[Frame]]]
) -> AsyncIterator[Sequence[Frame]]:
    """What the log holds, then what is heard; an empty batch now and then while nothing is."""
    place, gaps = -1, -1
    while not hub.closing.is_set():
        news = channel.news()
        heard = channel.since(place) if gaps == channel.gaps else None
        if heard is None:
            place, gaps = channel.end, channel.gaps
            async for page in missed():
                yield page
        elif heard:
            place = channel.end
            yield heard
        else:
            try:
                async with asyncio.timeout(COMMENT_EVERY_S):  # before Python 3.12 `wait_for` makes a task to wait in
                    await news.wait()
            except TimeoutError:
                yield ()
