"""Bars of what runs: rows, rows a second, bytes and time left, as the events tell. Only on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.spinner import Spinner
from rich.table import Column
from rich.text import Text

from knowledger.cli.terminal import Terminal
from knowledger.cli.words import counted

if TYPE_CHECKING:
    from knowledger.client import OperationEvent
    from knowledger.client import Progress as Told


_UPLOAD_PERCENT = 10.0
_LONGEST_LABEL = 48


class Bars:
    """`with Bars(terminal) as bars: bar = bars.add("num.txt → Fact")`"""

    def __init__(self, terminal: Terminal) -> None:
        self._progress = Progress(
            _Mark(),
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            BarColumn(bar_width=24, complete_style="cyan", finished_style="cyan", pulse_style="cyan"),
            _Detail(),
            console=terminal.err,
            transient=False,
            disable=terminal.json or not terminal.err.is_terminal,
        )

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def add(self, label: str) -> "Bar":
        return Bar(
            self._progress, self._progress.add_task(_short(label), total=None, start=True, detail="", ended=None)
        )

    @contextmanager
    def paused(self) -> Iterator[None]:
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()


class Bar:
    """One line: what it is, how far, and what is known about its pace."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task = progress, task
        self._rows = ""
        self._before = 0.0

    def uploaded(self, done: int, total: int) -> None:
        """The upload is the first part of a file's way: staging takes longer."""
        self._before = _UPLOAD_PERCENT
        percent = _UPLOAD_PERCENT * done / total if total else _UPLOAD_PERCENT
        self._show(percent, f"uploading {size(done)} of {size(total)}" if done < total else "uploaded")

    def said(self, event: "OperationEvent") -> None:
        from knowledger.client import Progress as Told
        from knowledger.client import Queued, Retrying

        match event:
            case Told():
                self._rows = counted(event.rows_done, "row") if event.rows_done else self._rows
                percent = event.progress_percent
                whole = None if percent is None else self._before + percent * (100 - self._before) / 100
                # A file's bar is labelled with its name, which the message would only say again.
                doing = event.step if self._before else event.message
                self._show(whole, pace(event, doing or event.message))
            case Queued():
                self._show(None, "waiting for its turn")
            case Retrying():
                self._show(None, f"trying again in {event.retry_in_seconds:.0f} s: {event.error}")

    def finish(self, good: bool, detail: str | None = None) -> None:
        self._progress.update(self._task, total=100, detail=self._rows if detail is None else detail, ended=good)
        if good:
            self._progress.update(self._task, completed=100)
        self._progress.stop_task(self._task)

    def _show(self, percent: float | None, detail: str) -> None:
        task = self._progress.tasks[self._task]
        if percent is not None:
            self._progress.update(self._task, total=100, completed=max(percent, task.completed), detail=detail)
        else:
            self._progress.update(self._task, detail=detail)


def pace(told: "Told", doing: str) -> str:
    """`read · 81,200 rows · 1.2 M rows/s · 12 MB · 3 s left`: only what is known."""
    unit = "rows" if told.rows_done is not None else "bytes"
    parts = [
        doing,
        _of(told.rows_done, told.rows_total),
        _rate(told.rate, unit),
        size(told.bytes_done) if told.bytes_done else "",
        f"{duration(told.eta_seconds)} left" if told.eta_seconds is not None and told.eta_seconds >= 1 else "",
    ]
    return " · ".join(part for part in parts if part)


def size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def duration(seconds: float) -> str:
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    return (
        f"{whole // 60} min {whole % 60:02d} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60:02d} min"
    )


def _of(done: int | None, total: int | None) -> str:
    if done is None:
        return ""
    return f"{done:,} of {counted(total, 'row')}" if total else counted(done, "row")


def _rate(rate: float | None, unit: str) -> str:
    if not rate:
        return ""
    if unit == "bytes":
        return f"{size(rate)}/s"
    for limit, divisor, letter in ((1e6, 1e6, " M"), (1e4, 1e3, " k")):
        if rate >= limit:
            return f"{rate / divisor:.1f}{letter} rows/s"
    return f"{rate:,.0f} rows/s"


def _short(label: str) -> str:
    return label if len(label) <= _LONGEST_LABEL else f"{label[: _LONGEST_LABEL - 16]}…{label[-15:]}"


class _Mark(ProgressColumn):
    """A spinner while it runs, then how it ended."""

    def __init__(self) -> None:
        super().__init__()
        self._spinner = Spinner("dots", style="cyan")

    def render(self, task: Task) -> Text:
        match task.fields["ended"]:
            case None:
                frame = self._spinner.render(task.get_time())
                return frame if isinstance(frame, Text) else Text("…")
            case True:
                return Text("✓", "green")
        return Text("✗", "bold red")


class _Detail(ProgressColumn):
    def render(self, task: Task) -> Text:
        percent = f"{task.percentage:3.0f} %  " if task.total is not None and task.fields["ended"] is None else ""
        style = "dim" if task.fields["ended"] is not False else "red"
        # A bar is one line: what does not fit is cut, and an error is said whole below.
        return Text(percent + str(task.fields["detail"]), style, no_wrap=True, overflow="ellipsis")
