"""The embedded Valkey, Celery's broker: a real server on a unix socket. What it loses, the database still has."""

import socket
from pathlib import Path
from urllib.parse import quote

from knowledger.up import binaries
from knowledger.up.embedded import EmbeddedServer
from knowledger.up.leftovers import end_leftover


class EmbeddedValkey(EmbeddedServer):
    name = "valkey"

    def __init__(self, data: Path, run: Path) -> None:
        super().__init__(data, run)
        self._binary = binaries.valkey_binary()

    @property
    def socket_path(self) -> Path:
        return self.run / "valkey.sock"

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket_path),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "pidfile": str(self._pid_file),
            "save": "",
            "appendonly": "no",  # a doorbell: workers find what nobody rang for in the database
            "daemonize": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        options = [word for name, value in settings.items() for word in (f"--{name}", value)]
        return [str(self._binary), *options]

    def url(self, database: int = 0) -> str:
        return f"redis+socket://{quote(str(self.socket_path))}?virtual_host={database}"

    def ensure_initialized(self) -> None:
        for directory in (self.data, self.run):
            directory.mkdir(parents=True, exist_ok=True)
            directory.chmod(0o700)
        end_leftover(self._pid_file, program=self._binary.name, argument=str(self.socket_path))
        self.socket_path.unlink(missing_ok=True)

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket_path))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    @property
    def _pid_file(self) -> Path:
        return self.run / "valkey.pid"
