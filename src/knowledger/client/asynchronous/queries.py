"""The answer to a query, in the shape that is asked for."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from knowledger.client import queries
from knowledger.client.json import JsonObject
from knowledger.client.records import (
    QueryAnswer,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncQueryResult:
    """See `QueryResult`."""

    def __init__(self, driver: "AsyncDriver", asked: queries.Question) -> None:
        self._driver, self._asked = driver, asked
        self._answer: QueryAnswer | None = None

    async def answer(self) -> QueryAnswer:
        if self._answer is None:
            self._answer = await self._driver.run(queries.whole_answer(self._asked))
        return self._answer

    async def columns(self) -> tuple[str, ...]:
        return (await self.answer()).columns

    async def rows(self) -> tuple[JsonObject, ...]:
        return queries.all_rows(await self.answer())

    def __aiter__(self) -> AsyncIterator[JsonObject]:
        return self._driver.iterate(queries.rows(self._asked))

    async def to_arrow(self) -> "pa.Table":
        return await self._driver.run(queries.arrow_table(self._asked))

    async def to_pandas(self) -> "queries.DataFrame":
        return await self._driver.run(queries.data_frame(self._asked))

    async def to_csv(self, path: str | Path) -> None:
        await self._driver.run(queries.save(self._asked, queries.CSV, path))

    async def to_parquet(self, path: str | Path) -> None:
        await self._driver.run(queries.save(self._asked, queries.PARQUET, path))

    async def write(self, media_type: str, target: str | Path | BinaryIO) -> None:
        await self._driver.run(queries.save(self._asked, media_type, target))
