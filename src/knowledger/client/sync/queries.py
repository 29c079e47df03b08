"""The answer to a query, in the shape that is asked for."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from knowledger.client import queries
from knowledger.client.json import JsonObject
from knowledger.client.records import (
    QueryAnswer,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from knowledger.client.sync.driver import Driver


class QueryResult:
    """The answer of one query. Iterate over it to take the rows as they come, however many they are."""

    def __init__(self, driver: "Driver", asked: queries.Question) -> None:
        self._driver, self._asked = driver, asked

    @cached_property
    def answer(self) -> QueryAnswer:
        """The whole answer with its figures. `truncated` says that the server's limit cut it off."""
        return self._driver.run(queries.whole_answer(self._asked))

    @property
    def columns(self) -> tuple[str, ...]:
        return self.answer.columns

    @property
    def rows(self) -> tuple[JsonObject, ...]:
        return queries.all_rows(self.answer)

    def __iter__(self) -> Iterator[JsonObject]:
        return self._driver.iterate(queries.rows(self._asked))

    def to_arrow(self) -> "pa.Table":
        return self._driver.run(queries.arrow_table(self._asked))

    def to_pandas(self) -> "queries.DataFrame":
        return self._driver.run(queries.data_frame(self._asked))

    def to_csv(self, path: str | Path) -> None:
        """Write the answer to a file, which appears only when it is whole."""
        self._driver.run(queries.save(self._asked, queries.CSV, path))

    def to_parquet(self, path: str | Path) -> None:
        """Write the answer to a file, which appears only when it is whole."""
        self._driver.run(queries.save(self._asked, queries.PARQUET, path))

    def write(self, media_type: str, target: str | Path | BinaryIO) -> None:
        """Write the answer in one of the formats of `queries`, to a file of this name or into an open one."""
        self._driver.run(queries.save(self._asked, media_type, target))
