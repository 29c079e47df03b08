"""How far a COPY is. LadybugDB tells it as text on standard output, its colours on standard error, and nowhere else."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import ladybug

_STREAMS = (1, 2)
_NEWS = re.compile(rb"Pipelines Finished: (\d+)/(\d+)\n|Current Pipeline Progress: (\d+)%")
_LONGEST_NEWS = 64


@contextmanager
def copy_progress(connection: ladybug.Connection, rounds: int, tick: Callable[[float], None]) -> Iterator[None]:
    """Call `tick` with the share done (0 to 1, never less than before), from another thread, while the body runs one
    COPY. `rounds` is how many plans it runs as: two for nodes, whose index is made last, one for relationships."""
    reading, writing = os.pipe()
    kept = [os.dup(stream) for stream in _STREAMS]
    listener = threading.Thread(target=_listen, args=(reading, rounds, tick), daemon=True)
    for stream in _STREAMS:
        os.dup2(writing, stream)
    os.close(writing)
    listener.start()
    try:
        connection.execute("CALL progress_bar = true")
        yield
        connection.execute("CALL progress_bar = false")
    finally:
        for stream, copy in zip(_STREAMS, kept, strict=True):
            os.dup2(copy, stream)
            os.close(copy)
        listener.join()
        os.close(reading)


def _listen(reading: int, rounds: int, tick: Callable[[float], None]) -> None:
    text, tracker = b"", _Tracker(rounds)
    while chunk := os.read(reading, 1 << 16):
        text += chunk
        end = 0
        for news in _NEWS.finditer(text):
            end = news.end()
            if news[3] is None:
                tracker.pipelines(int(news[1]), int(news[2]))
            else:
                tracker.percent(int(news[3]))
        text = text[end:][-_LONGEST_NEWS:]
        if end:
            tick(tracker.share)


class _Tracker:
    """A round runs as a few pipelines, one after the other, taken here as equal shares of it."""

    def __init__(self, rounds: int) -> None:
        self.share = 0.0
        self._rounds = rounds
        self._passed = self._finished = self._pipelines = 0

    def pipelines(self, finished: int, pipelines: int) -> None:
        if finished < self._finished and pipelines:
            self._passed += 1
        self._finished, self._pipelines = (finished, pipelines) if pipelines else (0, 0)
        self.percent(0)

    def percent(self, percent: int) -> None:
        if self._pipelines:
            done = min((self._finished + percent / 100) / self._pipelines, 1.0)
            self.share = max(self.share, min((self._passed + done) / self._rounds, 1.0))
