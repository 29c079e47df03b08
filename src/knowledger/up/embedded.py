"""What the embedded servers have in common: start, know when they answer, stop."""

import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from signal import SIGTERM, Signals
from typing import ClassVar

from knowledger.kernel.errors import KnowledgerError
from knowledger.up.identity import Identity, before_exec


class ServerNotStarted(KnowledgerError):
    """An embedded server did not start."""

    hint = "Its last lines are in `logs` in the data directory; `knowledger doctor` checks what it needs."


class EmbeddedServer(ABC):
    """A server with its files in `data` and its socket in `run`, a directory that only we may enter."""

    name: ClassVar[str]
    stop_signal: ClassVar[Signals] = SIGTERM
    environment: ClassVar[Mapping[str, str]] = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"}

    def __init__(self, data: Path, run: Path) -> None:
        self.data, self.run = data.absolute(), run.absolute()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def identity(self) -> Identity | None:
        """Whom the server runs as; None: as we do."""
        return None

    @abstractmethod
    def ensure_initialized(self) -> None:
        """Make the files at the first start, and end what an earlier, killed start left behind."""

    @abstractmethod
    def command(self) -> list[str]: ...

    @abstractmethod
    def is_ready(self) -> bool: ...

    def start(self) -> None:
        """Initialize, start and wait. The log lies beside the data."""
        self.ensure_initialized()
        with (self.data.parent / f"{self.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=before_exec(self.identity, self.stop_signal),
            )
        self.wait_ready()

    def wait_ready(self, timeout: timedelta = timedelta(seconds=30)) -> None:
        deadline = time.monotonic() + timeout.total_seconds()
        while not self.is_ready():
            if time.monotonic() > deadline or (self.process is not None and self.process.poll() is not None):
                raise ServerNotStarted(f"The embedded {self.name} did not start.")
            time.sleep(0.02)

    def stop(self, patience: timedelta = timedelta(seconds=8)) -> None:
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(patience.total_seconds())
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
