"""Work that is for nobody but the one who waits for it: it stops when they hang up."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

from knowledger.kernel.errors import KnowledgerError

T = TypeVar("T")

_UNWATCHED_S = 0.05


class CallerGone(KnowledgerError):
    """Whoever asked hung up before the answer was there."""

    status = 499


async def while_awaited(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What comes of the work. The request's body must have been read. Raises CallerGone once the work was cancelled.

    Most answers are there before a look at the caller would be worth its cost.
    """
    working = asyncio.ensure_future(work)
    try:
        await asyncio.wait((working,), timeout=_UNWATCHED_S)
        if not working.done():
            await _first_of(working, _hung_up(request))
        if working.done():
            return working.result()
        raise CallerGone
    finally:
        working.cancel()


async def _first_of(working: asyncio.Future[T], other: Coroutine[Any, Any, None]) -> None:
    waiting = asyncio.ensure_future(other)
    try:
        await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
