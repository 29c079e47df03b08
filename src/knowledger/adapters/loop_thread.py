"""An event loop in a thread of its own, for threads that have to wait on something asynchronous."""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from functools import cached_property
from typing import Any, TypeVar

T = TypeVar("T")


class LoopThread:
    """The thread begins with the first call, and ends with the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @cached_property
    def _loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.new_event_loop()
        threading.Thread(target=loop.run_forever, name="event loop", daemon=True).start()
        return loop

    def start(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Cancelling the future cancels the coroutine."""
        with self._lock:
            loop = self._loop
        return asyncio.run_coroutine_threadsafe(coroutine, loop)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Wait for what the coroutine gives, or raise what it raises."""
        running = self.start(coroutine)
        try:
            return running.result()
        finally:
            running.cancel()
