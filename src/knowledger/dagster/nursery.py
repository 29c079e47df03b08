"""The nursery: one process that has loaded Dagster and all definitions, and forks whatever runs with them.

Its children share the memory of that code, and a run starts in the time of a fork. It keeps Dagster's own parts alive,
the web server from the first visit on, and starts, interrupts and looks for runs as the launcher asks it to.
"""

import json
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog

from knowledger.dagster.forked import Forked, fork
from knowledger.dagster.parts import execute_run, run_daemon, serve_code, serve_web
from knowledger.settings import Settings

log = structlog.get_logger()

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
HEALTHY_AFTER_S = 5.0
OBEYS_WITHIN_S = 10.0
QUESTION_PATIENCE_S = 1.0


@dataclass
class Part:
    """One of Dagster's own processes. `awaits`: it starts when somebody calls there."""

    name: str
    work: Callable[[], object]
    awaits: socket.socket | None = None
    process: Forked | None = None
    due_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S


@dataclass
class Run:
    process: Forked
    kill_at: float | None = field(default=None)


class Nursery:
    """To be used by a process with one thread."""

    def __init__(self, settings: Settings) -> None:
        self._stopping = False
        self._runs: dict[str, Run] = {}
        self._selector = selectors.DefaultSelector()
        self._asked = _listen(settings.dagster_run_socket)
        visited = _listen(settings.dagster_web_socket)
        self._parts = [
            Part("code", partial(self._alone, partial(serve_code, settings))),
            Part("daemon", partial(self._alone, partial(run_daemon, settings))),
            Part("web", partial(self._alone, partial(serve_web, settings, visited), keep=visited), awaits=visited),
        ]

    def live(self) -> None:
        """Until SIGTERM. Then all are killed: nothing of theirs has to say goodbye, the database has what counts."""
        woken = self._wake_on_signals()
        self._selector.register(self._asked, selectors.EVENT_READ)
        self._selector.register(woken, selectors.EVENT_READ)
        while not self._stopping:
            self._reap()
            self._start_parts()
            self._kill_the_disobedient()
            for key, _ in self._selector.select(self._time_to_next()):
                if key.fileobj is woken:
                    woken.recv(64)
                elif key.fileobj is self._asked:
                    self._answer()
                else:
                    self._visit(key.data)
        for process in self._all():
            process.signal(signal.SIGKILL)

    def _wake_on_signals(self) -> socket.socket:
        woken, waker = socket.socketpair()
        self._waker = waker
        for end in (woken, waker):
            end.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        return woken

    def _stop(self, *_: object) -> None:
        self._stopping = True

    def _all(self) -> list[Forked]:
        parts = [part.process for part in self._parts if part.process is not None]
        return [*parts, *(run.process for run in self._runs.values())]

    def _start_parts(self) -> None:
        for part in self._parts:
            if part.process is None and time.monotonic() >= part.due_at:
                if part.awaits is None:
                    part.process = fork(f"kn-{part.name}", part.work)
                elif part.awaits not in self._selector.get_map():
                    self._selector.register(part.awaits, selectors.EVENT_READ, part)

    def _visit(self, part: Part) -> None:
        assert part.awaits is not None
        self._selector.unregister(part.awaits)
        part.process = fork(f"kn-{part.name}", part.work)

    def _reap(self) -> None:
        with suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                self._gone(*ended)

    def _gone(self, pid: int, status: int) -> None:
        for run_id, run in list(self._runs.items()):
            if run.process.pid == pid:
                del self._runs[run_id]
        for part in self._parts:
            if part.process is not None and part.process.pid == pid:
                log.warning("dagster.part_ended", part=part.name, exit_code=os.waitstatus_to_exitcode(status))
                lived_s = time.monotonic() - part.process.since
                part.pause_s = FIRST_PAUSE_S if lived_s > HEALTHY_AFTER_S else min(2 * part.pause_s, LONGEST_PAUSE_S)
                part.process, part.due_at = None, time.monotonic() + part.pause_s

    def _kill_the_disobedient(self) -> None:
        for run in self._runs.values():
            if run.kill_at is not None and time.monotonic() >= run.kill_at:
                run.process.signal(signal.SIGKILL)

    def _time_to_next(self) -> float | None:
        """Until the next thing that no signal and no caller tells of."""
        moments = [part.due_at for part in self._parts if part.process is None and part.awaits is None]
        moments += [run.kill_at for run in self._runs.values() if run.kill_at is not None]
        moments += [part.due_at for part in self._parts if part.process is None and part.due_at > time.monotonic()]
        return max(0.0, min(moments) - time.monotonic()) if moments else None

    def _answer(self) -> None:
        link, _ = self._asked.accept()
        with link, suppress(OSError, ValueError, KeyError):
            link.settimeout(QUESTION_PATIENCE_S)
            with link.makefile("r") as questions:
                question = json.loads(questions.readline())
            alive = self._do(question["do"], question["run_id"], question.get("arguments", []))
            link.sendall(json.dumps({"alive": alive}).encode() + b"\n")

    def _do(self, what: str, run_id: str, arguments: list[str]) -> bool:
        self._reap()
        if what == "launch" and run_id not in self._runs:
            self._runs[run_id] = Run(fork("kn-run", partial(self._alone, partial(execute_run, arguments))))
        if what == "interrupt" and run_id in self._runs:
            self._runs[run_id].process.signal(signal.SIGINT)
            self._runs[run_id].kill_at = time.monotonic() + OBEYS_WITHIN_S
        return run_id in self._runs

    def _alone(self, work: Callable[[], object], keep: socket.socket | None = None) -> None:
        """In the child: without what belongs to the nursery."""
        listening = [self._asked, self._waker, *(part.awaits for part in self._parts if part.awaits is not None)]
        for open_socket in listening:
            if open_socket is not keep:
                open_socket.close()
        self._selector.close()
        work()


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    path.chmod(0o600)
    listening.listen(128)
    return listening
