"""A channel: the latest events of one subject, kept for as long as somebody reads them.

A reader asks for what comes after the place it has reached. While that is in the channel's memory, all readers share
the same encoded bytes; a reader that fell behind, or came late, reads the log instead and joins again.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from knowledger.api.live.frames import Frame

_REMEMBERED = 256


class Channel:
    """Places count what this process heard; they mean nothing outside it. Used from the event loop only."""

    def __init__(self) -> None:
        self.readers = 0
        self.end = 0
        self.gaps = 0
        self._latest: deque[Frame] = deque(maxlen=_REMEMBERED)
        self._news = asyncio.Event()

    def push(self, heard: Frame) -> None:
        self._latest.append(heard)
        self.end += 1
        self._wake()

    def lose_track(self) -> None:
        """Events may have passed unheard: every reader has to look at the log."""
        self.gaps += 1
        self._latest.clear()
        self._wake()

    def since(self, place: int) -> Sequence[Frame] | None:
        """The events after a place; None where the memory does not reach back that far."""
        missing = self.end - place
        if missing > len(self._latest):
            return None
        return [self._latest[index] for index in range(len(self._latest) - missing, len(self._latest))]

    def news(self) -> asyncio.Event:
        """An event that is set when something is pushed after this call."""
        return self._news

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
