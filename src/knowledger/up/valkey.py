"""The embedded Valkey, Celery's broker: a real server on a unix socket. What it loses, the database still has."""

import socket
import subprocess
import time
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from signal import SIGTERM

from knowledger.kernel.errors import KnowledgerError
from knowledger.up import binaries
from knowledger.up.identity import before_exec
from knowledger.up.leftovers import end_leftover


class BrokerNotStarted(KnowledgerError):
    """The embedded Valkey did not start."""

    hint = "Its last lines are in `logs/valkey.log` in the data directory; `knowledger doctor` checks what it needs."


@dataclass
class EmbeddedValkey:
    """One server: its files in `data`, its socket in `run`, which only we may enter."""

    data: Path
    run: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.data, self.run = self.data.absolute(), self.run.absolute()
        self._binary = binaries.valkey_binary()

    @property
    def socket_path(self) -> Path:
        return self.run / "valkey.sock"

    @property
    def environment(self) -> dict[str, str]:
        return {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}

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
        return f"redis+socket://{self.socket_path}?virtual_host={database}"

    def ensure_initialized(self) -> None:
        for directory in (self.data, self.run):
            directory.mkdir(parents=True, exist_ok=True)
            directory.chmod(0o700)
        end_leftover(self._pid_file, program=self._binary.name, argument=str(self.socket_path))
        self.socket_path.unlink(missing_ok=True)

    def start(self) -> None:
        self.ensure_initialized()
        self.process = subprocess.Popen(
            self.command(),
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=(self.data / "valkey.log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=before_exec(),
        )
        self.wait_ready()

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(SIGTERM)
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.process = None

    def is_ready(self) -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket_path))
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def wait_ready(self, timeout: timedelta = timedelta(seconds=15)) -> None:
        deadline = time.monotonic() + timeout.total_seconds()
        while not self.is_ready():
            if time.monotonic() > deadline or (self.process is not None and self.process.poll() is not None):
                raise BrokerNotStarted
            time.sleep(0.01)

    @property
    def _pid_file(self) -> Path:
        return self.run / "valkey.pid"
