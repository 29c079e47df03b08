"""One stack a data directory, and how others find it."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from knowledger.kernel.errors import KnowledgerError


class AlreadyRunning(KnowledgerError):
    """Knowledger already runs on this data directory."""


class HomeNotOurs(KnowledgerError):
    """The data directory cannot be used."""


@dataclass(frozen=True)
class RunningStack:
    """What a running stack says of itself in its lock file. `ready`: every part of it has answered."""

    pid: int
    url: str
    ready: bool


@contextmanager
def home_lock(home: Path, url: str) -> Iterator[Callable[[], None]]:
    """Held while a stack runs; the kernel lets go of it when the process dies, so nothing stale can remain.

    Gives a function to call once the stack is ready.
    """
    with _open_lock(home) as file:
        if not _locked(file):
            raise _already_running(home, _holder(file))
        stack = RunningStack(os.getpid(), url, ready=False)
        _write(file, stack)
        yield lambda: _write(file, replace(stack, ready=True))
        file.truncate(0)


def running_stack(home: Path) -> RunningStack | None:
    """The stack that runs on this data directory, if one does and has said so."""
    try:
        file = (home / "lock").open()
    except OSError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _holder(file)
    return None


def _locked(file: IO[str]) -> bool:
    """Tries for a moment: whoever only looks whether a stack runs holds the lock for microseconds."""
    for _ in range(20):
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.01)
    return False


def _open_lock(home: Path) -> IO[str]:
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.fdopen(os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600), "r+")
    except OSError as error:
        raise HomeNotOurs(
            f"The data directory {home} cannot be used: {error.strerror}.",
            hint="Start as the user who owns it, or set KNOWLEDGER_HOME to a directory of your own.",
        ) from None


def _already_running(home: Path, stack: RunningStack | None) -> AlreadyRunning:
    if stack is None:
        return AlreadyRunning(f"Knowledger is being started on {home} by another process.", hint="Wait for that one.")
    return AlreadyRunning(
        f"Knowledger already runs on {home}: process {stack.pid}, {stack.url}.",
        hint=f"Use that one, stop it (`kill {stack.pid}`), or set KNOWLEDGER_HOME to another directory.",
    )


def _write(file: IO[str], stack: RunningStack) -> None:
    """In one write, so that nobody reads half of it."""
    text = json.dumps(asdict(stack)) + "\n"
    os.pwrite(file.fileno(), text.encode(), 0)
    os.ftruncate(file.fileno(), len(text.encode()))


def _holder(file: IO[str]) -> RunningStack | None:
    with suppress(ValueError, TypeError, IndexError):
        return RunningStack(**json.loads(file.read().splitlines()[0]))
    return None
