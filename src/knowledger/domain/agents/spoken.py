"""The text of one step as it forms: what was said before it was interrupted, what is new, and when to say it."""

import time
from collections.abc import Callable

from knowledger.domain.agents import telling
from knowledger.domain.operations.progress import Statement

PAUSE_S = 0.033
"""Between two deltas of a step at least. The first word waits for nothing."""


class Spoken:
    """A mind that goes on after an interruption may begin anew, word for word, or take up where it stopped.

    Both come to the same text: what was said, once, and then the rest.
    """

    def __init__(self, step: int, said: str, now: Callable[[], float] = time.monotonic) -> None:
        self.step = step
        self._said = said
        self._text = said
        self._again: str | None = "" if said else None
        self._restarted = False
        self._told = len(said)
        self._now = now
        self._next_at = 0.0

    @property
    def text(self) -> str:
        """The whole text of the step so far."""
        return self._text

    @property
    def is_continuation(self) -> bool:
        """Whether it took up where it stopped, so that the call's own answer is only the rest."""
        return bool(self._said) and self._again is None and not self._restarted

    def add(self, words: str) -> None:
        if self._again is None:
            self._text += words
            return
        self._again += words
        if self._again.startswith(self._said):
            self._restarted, self._text, self._again = True, self._again, None
        elif not self._said.startswith(self._again):
            self._text, self._again = self._said + self._again, None

    def finish(self) -> None:
        """Nothing more comes: what looked like a repetition and stopped early was a continuation."""
        if self._again:
            self._text = self._said + self._again
        self._again = None

    @property
    def wait_s(self) -> float | None:
        """How long until there is something to say; None where there is nothing."""
        return None if len(self._text) == self._told else max(0.0, self._next_at - self._now())

    def delta(self) -> Statement:
        """All that has not been said yet."""
        offset, self._told = self._told, len(self._text)
        self._next_at = self._now() + PAUSE_S
        return telling.text_delta(self.step, offset, self._text[offset:])
