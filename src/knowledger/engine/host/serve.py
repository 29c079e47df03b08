"""The graph host as a process: HTTP on a unix socket that only its own user may open."""

import gc
import os
import socket
from pathlib import Path

import uvicorn

from knowledger.engine.host.app import HostApp
from knowledger.engine.host.config import HostSettings, Locate

_KEEP_ALIVE_S = 600
_STOP_WITHIN_S = 2


def main(settings: HostSettings, locate: Locate) -> None:
    """Serve until SIGTERM or SIGINT. `locate` gives the local file of an object."""
    settings.scratch_directory.mkdir(parents=True, exist_ok=True)
    config = uvicorn.Config(
        HostApp(settings, locate),
        http="httptools",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
    )
    gc.freeze()
    uvicorn.Server(config).run(sockets=[_listen(settings.host_socket)])


def _listen(path: Path) -> socket.socket:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    listening.listen(1024)
    listening.setblocking(False)
    return listening
