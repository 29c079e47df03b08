"""How far a staging is, told at a steady pace and never going back."""

import time
from collections.abc import Callable

from knowledger.domain.operations.progress import Progress

_INTERVAL_S = 0.15
# Until the last file is flushed and counted, a staging is not done.
_MOST_WHILE_WORKING = 99.0


class Pace:
    """Turns shares of the phase under way into `Progress`.

    A phase takes the percent from where the one before left off: the first reading of a clean file goes all the way,
    and when rows turn out not to fit, reading them one by one goes on from there.
    """

    def __init__(self, report: Callable[[Progress], None]) -> None:
        self._report = report
        self._last_at = 0.0
        self._percent = self._floor = self._share = 0.0
        self._top = _MOST_WHILE_WORKING
        self._step, self._message = "read", "Reading"
        self._bytes_total: int | None = None

    def unpacked(self, name: str, bytes_done: int) -> None:
        self._say(Progress(f"Unpacking {name}", step="unpack", percent=self._percent, bytes_done=bytes_done))

    def phase(self, step: str, message: str, *, bytes_total: int | None = None, share: float = 1.0) -> None:
        """Begin a phase that takes `share` of what is left."""
        self._step, self._message, self._bytes_total = step, message, bytes_total
        self._floor, self._share = self._percent, 0.0
        self._top = self._floor + (_MOST_WHILE_WORKING - self._floor) * share
        self._last_at = 0.0
        self.done(0.0)

    def done(self, share: float, rows: int | None = None) -> None:
        """Say that this share (0 to 1) of the phase is done."""
        self._share = max(self._share, min(share, 1.0))
        self._percent = self._floor + (self._top - self._floor) * self._share
        known = self._bytes_total is not None
        self._say(
            Progress(
                self._message,
                step=self._step,
                percent=round(self._percent, 1),
                rows_done=rows,
                bytes_done=int(self._share * (self._bytes_total or 0)) if known else None,
                bytes_total=self._bytes_total,
            )
        )

    def _say(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._last_at >= _INTERVAL_S:
            self._last_at = now
            self._report(progress)
