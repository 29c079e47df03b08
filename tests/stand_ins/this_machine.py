"""Holds this process to this machine, so that no live model is asked: not by mistake, and not with a key that it finds.

The library that talks to models is told as well that it may not; a `ModelServer` allows it while it serves.
"""

import importlib
import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_LIBRARY = "pydantic_ai.models"


@dataclass
class Held:
    """`refused` are the hosts that somebody wanted to reach."""

    refused: list[str] = field(default_factory=list)

    def heed(self, host: str) -> None:
        if not _is_here(host):
            self.refused.append(host)
            raise PermissionError(f"Tests reach this machine alone, and not {host}.")


_holding: list[Held] = []
_allowing: list[None] = []


@contextmanager
def held_to_this_machine() -> Iterator[Held]:
    held = Held()
    _holding.append(held)
    try:
        yield held
    finally:
        _holding.remove(held)


@contextmanager
def model_requests_allowed() -> Iterator[None]:
    """Where the library is not loaded, it is told when somebody calls `forbid_model_requests`."""
    _allowing.append(None)
    _tell()
    try:
        yield
    finally:
        _allowing.pop()
        _tell()


def forbid_model_requests() -> None:
    """From now on, but while `model_requests_allowed`. Loads the library."""
    importlib.import_module(_LIBRARY)
    _tell()


def _tell() -> None:
    library = sys.modules.get(_LIBRARY)
    if library is not None:
        vars(library)["ALLOW_MODEL_REQUESTS"] = bool(_allowing)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    """Python's own report of what it is about to do; an error that it meets is met by who wanted to do it."""
    if not _holding:
        return
    if event == "socket.getaddrinfo":
        host: object = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if isinstance(host, bytes | str):
        _holding[-1].heed(host if isinstance(host, str) else host.decode())


sys.addaudithook(_watch)
