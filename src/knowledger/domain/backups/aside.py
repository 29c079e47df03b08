"""Calls made aside, in one thread and in their order, while the caller goes on with the next block."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Generic, ParamSpec, Self

P = ParamSpec("P")

_AHEAD = 4
"""How many calls may wait: enough that neither side stands still for the other, few enough to hold in memory."""


class Aside(Generic[P]):
    """Makes each call of `act` aside. What one raises is raised by a later call or by `settle`.

    Leaving it drops what still waits, unless it was settled before.
    """

    def __init__(self, act: Callable[P, object]) -> None:
        self._act = act
        self._thread = ThreadPoolExecutor(1)
        self._waiting: deque[Future[object]] = deque()

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        if len(self._waiting) == _AHEAD:
            self._waiting.popleft().result()
        self._waiting.append(self._thread.submit(self._act, *args, **kwargs))

    def settle(self) -> None:
        """Wait until every call was made."""
        while self._waiting:
            self._waiting.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown(cancel_futures=True)
