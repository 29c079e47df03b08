"""What a host needs to know. The settings have it, by the same names."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Protocol, TypeAlias

Locate: TypeAlias = Callable[[str], Path]
"""The local file of an object by its key, fetched first where it lives elsewhere. Raises a KnowledgerError."""


class HostSettings(Protocol):
    @property
    def host_socket(self) -> Path: ...

    @property
    def sandbox_socket(self) -> Path: ...

    @property
    def sandbox(self) -> bool: ...

    @property
    def scratch_directory(self) -> Path: ...

    @property
    def query_memory(self) -> int: ...

    @property
    def readers_per_graph(self) -> int: ...

    @property
    def open_graphs(self) -> int: ...

    @property
    def reader_idle(self) -> timedelta: ...
