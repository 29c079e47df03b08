"""Ctrl-C as a question that is asked when there is time for it, not as an exception wherever the program stands."""

import select
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_LOOK_EVERY = 0.1  # seconds: a signal that arrives just before a wait does not end the wait


class Interrupts:
    """What the person has pressed since it was last looked at."""

    def __init__(self) -> None:
        self._pressed = threading.Event()

    def note(self, _number: int, _frame: FrameType | None) -> None:
        self._pressed.set()

    def taken(self) -> bool:
        """Whether Ctrl-C was pressed since the last call."""
        pressed = self._pressed.is_set()
        self._pressed.clear()
        return pressed

    def before(self, event: threading.Event) -> bool:
        """Wait. True: Ctrl-C was pressed first."""
        while not event.wait(_LOOK_EVERY):
            if self.taken():
                return True
        return False

    def line(self) -> str | None:
        """The next line that is typed; None when Ctrl-C was pressed, or the terminal closed, instead."""
        while not select.select([sys.stdin], [], [], _LOOK_EVERY)[0]:
            if self.taken():
                return None
        return sys.stdin.readline() or None


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Keep Ctrl-C from raising KeyboardInterrupt. In the main thread only."""
    noted = Interrupts()
    before = signal.signal(signal.SIGINT, noted.note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)
