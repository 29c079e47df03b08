"""A LadybugDB file that is being written, or that is looked at before it becomes a generation."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import ladybug
import pyarrow as pa

from knowledger.engine.build.copy_progress import copy_progress
from knowledger.engine.build.ddl import quoted
from knowledger.kernel.errors import DiskFull, InvalidInput

# LadybugDB reserves addresses for the largest file that a database may become.
_LEAST_ADDRESSES = 1 << 36
_GROWTH = 32
_NEARLY_FULL_BYTES = 16 * 2**20
_NAMES_OF_ENDS = ("from", "to")
_PATH = re.compile(r"""['"]?/[^\s'",:]+['"]?""")
_NOT_THE_DATA = ("Buffer manager exception", "bad_alloc", "IO exception", "No space left", "quota exceeded")


class RowsRefused(InvalidInput):
    """The graph's engine refused rows that had been accepted."""

    hint = "The message names the value; correct it in its file and load that again."


class GraphFile:
    """An open graph. Every name that enters a statement is quoted, every value is a parameter."""

    def __init__(self, path: Path, *, buffer_pool_bytes: int, threads: int, read_only: bool, grows_to: int = 0) -> None:
        self._path = path
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
        try:
            result = self._connection.execute(statement, dict(parameters or {}))
        except RuntimeError as error:
            # LadybugDB does not say why it could not write, or not read back what it had not noticed it did not write.
            if "IO exception" in str(error) and shutil.disk_usage(self._path.parent).free < _NEARLY_FULL_BYTES:
                raise DiskFull from error
            raise
        assert isinstance(result, ladybug.QueryResult)
        try:
            return [list(row) for row in result]
        finally:
            result.close()

    @contextmanager
    def arrow(self, statement: str) -> Iterator[pa.Table]:
        """All rows of an answer as one batch, which lives as long as the body: its memory is the engine's."""
        result = self._connection.execute(statement)
        assert isinstance(result, ladybug.QueryResult)
        try:
            yield result.get_as_arrow(max(result.get_num_tuples(), 1))
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

    def copy(self, name: str, links: Sequence[str], *, tick: Callable[[float], None]) -> None:
        """COPY files of the working directory into a node type."""
        self._copy(name, links, "", 2, tick)

    def copy_relationships(
        self, name: str, links: Sequence[str], properties: Sequence[str], *, tick: Callable[[float], None]
    ) -> None:
        """COPY files into a relationship type with these properties, but for rows with an end that is not there."""
        with self._out_of_the_way(name, [item for item in properties if item.lower() in _NAMES_OF_ENDS]):
            self._copy(name, links, " (ignore_errors = true)", 1, tick)

    def _copy(self, name: str, links: Sequence[str], options: str, rounds: int, tick: Callable[[float], None]) -> None:
        files = ", ".join(f"'{link}'" for link in links)
        with copy_progress(self._connection, rounds, tick):
            try:
                self.rows(f"COPY {quoted(name)} FROM [{files}]{options}")
            except RuntimeError as error:
                raise _refusal(name, error) from error

    @contextmanager
    def _out_of_the_way(self, name: str, properties: Sequence[str]) -> Iterator[None]:
        """COPY itself calls the ends `from` and `to`, and cannot tell properties of these names from them."""
        for item in properties:
            self.rows(f"ALTER TABLE {quoted(name)} RENAME {quoted(item)} TO {quoted('_' + item)}")
        yield
        for item in properties:
            self.rows(f"ALTER TABLE {quoted(name)} RENAME {quoted('_' + item)} TO {quoted(item)}")


def _refusal(name: str, error: RuntimeError) -> Exception:
    text = str(error)
    if any(sign in text for sign in _NOT_THE_DATA):
        return error
    return RowsRefused(f"{name}: {_PATH.sub('the file', text.strip().splitlines()[0])[:500]}")
