"""The product's engine as a worker has it: every job in a sandboxed child, forked by a zygote."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from benchmarks.figure import Bench
from benchmarks.fresh import Cost, peak_bytes
from knowledger.domain.operations.progress import Work, result_of
from knowledger.engine.engine import SandboxedEngine
from knowledger.engine.sandbox import Sandbox

R = TypeVar("R")

_LOOK_EVERY_S = 0.01


class Workshop:
    """An engine, and a look at the children that work for it."""

    def __init__(self, engine: SandboxedEngine, sandbox: Sandbox, zygote_pid: int) -> None:
        self.engine = engine
        self.sandbox = sandbox
        self._zygote_pid = zygote_pid

    def do(self, work: Work[R]) -> tuple[R, Cost]:
        """Do one job; its peak is that of the child, with what it shares with the zygote."""
        return self.watch(lambda: result_of(work))

    def watch(self, act: Callable[[], R]) -> tuple[R, Cost]:
        """The same for something that does several jobs."""
        peak = 0
        done = threading.Event()

        def watch() -> None:
            nonlocal peak
            while not done.wait(_LOOK_EVERY_S):
                peak = max([peak, *map(peak_bytes, self._children())])

        watching = threading.Thread(target=watch)
        watching.start()
        began = time.perf_counter()
        try:
            result = act()
            seconds = time.perf_counter() - began
        finally:
            done.set()
            watching.join()
        return result, Cost(seconds, peak)

    def cpu_seconds(self) -> float:
        """What this process and all children that have ended have taken."""
        fields = Path(f"/proc/{self._zygote_pid}/stat").read_text().rpartition(")")[2].split()
        waited_for = int(fields[13]) + int(fields[14])
        return time.process_time() + waited_for / os.sysconf("SC_CLK_TCK")

    def _children(self) -> list[str]:
        return Path(f"/proc/{self._zygote_pid}/task/{self._zygote_pid}/children").read_text().split()


@contextmanager
def workshop(bench: Bench) -> Iterator[Workshop]:
    """An engine with the limits of the default settings."""
    socket = bench.directory / "sandbox.sock"
    zygote = [sys.executable, "-m", "knowledger.engine.sandbox.zygote", str(socket), "--parent", str(os.getpid())]
    with subprocess.Popen(zygote, stderr=subprocess.DEVNULL) as process:
        try:
            while not socket.exists():
                if process.poll() is not None:
                    raise RuntimeError("the zygote did not start")
                time.sleep(0.02)
            sandbox = Sandbox(socket)
            yield Workshop(SandboxedEngine(sandbox, bench.settings), sandbox, process.pid)
        finally:
            process.kill()
