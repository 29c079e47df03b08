"""The one port: whether it is free, and who has it where it is not."""

import errno
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from knowledger.kernel.errors import KnowledgerError
from knowledger.up.leftovers import command_line


class PortTaken(KnowledgerError):
    """The port is taken."""


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
