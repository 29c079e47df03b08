"""`python -m tests.engine.host.running HOME HOST_SOCKET SANDBOX_SOCKET`: a host with small limits."""

import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.engine.host import main


@dataclass(frozen=True)
class Settings:
    scratch_directory: Path
    host_socket: Path
    sandbox_socket: Path
    sandbox: bool = True
    query_memory: int = 400 << 20
    readers_per_graph: int = 3
    open_graphs: int = 2
    reader_idle: timedelta = timedelta(seconds=60)


if __name__ == "__main__":
    home = Path(sys.argv[1])
    objects = DirectoryStore(home / "objects", home / "scratch")
    main(Settings(home / "scratch", Path(sys.argv[2]), Path(sys.argv[3])), objects.local)
