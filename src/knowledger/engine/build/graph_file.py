"""A LadybugDB file that is being written, or that is looked at before it becomes a generation."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import ladybug

from knowledger.engine.build.copy_progress import copy_progress
from knowledger.engine.build.ddl import quoted
from knowledger.kernel.errors import InvalidInput

# LadybugDB reserves addresses for the largest file that a database may become.
_LEAST_ADDRESSES = 1 << 36
_GROWTH = 32
_PATH = re.compile(r"""['"]?/[^\s'",:]+['"]?""")
_NOT_THE_DATA = ("Buffer manager exception", "bad_alloc", "IO exception", "No space left", "quota exceeded")


class RowsRefused(InvalidInput):
    """The graph's engine refused rows that had been accepted."""

    hint = "The message names the value; correct it in its file and load that again."


class GraphFile:
    """An open graph. Every name that enters a statement is quoted, every value is a parameter."""

    def __init__(self, path: Path, *, buffer_pool_bytes: int, threads: int, read_only: bool, grows_to: int = 0) -> None:
        addresses = max(_LEAST_ADDRESSES, 1 << (_GROWTH * grows_to).bit_length())
        self._database = ladybug.Database(
            path,
            buffer_pool_size=buffer_pool_bytes,
            max_num_threads=max(threads, 1),
            read_only=read_only,
            max_db_size=addresses,
        )
        self._connection = ladybug.Connection(self._database, num_threads=max(threads, 1))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connection.close()
        self._database.close()

    def rows(self, statement: str, parameters: Mapping[str, object] | None = None) -> list[list[object]]:
        result = self._connection.execute(statement, dict(parameters or {}))
        assert isinstance(result, ladybug.QueryResult)
        try:
            return [list(row) for row in result]
        finally:
            result.close()

    def define(self, statements: Sequence[str]) -> None:
        """Run DDL, all of it or nothing."""
        self.rows("BEGIN TRANSACTION")
        for statement in statements:
            self.rows(statement)
        self.rows("COMMIT")

    def checkpoint(self) -> None:
        self.rows("CHECKPOINT")

    def count_nodes(self, name: str) -> int:
        return int(str(self.rows(f"MATCH (n:{quoted(name)}) RETURN count(*)")[0][0]))

    def count_relationships(self, name: str) -> int:
        return int(str(self.rows(f"MATCH ()-[r:{quoted(name)}]->() RETURN count(*)")[0][0]))

    def copy(self, name: str, links: Sequence[str], *, pass_over: bool, tick: Callable[[float], None]) -> None:
        """COPY files of the working directory into a type. `pass_over`: leave out what has an end that is not there."""
        files = ", ".join(f"'{link}'" for link in links)
        options = " (ignore_errors = true)" if pass_over else ""
        with copy_progress(self._connection, 1 if pass_over else 2, tick):
            try:
                self.rows(f"COPY {quoted(name)} FROM [{files}]{options}")
            except RuntimeError as error:
                raise _refusal(name, error) from error


def _refusal(name: str, error: RuntimeError) -> Exception:
    text = str(error)
    if any(sign in text for sign in _NOT_THE_DATA):
        return error
    return RowsRefused(f"{name}: {_PATH.sub('the file', text.strip().splitlines()[0])[:500]}")
