"""The processes of a running stack, to be killed, stopped and waited for."""

import random
import time
from contextlib import suppress

import psutil

MARKS = {
    "postgres": "bin/postgres",
    "valkey": "valkey-server",
    "sandbox": "sandbox.zygote",
    "host": "knowledger.host",
    "worker": "tasks.worker",
    "api": "knowledger.api",
}


class Parts:
    """Finds the stack's processes anew at each look: they come and go."""

    def __init__(self, supervisor_pid: int) -> None:
        self._supervisor = psutil.Process(supervisor_pid)
        self._chance = random.Random(20090630)

    def main(self, name: str) -> psutil.Process | None:
        """The supervised process of a part, if it runs right now."""
        for process in self._supervisor.children():
            with suppress(psutil.Error):
                if MARKS[name] in " ".join(process.cmdline()):
                    return process
        return None

    def children(self, name: str) -> list[psutil.Process]:
        main = self.main(name)
        with suppress(psutil.Error):
            return main.children() if main else []
        return []

    def kill(self, name: str) -> bool:
        """`kill -9` a part; `worker child`: a process that an operation may run in. False where it is not running."""
        victims = self._pool_process() if name == "worker child" else [self.main(name)]
        for victim in victims:
            if victim is not None:
                with suppress(psutil.NoSuchProcess):
                    victim.kill()
                    return True
        return False

    def _pool_process(self) -> list[psutil.Process]:
        """Any but the first that the worker forked, which waits for others and does no work on graphs."""
        with suppress(psutil.Error):
            pool = sorted(self.children("worker"), key=psutil.Process.create_time)[1:]
            return [self._chance.choice(pool)] if pool else []
        return []

    def wait_for(self, name: str, within_s: float = 20) -> psutil.Process:
        ends_at = time.monotonic() + within_s
        while (process := self.main(name)) is None:
            assert time.monotonic() < ends_at, f"{name} did not come back"
            time.sleep(0.02)
        return process


def pull_the_plug(supervisor_pid: int, *others: int) -> None:
    """`kill -9` of a whole stack, and of processes beside it, at one moment."""
    supervisor = psutil.Process(supervisor_pid)
    supervisor.suspend()  # it must not start anything while the list is made
    family = [*map(psutil.Process, others), *supervisor.children(recursive=True), supervisor]
    for process in family:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not [process for process in alive if process.status() != psutil.STATUS_ZOMBIE]
