"""A process beside this one: forked from it, so that both share the memory of their code."""

import os
import signal
import sys
import threading
from collections.abc import Callable

import structlog

from knowledger.engine.sandbox.linux import PR_SET_PDEATHSIG, prctl

log = structlog.get_logger()


def die_with(parent: int) -> None:
    """Be killed when the parent ends, however it does."""
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class Beside:
    """What `serve` does in the other process. Each dies with the other: what they had in hand, another worker takes up.

    It cannot be forked again later: by then this process has threads, and epoll objects that a child would share.
    """

    def __init__(self, serve: Callable[[], None]) -> None:
        self._serve = serve
        self._pid = 0
        self._stopping = threading.Event()

    def start(self) -> None:
        """To be called first by the main thread, while there is no other whose locks could be copied as taken."""
        self._pid = self._forked()
        threading.Thread(target=self._keep, name="beside", daemon=True).start()

    def stop(self) -> None:
        """Ask it to take on nothing more and to end."""
        self._stopping.set()
        os.kill(self._pid, signal.SIGTERM)

    def _keep(self) -> None:
        _, status = os.waitpid(self._pid, 0)
        if not self._stopping.is_set():
            log.warning("worker.beside_lost", status=status)
            os._exit(1)

    def _forked(self) -> int:
        parent = os.getpid()
        if pid := os.fork():
            return pid
        code = 1
        try:
            die_with(parent)
            self._serve()
            code = 0
        except Exception:
            log.exception("worker.beside_failed")
        finally:
            os._exit(code)
