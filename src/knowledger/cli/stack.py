"""A stack to try things on: the one that runs on this data directory, or one that runs as long as we do."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM
from typing import IO

from knowledger.cli.problems import UsageProblem
from knowledger.cli.terminal import Terminal

_PATIENCE_S = 60.0
_STOP_S = 12.0


class StackNotStarted(UsageProblem):
    """The stack ended before it was ready, or did not get ready."""


@contextmanager
def stack_on(terminal: Terminal, home: Path, port: int | None) -> Iterator[str]:
    """Gives the URL of a stack on this data directory. One that we start is stopped in the end."""
    if url := _running_url(home):
        terminal.note(f"Using the stack that runs at {url}.")
        yield url
        return
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / "demo-start.log").open("w+b") as log:
        child = _start(home, port, log)
        try:
            yield _wait_until_ready(terminal, child, home, log)
        finally:
            _stop(terminal, child)


def signin_link(home: Path, url: str) -> str:
    """A link that signs in without a password, once, while nobody has used it."""
    try:
        return (home / "signin-link").read_text().strip()
    except OSError:
        return url


def _running_url(home: Path) -> str | None:
    from knowledger.up.lock import running_stack

    found = running_stack(home)
    return found.url if found else None


def _start(home: Path, port: int | None, log: IO[bytes]) -> subprocess.Popen[bytes]:
    """Not in our process group: Ctrl-C is ours to hear, and the stack is stopped in order."""
    from knowledger.up.environment import inherited_environment
    from knowledger.up.identity import before_exec

    told = {**inherited_environment(), "KNOWLEDGER_HOME": str(home)}
    if port is not None:
        told["KNOWLEDGER_PORT"] = str(port)
    return subprocess.Popen(
        [sys.executable, "-m", "knowledger.up"],
        env=told,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        start_new_session=True,
        preexec_fn=before_exec(None, SIGTERM),
    )


def _wait_until_ready(terminal: Terminal, child: subprocess.Popen[bytes], home: Path, log: IO[bytes]) -> str:
    began = time.monotonic()
    with terminal.err.status("Starting PostgreSQL, Valkey, worker, graph host and API", spinner="dots"):
        while time.monotonic() - began < _PATIENCE_S:
            if child.poll() is not None:
                break
            url = _running_url(home)
            if url and _is_ready(url):
                terminal.done(f"The stack is ready after {time.monotonic() - began:.1f} s.")
                return url
            time.sleep(0.05)
    log.seek(0)
    lines = log.read().decode(errors="replace").strip().splitlines()
    raise StackNotStarted(
        "The stack did not start: " + "\n  ".join(lines[-6:]), "`knowledger doctor` says what it lacks."
    )


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _stop(terminal: Terminal, child: subprocess.Popen[bytes]) -> None:
    with terminal.err.status("Stopping", spinner="dots"):
        child.send_signal(SIGTERM)
        try:
            child.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    terminal.done("Everything is stopped.")
