"""The embedded PostgreSQL: a real server on a unix socket, its files below one directory."""

import re
import shutil
import socket
import struct
import subprocess
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from signal import SIGINT
from urllib.parse import quote

from knowledger.kernel.errors import KnowledgerError
from knowledger.up import binaries
from knowledger.up.embedded import EmbeddedServer
from knowledger.up.identity import Identity, before_exec, unprivileged_identity
from knowledger.up.leftovers import end_leftover

USER = "knowledger"
DATABASE = "knowledger"
SOCKET_PORT = 5432  # only part of the socket's file name: nothing listens on TCP
PROTOCOL_3_0 = 3 << 16
AUTHENTICATION = b"R"
TERMINATE = struct.pack("!ci", b"X", 4)
FIRST_MAJOR_WITH_BUILTIN_LOCALE = 17
FIRST_MAJOR_WITH_IO_METHOD = 18

# Small and durable: the whole stack idles in a few hundred megabytes, and no acknowledged commit is lost.
TUNING: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "superuser_reserved_connections": "3",
    "shared_buffers": "48MB",
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "huge_pages": "off",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "min_wal_size": "64MB",
    "max_wal_size": "512MB",
    "wal_compression": "on",
    "checkpoint_timeout": "10min",
    "autovacuum_naptime": "30s",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_checkpoints": "off",
    "log_min_messages": "warning",
}


class DatabaseNotMade(KnowledgerError):
    """The files of the embedded PostgreSQL could not be made."""


class EmbeddedPostgres(EmbeddedServer):
    """One cluster, with one superuser whom everyone is that can reach the socket."""

    name = "postgres"
    stop_signal = SIGINT  # a fast shutdown: sessions are ended, commits kept

    def __init__(
        self, data: Path, run: Path, tuning: Mapping[str, str] | None = None, *, programs: Path | None = None
    ) -> None:
        super().__init__(data, run)
        self.tuning = tuning or {}
        self._binaries = programs or binaries.postgres_binaries()

    @property
    def identity(self) -> Identity | None:
        return unprivileged_identity(self.data, self.run, self._binaries / "postgres")

    @cached_property
    def major(self) -> int:
        answer = subprocess.run([self._binaries / "postgres", "--version"], capture_output=True, text=True, check=True)
        return _major(answer.stdout)

    def command(self) -> list[str]:
        settings = {**TUNING, "unix_socket_directories": str(self.run), **self.tuning}
        if self.major >= FIRST_MAJOR_WITH_IO_METHOD:
            settings["io_method"] = "sync"  # three worker processes less, and nothing here waits for cold reads
        options = [f"--{name}={value}" for name, value in settings.items()]
        return [str(self._binaries / "postgres"), "-D", str(self.data), *options]

    @property
    def socket_path(self) -> Path:
        return self.run / f".s.PGSQL.{SOCKET_PORT}"

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql+psycopg://{USER}@/{database}?host={quote(str(self.run))}&port={SOCKET_PORT}"

    def ensure_initialized(self) -> None:
        """Make the cluster at the first start; afterwards see that this version can read it."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        if not self.data.exists():
            self._initialize()
        if self._cluster_major() != self.major:
            raise DatabaseNotMade(
                f"The database files were made by PostgreSQL {self._cluster_major()}, and this one is {self.major}.",
                hint="Dump them with the old version and load them into a new data directory, or install that version.",
            )
        self._private_directory(self.run)
        end_leftover(self.data / "postmaster.pid", program="postgres", argument=str(self.data), stop_with=SIGINT)

    def is_ready(self) -> bool:
        """Whether it lets us in. The start-up message is the protocol's own (version 3.0), to do without a driver."""
        names = b"".join(word.encode() + b"\0" for word in ("user", USER, "database", DATABASE)) + b"\0"
        message = struct.pack("!ii", 8 + len(names), PROTOCOL_3_0) + names
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket_path))
                connection.sendall(message)
                let_in = connection.recv(1) == AUTHENTICATION
                connection.sendall(TERMINATE)
                while connection.recv(4096):
                    pass  # to the end: a socket closed with words unread looks to the server like a fault
            except OSError:
                return False
        return let_in

    def _initialize(self) -> None:
        """Into a directory beside the final one, renamed last: a start cut short leaves no half-made cluster."""
        partial = self.data.with_name(self.data.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        self._private_directory(partial)
        locale = ["--no-locale"]
        if self.major >= FIRST_MAJOR_WITH_BUILTIN_LOCALE:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options = ["--encoding=UTF8", "--auth=trust", f"--username={USER}", *locale]
        hasty = self.tuning.get("fsync") == "off"
        self._run("initdb", f"--pgdata={partial}", *options, *(["--no-sync"] if hasty else []))
        single = ["--single", *(["-F"] if hasty else []), "-D", str(partial), "postgres"]
        self._run("postgres", *single, stdin=f"CREATE DATABASE {DATABASE}\n")
        partial.rename(self.data)

    def _run(self, program: str, *arguments: str, stdin: str = "") -> None:
        ended = subprocess.run(
            [str(self._binaries / program), *arguments],
            input=stdin,
            env=self.environment,
            capture_output=True,
            check=False,
            text=True,
            preexec_fn=before_exec(self.identity, SIGINT),
        )
        if ended.returncode != 0:
            raise DatabaseNotMade(f"The database files could not be made: {ended.stderr.strip().splitlines()[-1]}")

    def _private_directory(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        directory.chmod(0o700)
        if (identity := self.identity) is not None:
            identity.own(directory)

    def _cluster_major(self) -> int:
        return _major((self.data / "PG_VERSION").read_text())


def _major(version: str) -> int:
    found = re.search(r"\d+", version)
    if found is None:
        raise DatabaseNotMade(f"This is no version of PostgreSQL: {version.strip()!r}.")
    return int(found[0])
