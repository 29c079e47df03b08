"""How fast work goes and when it may be done, worked out from its progress."""

from collections.abc import Callable
from dataclasses import replace

from knowledger.domain.operations.progress import Progress

_WINDOW_S = 5.0
_KNOWN_AFTER_S = 1.0


class Pace:
    """Rate = rows (or bytes) a second over the last seconds of a step; time left = from the percentage so far."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._began = now()
        self._step = ""
        self._samples: list[tuple[float, int]] = []
        self._percent = 0.0

    def never_back(self, latest: Progress) -> Progress:
        """The same progress, with a percentage no lower than any before."""
        if latest.percent is None:
            return latest
        self._percent = max(self._percent, min(latest.percent, 100.0))
        return replace(latest, percent=self._percent)

    def measure(self, latest: Progress) -> tuple[float | None, float | None]:
        """(rate a second, seconds left), each None while too little is known to say."""
        now = self._now()
        if latest.step != self._step:
            self._step, self._samples = latest.step, []
        done = latest.rows_done if latest.rows_done is not None else latest.bytes_done
        rate = None
        if done is not None:
            self._samples = [sample for sample in self._samples if now - sample[0] <= _WINDOW_S] + [(now, done)]
            (first_at, first_done), elapsed = self._samples[0], now - self._samples[0][0]
            rate = (done - first_done) / elapsed if elapsed > 0 and now - first_at > 0 else None
        elapsed = now - self._began
        if latest.percent is None or latest.percent <= 0 or elapsed < _KNOWN_AFTER_S:
            return rate, None
        return rate, elapsed * (100 - latest.percent) / latest.percent
