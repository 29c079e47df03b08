"""A stack for a program that needs one: the one that runs already, or its own in a process beside it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT, SIGTERM

from knowledger.kernel.errors import KnowledgerError
from knowledger.settings import Settings
from knowledger.up.environment import inherited_environment
from knowledger.up.first_start import Credentials, read_credentials
from knowledger.up.identity import before_exec
from knowledger.up.lock import RunningStack, running_stack
from knowledger.up.signin import fresh_link
from knowledger.up.told import settings_environment

POLL_S = 0.05


class StackNotStarted(KnowledgerError):
    """Knowledger did not start."""


class Stack:
    """A ready stack. `ours` is its supervisor where we started it; it stops when we end, however we end."""

    def __init__(self, settings: Settings, running: RunningStack, ours: subprocess.Popen[bytes] | None) -> None:
        credentials = read_credentials(settings.home)
        if credentials is None:
            raise StackNotStarted(
                "The stack runs, but its first user's credentials are missing.", hint="Restart `knowledger up`."
            )
        self.url: str = running.url
        self.credentials: Credentials = credentials
        self.ours = ours
        self._settings = settings

    def signin_url(self) -> str:
        """A fresh one-time link for the first user; the one that the stack printed may be used, or too old."""
        return fresh_link(self._settings)

    def wait(self) -> None:
        """Until the stack that we started ends, by Ctrl-C or otherwise."""
        while self.ours is not None and self.ours.poll() is None:
            time.sleep(POLL_S)


@contextmanager
def stack(settings: Settings) -> Iterator[Stack]:
    """A ready stack on this data directory. One that we started is stopped afterwards; one that ran already is not."""
    running = running_stack(settings.home)
    ours = None if running is not None else _start(settings)
    try:
        yield Stack(settings, _ready(settings, ours), ours)
    finally:
        if ours is not None:
            ours.send_signal(SIGTERM)
            ours.wait()


def _start(settings: Settings) -> subprocess.Popen[bytes]:
    """In a session of its own: Ctrl-C at the terminal is for us to answer."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _output(settings).open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "knowledger.up"],
            env=inherited_environment() | settings_environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=before_exec(death_signal=SIGINT),
        )


def _ready(settings: Settings, ours: subprocess.Popen[bytes] | None) -> RunningStack:
    while True:
        running = running_stack(settings.home)
        if running is not None and running.ready:
            return running
        if ours is not None and ours.poll() is not None:
            raise StackNotStarted(_last_words(_output(settings)))
        if ours is None and running is None:
            raise StackNotStarted("The stack that was starting on this data directory ended.")
        time.sleep(POLL_S)


def _output(settings: Settings) -> Path:
    return settings.home / "up.out"


def _last_words(output: Path) -> str:
    return "\n".join(output.read_text(errors="replace").splitlines()[-20:])
