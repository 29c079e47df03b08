"""Work that is for nobody but the one who waits for it: it stops when they hang up."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

from knowledger.kernel.errors import KnowledgerError

T = TypeVar("T")


class CallerGone(KnowledgerError):
    """Whoever asked hung up before the answer was there."""

    status = 499


async def while_awaited(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What comes of the work. The request's body must have been read. Raises CallerGone once the work was cancelled."""
    working, hanging_up = asyncio.ensure_future(work), asyncio.ensure_future(_hung_up(request))
    try:
        await asyncio.wait((working, hanging_up), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise CallerGone
    finally:
        working.cancel()
        hanging_up.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
