"""One stack a data directory, and one listener a port."""

import errno
import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from knowledger.kernel.errors import KnowledgerError
from knowledger.up.leftovers import command_line


class AlreadyRunning(KnowledgerError):
    """Knowledger already runs on this data directory."""


class PortTaken(KnowledgerError):
    """The port is taken."""


class HomeNotOurs(KnowledgerError):
    """The data directory cannot be used."""


@contextmanager
def home_lock(home: Path, url: str) -> Iterator[None]:
    """Held while a stack runs; the kernel lets go of it when the process dies, so nothing stale can remain."""
    with _open_lock(home) as file:
        if not _locked(file):
            raise _already_running(home, file.read())
        file.truncate(0)
        json.dump({"pid": os.getpid(), "url": url}, file)
        file.flush()
        yield
        file.truncate(0)


def running_stack_url(home: Path) -> str | None:
    """The URL of the stack that runs on this data directory, if one does."""
    try:
        file = (home / "lock").open()
    except OSError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return str(_holder(file.read()).get("url", "")) or None
    return None


def check_port(host: str, port: int) -> None:
    """Raises PortTaken, naming who holds the port where that can be known."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except PermissionError:
            raise PortTaken(f"Port {port} may not be used by this user.", hint=_another_port(8000)) from None
        except OSError as error:
            raise _port_taken(host, port, error) from None


def free_port(host: str) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        listener.bind((host, 0))
        return int(listener.getsockname()[1])


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


def _already_running(home: Path, holder: str) -> AlreadyRunning:
    who = _holder(holder)
    return AlreadyRunning(
        f"Knowledger already runs on {home}: process {who.get('pid', '?')}, {who.get('url', 'still starting')}.",
        hint=f"Use that one, stop it (`kill {who.get('pid', '…')}`), or set KNOWLEDGER_HOME to another directory.",
    )


def _holder(text: str) -> dict[str, object]:
    with suppress(ValueError):
        holder = json.loads(text)
        if isinstance(holder, dict):
            return holder
    return {}


def _port_taken(host: str, port: int, error: OSError) -> PortTaken:
    if error.errno != errno.EADDRINUSE:
        return PortTaken(f"Knowledger cannot listen on {host}:{port}: {error.strerror}.", hint=_another_port(8000))
    pid = holder_of_port(port)
    whom = (
        f"process {pid} (`{command_line(pid)[:80]}`)" if pid is not None else "another process, perhaps another user's"
    )
    return PortTaken(f"Port {port} is taken by {whom}.", hint=f"Stop that process. {_another_port(port + 1)}")


def _another_port(port: int) -> str:
    return f"Choose another port: `knowledger up --port {port}`, or set KNOWLEDGER_PORT={port}."


def holder_of_port(port: int) -> int | None:
    """The process that listens on a TCP port, where /proc shows it to us."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for descriptor in Path("/proc").glob("[0-9]*/fd/*") if inodes else ():
        with suppress(OSError):
            if str(descriptor.readlink()) in inodes:
                return int(descriptor.parts[2])
    return None


def _listening_inodes(port: int) -> Iterator[str]:
    listening = "0A"
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with suppress(OSError):
            for line in table.read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == listening and int(fields[1].rsplit(":", 1)[1], 16) == port:
                    yield fields[9]
