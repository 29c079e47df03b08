"""One trip to a thread for a handler and the commit of what it wrote, where there would be three."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

from fastapi.concurrency import run_in_threadpool
from sqlalchemy.orm import Session


def in_one_trip(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler as a coroutine; one that is a coroutine already stays as it is.

    What raises is left to the boundary, which rolls back.
    """
    if iscoroutinefunction(handler):
        return handler

    def handle_and_commit(given: dict[str, Any]) -> Any:
        answer = handler(**given)
        for value in given.values():
            if isinstance(value, Session):
                value.commit()
        return answer

    @wraps(handler)
    async def handle(**given: Any) -> Any:
        return await run_in_threadpool(handle_and_commit, given)

    return handle
