"""How far a build is: each step weighed by its rows, told at a steady pace, never going back."""

import time
from collections.abc import Callable

from knowledger.domain.operations.progress import Progress

_INTERVAL_S = 0.1
# Until the file is verified and flushed, a build is not done.
_MOST_WHILE_WORKING = 99.0


class Course:
    """The steps of one build. Weights are in rows: those of LadybugDB's COPY, where one row weighs one."""

    def __init__(self, report: Callable[[Progress], None], steps: int, weight: float) -> None:
        self._report = report
        self._steps = steps
        self._weight = max(weight, 1.0)
        self._passed = self._percent = self._last_at = 0.0
        self._number = 0
        self._now = Progress("")
        self._step_weight = 0.0

    def begin(self, step: str, message: str, weight: float, rows: int | None = None) -> None:
        """Begin the next step; the one before is done."""
        self._passed += self._step_weight
        self._step_weight = weight
        self._number += 1
        self._now = Progress(
            message, step=step, current_step=min(self._number, self._steps), total_steps=self._steps, rows_total=rows
        )
        self._last_at = 0.0
        self.done(0.0)

    def done(self, share: float) -> None:
        """Say that this share (0 to 1) of the step is done."""
        reached = (self._passed + self._step_weight * min(share, 1.0)) / self._weight
        self._percent = max(self._percent, min(reached * 100, _MOST_WHILE_WORKING))
        now = time.monotonic()
        if now - self._last_at < _INTERVAL_S:
            return
        self._last_at = now
        rows = None if self._now.rows_total is None else int(self._now.rows_total * min(share, 1.0))
        self._report(_with(self._now, round(self._percent, 1), rows))


def _with(progress: Progress, percent: float, rows: int | None) -> Progress:
    return Progress(
        progress.message,
        step=progress.step,
        percent=percent,
        current_step=progress.current_step,
        total_steps=progress.total_steps,
        rows_done=rows,
        rows_total=progress.rows_total,
    )
