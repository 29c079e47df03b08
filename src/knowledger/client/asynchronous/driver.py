"""Performs the effects of flows with httpx's asynchronous client, under asyncio or trio."""

import time
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Never, Self, TypeVar

import anyio
import httpx

from knowledger.client.effects import Done, Effect, Emit, Feed, Flow, Open, Outcome, Read, Send, Sleep, advance
from knowledger.client.errors import IncompleteAnswer, KnowledgerClientError
from knowledger.client.http import answer_of, base_url, build, our_error, standing_headers

T = TypeVar("T")
R = TypeVar("R")


class AsyncDriver:
    """Runs flows, any number at a time, over one pool of connections."""

    def __init__(self, url: str, api_key: str | None, timeout_s: float) -> None:
        self._http = httpx.AsyncClient(base_url=base_url(url), headers=standing_headers(url, api_key), trust_env=False)
        self._timeout_s = timeout_s

    async def close(self) -> None:
        await self._http.aclose()

    async def run(self, flow: Flow[R]) -> R:
        async with _Line(self._http, self._timeout_s) as line:
            step: Effect | Emit[Never] | Done[R] = advance(flow)
            while not isinstance(step, Done):
                assert not isinstance(step, Emit)
                step = await line.settle(flow, step)
            return step.value

    async def iterate(self, feed: Feed[T, None]) -> AsyncIterator[T]:
        async with _Line(self._http, self._timeout_s) as line:
            step = advance(feed)
            while not isinstance(step, Done):
                if isinstance(step, Emit):
                    yield step.item
                    step = advance(feed)
                else:
                    step = await line.settle(feed, step)


class _Line:
    """One flow's side of the network: at most one open answer."""

    def __init__(self, http: httpx.AsyncClient, timeout_s: float) -> None:
        self._http, self._timeout_s = http, timeout_s
        self._response: httpx.Response | None = None
        self._bytes: AsyncIterator[bytes] | None = None
        self._until: float | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with anyio.CancelScope(shield=True):
            await self._hang_up()

    async def settle(self, feed: Feed[T, R], effect: Effect) -> Effect | Emit[T] | Done[R]:
        try:
            outcome = await self._perform(effect)
        except KnowledgerClientError as failure:
            return advance(feed, failure=failure)
        return advance(feed, outcome)

    async def _perform(self, effect: Effect) -> Outcome:
        try:
            match effect:
                case Send(request):
                    response = await self._http.send(build(self._http, request, self._timeout_s))
                    return answer_of(response, response.content)
                case Open():
                    return await self._open(effect)
                case Read():
                    return await self._read()
                case Sleep(seconds):
                    await anyio.sleep(seconds)
                    return None
        except httpx.HTTPError as error:
            raise our_error(error, self._http.base_url) from error

    async def _open(self, effect: Open) -> Outcome:
        await self._hang_up()
        response = await self._http.send(build(self._http, effect.request, self._timeout_s), stream=True)
        self._response, self._until = response, effect.until
        self._bytes = response.aiter_bytes()
        return answer_of(response, await response.aread() if response.status_code >= 400 else b"")

    async def _read(self) -> bytes:
        """The next bytes that are any. A read's own time-out begins anew with every byte; `until` bounds them all."""
        assert self._bytes is not None
        left_s = None if self._until is None else max(0.0, self._until - time.monotonic())
        with anyio.move_on_after(left_s):
            async for chunk in self._bytes:
                if chunk:
                    return chunk
            return b""
        raise IncompleteAnswer("The time to read the answer is over.")

    async def _hang_up(self) -> None:
        if self._response is not None:
            await self._response.aclose()
        self._response, self._bytes = None, None
