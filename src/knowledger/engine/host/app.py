"""The graph host's routes.

`POST /query` and `POST /sql` answer 200 with frames (`knowledger.kernel.frames`), or with the status and the JSON of an
error when there is one before the first row; an error after it is the last frame. `GET /health`.
`DELETE /graphs/{graph_id}` closes what is open of a graph.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TypeAlias

from knowledger.domain.graphs.reading import ReaderLost
from knowledger.engine.host.config import HostSettings, Locate
from knowledger.engine.host.http import Exchange, Message, Receive, Send
from knowledger.engine.host.openers import Openers
from knowledger.engine.host.pool import ReaderPool
from knowledger.engine.host.questions import graph_ask, tables_ask
from knowledger.engine.host.reader import Abandoned, Killed, Reader
from knowledger.kernel import frames
from knowledger.kernel.errors import KnowledgerError, NotFound

_SWEEP_S = 5.0
_STALLED_S = 60.0

TakeReader: TypeAlias = "AbstractAsyncContextManager[tuple[Reader, bytes | None]]"


class HostApp:
    """An ASGI application."""

    def __init__(self, settings: HostSettings, locate: Locate) -> None:
        self._openers = Openers(settings, locate)
        self._sweep_s = min(_SWEEP_S, settings.reader_idle.total_seconds() / 2)
        self._pool = ReaderPool(
            self._openers.graph_reader, settings.readers_per_graph, settings.open_graphs, settings.reader_idle
        )

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        exchange = Exchange(receive, send)
        try:
            await self._route(scope["method"], scope["path"], exchange)
        except Abandoned:
            pass
        except KnowledgerError as error:
            await _report(error, exchange)
        finally:
            exchange.stop_watching()

    async def _route(self, method: str, path: str, exchange: Exchange) -> None:
        match method, path.strip("/").split("/"):
            case "POST", ["query"]:
                await self._query(exchange)
            case "POST", ["sql"]:
                await self._sql(exchange)
            case "GET", ["health"]:
                await exchange.json({"open_graphs": self._pool.open_count, "readers": self._pool.reader_count})
            case "DELETE", ["graphs", graph_id]:
                self._pool.close_graph(graph_id)
                await exchange.json({})
            case _:
                raise NotFound

    async def _query(self, exchange: Exchange) -> None:
        ask = graph_ask(await exchange.question())

        @asynccontextmanager
        async def take() -> AsyncIterator[tuple[Reader, bytes | None]]:
            async with self._pool.reader(ask.file, ask.timeout_s) as reader:
                yield reader, ask.question

        try:
            await _answer(take(), ask.timeout_s, exchange)
        except ReaderLost:
            if exchange.started or exchange.abandoned:
                raise
            await _answer(take(), ask.timeout_s, exchange)  # nothing was sent: a fresh reader may do better

    async def _sql(self, exchange: Exchange) -> None:
        ask = tables_ask(await exchange.question())

        @asynccontextmanager
        async def take() -> AsyncIterator[tuple[Reader, bytes | None]]:
            async with self._openers.tables_reader(ask) as reader:
                yield reader, None

        await _answer(take(), ask.timeout_s, exchange)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        sweeper = asyncio.create_task(self._sweep())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        sweeper.cancel()
        with suppress(asyncio.CancelledError):
            await sweeper
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._sweep_s)
            self._pool.close_idle()


async def _answer(take: TakeReader, timeout_s: float, exchange: Exchange) -> None:
    """Put the question to a reader and pass its answer on."""
    async with take as (reader, question):
        exchange.when_abandoned(lambda: reader.kill(Killed.ABANDONED))
        if question is not None:
            reader.ask(question)
        async for kind, several in reader.answer(timeout_s):
            if kind == frames.ERROR and not exchange.started:
                await _report_first(several, exchange)
            else:
                await _pass_on(several, kind in (frames.END, frames.ERROR), exchange)
            if exchange.abandoned:
                raise Abandoned
        exchange.stop_watching()


async def _pass_on(several: bytes, last: bool, exchange: Exchange) -> None:
    """Whoever asks for much and does not take it gives up its reader to others."""
    try:
        async with asyncio.timeout(_STALLED_S):
            await exchange.frames(several, last=last)
    except TimeoutError:
        raise Abandoned from None


async def _report_first(several: bytes, exchange: Exchange) -> None:
    """An error before anything was passed on becomes the status of the answer."""
    found = [payload for kind, payload in frames.Splitter().feed(several) if kind == frames.ERROR]
    error = json.loads(found[-1])
    await exchange.error(error, int(error.pop("status")))


async def _report(error: KnowledgerError, exchange: Exchange) -> None:
    if not exchange.started:
        await exchange.known_error(error)
        return
    body = json.dumps({**error.as_json(), "status": error.status}).encode()
    await exchange.frames(frames.frame(frames.ERROR, body), last=True)
