"""The stack that a demo runs on, with a word on the terminal while it starts and stops."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from knowledger.cli.terminal import Terminal

if TYPE_CHECKING:
    from knowledger.up.background import Stack


@contextmanager
def ready_stack(terminal: Terminal, port: int | None) -> "Iterator[Stack]":
    """The stack of this data directory: the one that runs, or our own, which ends with us."""
    from knowledger.settings import Settings
    from knowledger.up.background import stack

    settings = Settings() if port is None else Settings(port=port)
    with ExitStack() as open_now:
        began = time.monotonic()
        with terminal.err.status("Starting PostgreSQL, Valkey, worker, graph host and API"):
            started = open_now.enter_context(stack(settings))
        if started.ours is None:
            terminal.note(f"Using the stack that runs at {started.url}.")
        else:
            terminal.done(f"The stack is ready after {time.monotonic() - began:.1f} s.")
        yield started
        with terminal.err.status("Stopping" if started.ours else ""):
            open_now.close()
        if started.ours is not None:
            terminal.done("Everything is stopped.")
