"""What a host needs to know. The settings have it, by the same names."""

from datetime import timedelta
from pathlib import Path
from typing import Protocol


class HostSettings(Protocol):
    @property
    def host_socket(self) -> Path: ...

    @property
    def sandbox_socket(self) -> Path: ...

    @property
    def sandbox(self) -> bool: ...

    @property
    def objects_directory(self) -> Path: ...

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
