"""DuckDB, bounded and locked, and its statements run with news of how far they are."""

import errno
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb

from knowledger.domain.graphs.engine import UnreadableFile
from knowledger.engine.staging.request import Limits
from knowledger.engine.staging.sql import literal
from knowledger.kernel.errors import DiskFull, LimitExceeded

_TICK_S = 0.15
# What DuckDB allocates beside its own account: reader buffers, Parquet pages, the interpreter.
_SHARE_OF_MEMORY = 0.7
_LEAST_MEMORY = 64 * 2**20
_ENOUGH_A_THREAD = 192 * 2**20


class StagingOutOfMemory(LimitExceeded):
    """Reading this file needs more memory than one staging may use."""

    hint = "Raise KNOWLEDGER_ENGINE_MEMORY, or split the file."


def for_one_pass(limits: Limits) -> Limits:
    """What one pass over a file needs.

    Given more, DuckDB fills it with rows that wait to be written, the longer the file the more, and is no faster.
    """
    enough = int(_ENOUGH_A_THREAD / _SHARE_OF_MEMORY) * max(limits.threads, 2)
    return replace(limits, memory_bytes=min(limits.memory_bytes, enough))


def connect(limits: Limits, scratch: Path, directories: list[Path], files: list[Path]) -> duckdb.DuckDBPyConnection:
    """A DuckDB that can reach these directories and files only, and cannot be told otherwise."""
    connection = duckdb.connect()
    memory = max(int(limits.memory_bytes * _SHARE_OF_MEMORY), _LEAST_MEMORY)
    for statement in (
        f"SET memory_limit = '{memory}B'",
        f"SET threads = {max(limits.threads, 1)}",
        f"SET temp_directory = {literal(scratch)}",
        "SET preserve_insertion_order = true",
        "SET TimeZone = 'UTC'",
        # Without these DuckDB does not say how far it is.
        "SET enable_progress_bar = true",
        "SET enable_progress_bar_print = false",
        "SET autoinstall_known_extensions = false",
        "SET autoload_known_extensions = false",
        "SET python_scan_all_frames = false",
        f"SET allowed_directories = [{', '.join(literal(path) for path in (scratch, *directories))}]",
        f"SET allowed_paths = [{', '.join(literal(path) for path in files)}]",
        "SET enable_external_access = false",
        "SET lock_configuration = true",
    ):
        connection.execute(statement)
    return connection


def run(connection: duckdb.DuckDBPyConnection, statement: str, tick: Callable[[float], None]) -> int:
    """Run a COPY, calling `tick` with the share done (0 to 1) as it goes; gives the number of rows written."""
    outcome: list[int | BaseException] = []

    def work() -> None:
        try:
            row = connection.execute(statement).fetchone()
            outcome.append(int(row[0]) if row else 0)
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(_TICK_S)
        tick(_share_done(connection))
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0]


def _share_done(connection: duckdb.DuckDBPyConnection) -> float:
    try:
        return min(max(float(connection.query_progress()) / 100, 0.0), 1.0)
    except (TypeError, duckdb.Error):
        return 0.0


@contextmanager
def plain_errors(file_name: str) -> Iterator[None]:
    """Turn what the engine and the disk raise into errors that a user can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull from None
        raise
    except (duckdb.OutOfMemoryException, MemoryError):
        raise StagingOutOfMemory from None
    except duckdb.Error as error:
        text = str(error)
        if "No space left on device" in text or "Disk quota exceeded" in text:
            raise DiskFull from None
        raise UnreadableFile(f"{file_name} cannot be read: {_first_sentence(text)}") from None


def _first_sentence(text: str) -> str:
    """What DuckDB says, without the paths and the SQL it says it with."""
    first = text.strip().splitlines()[0].split("Possible")[0]
    return re.sub(r"""['"]?/[^\s'",:]+['"]?""", "the file", first).strip()
