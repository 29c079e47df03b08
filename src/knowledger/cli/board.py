"""Several pieces of work at once, one bar each, and what Ctrl-C means for them."""

import queue
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from rich.text import Text

from knowledger.cli.bars import Bar, Bars
from knowledger.cli.interrupts import Interrupts, interrupts
from knowledger.cli.problems import Exit, exit_code
from knowledger.cli.terminal import Terminal

if TYPE_CHECKING:
    from knowledger.client import Operation

R = TypeVar("R")
_AT_ONCE = 4


@dataclass(frozen=True)
class Job(Generic[R]):
    """What a bar stands for. `work` tells the bar how far it is, and gives the result."""

    label: str
    work: "Callable[[Work], R]"


@dataclass
class Outcome(Generic[R]):
    """How a job ended: with a result, with an error, or (neither) left to go on without us."""

    label: str
    result: R | None = None
    error: Exception | None = None

    @property
    def exit(self) -> Exit:
        if self.error is not None:
            return exit_code(self.error)
        return Exit.OK if self.result is not None else Exit.UNFINISHED


class Work:
    """A job while it runs: its bar, its operation once there is one, and whether it has been asked to stop.

    `summary` is what its bar says in the end.
    """

    def __init__(self, bar: Bar) -> None:
        self.bar = bar
        self.operation_id: str | None = None
        self.summary: str | None = None
        self._cancel: Callable[[], None] | None = None
        self._stopped = threading.Event()

    def uploaded(self, done: int, total: int) -> None:
        """For an upload's `on_progress`. Raises OperationCancelled when Ctrl-C asked to stop."""
        from knowledger.client import OperationCancelled

        if self._stopped.is_set():
            raise OperationCancelled("", "The upload was stopped; nothing of the file was kept.")
        self.bar.uploaded(done, total)

    def follow(self, operation: "Operation[R]") -> R:
        """Watch an operation to its end. Raises what its `result` raises."""
        self.operation_id, self._cancel = operation.operation_id, operation.cancel
        if self._stopped.is_set():
            self.cancel()
        for event in operation.events():
            self.bar.said(event)
        return operation.result()

    def cancel(self) -> None:
        from knowledger.client import KnowledgerClientError

        self._stopped.set()
        if self._cancel is not None:
            with suppress(KnowledgerClientError):  # it may just have ended; its last event says how
                self._cancel()


def run_jobs(terminal: Terminal, jobs: Sequence[Job[R]], at_once: int = _AT_ONCE) -> list[Outcome[R]]:
    """Run the jobs, some at once, under bars where there are eyes for them. Errors are in the outcomes."""
    with interrupts() as pressed, Bars(terminal) as bars:
        running = _Running(bars, jobs)
        for _ in range(min(at_once, len(jobs))):
            # Daemons: to detach is to leave them where they wait.
            threading.Thread(target=running.take_jobs, daemon=True).start()
        while pressed.before(running.finished):
            if not _go_on(terminal, bars, running, pressed):
                break
    return running.outcomes


class _Running(Generic[R]):
    def __init__(self, bars: Bars, jobs: Sequence[Job[R]]) -> None:
        self.outcomes: list[Outcome[R]] = [Outcome(job.label) for job in jobs]
        self.works = [Work(bars.add(job.label)) for job in jobs]
        self.finished = threading.Event()
        self._waiting: queue.SimpleQueue[tuple[Job[R], Work, Outcome[R]]] = queue.SimpleQueue()
        for entry in zip(jobs, self.works, self.outcomes, strict=True):
            self._waiting.put(entry)
        self._left = len(jobs)
        self._lock = threading.Lock()
        if not jobs:
            self.finished.set()

    def take_jobs(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._do(*self._waiting.get_nowait())

    def cancel(self) -> None:
        for work, outcome in zip(self.works, self.outcomes, strict=True):
            if outcome.result is None and outcome.error is None:
                work.cancel()

    def _do(self, job: Job[R], work: Work, outcome: Outcome[R]) -> None:
        try:
            outcome.result = job.work(work)
            work.bar.finish(True, work.summary)
        except Exception as error:
            outcome.error = error
            work.bar.finish(False, str(getattr(error, "message", error)))
        with self._lock:
            self._left -= 1
            if not self._left:
                self.finished.set()


def _go_on(terminal: Terminal, bars: Bars, running: _Running[R], pressed: Interrupts) -> bool:
    """Ctrl-C was pressed. False: leave; the operations go on without us."""
    operations = [work.operation_id for work in running.works if work.operation_id]
    if not terminal.is_interactive:
        _say_how_to_return(terminal, operations)
        return False
    with bars.paused():
        terminal.err.print(
            Text.assemble(("\nc", "bold"), "ancel, ", ("d", "bold"), "etach, or Enter to go on watching? "), end=""
        )
        answer = pressed.line()
    if answer is not None and answer.strip().lower()[:1] in ("", "c"):
        if answer.strip():
            running.cancel()
        return True
    _say_how_to_return(terminal, operations)
    return False


def _say_how_to_return(terminal: Terminal, operations: Sequence[str]) -> None:
    terminal.note("Detached: what runs on the server goes on; uploads that were not whole are dropped.")
    for operation_id in operations:
        terminal.note(f"  knowledger op watch {operation_id}")
