"""The tables of a graph."""

from pathlib import Path
from typing import TYPE_CHECKING

from knowledger.client import calls
from knowledger.client.asynchronous.files import AsyncFiles
from knowledger.client.asynchronous.operations import AsyncOperation
from knowledger.client.records import (
    RejectPage,
    Staged,
    TableRecord,
)
from knowledger.client.uploads import OnProgress

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncTables:
    """See `Tables`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def __getitem__(self, name: str) -> "AsyncTable":
        return AsyncTable(self._driver, self._graph_id, name)

    async def list(self) -> tuple[TableRecord, ...]:
        return await self._driver.run(calls.tables(self._graph_id))


class AsyncTable:
    """See `Table`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str, name: str) -> None:
        self._driver, self._graph_id = driver, graph_id
        self.name = name

    async def record(self) -> TableRecord:
        return await self._driver.run(calls.table(self._graph_id, self.name))

    async def load(
        self,
        content: str | Path | bytes,
        *,
        name: str | None = None,
        on_error: str = "continue",
        on_progress: OnProgress | None = None,
    ) -> AsyncOperation[Staged]:
        files = AsyncFiles(self._driver, self._graph_id)
        done = await files.upload(content, name=name, table=self.name, on_error=on_error, on_progress=on_progress)
        if done.operation is not None:
            return files.staging(done.operation)
        return await files.stage(done.file.file_id, table=self.name, on_error=on_error)

    async def rejects(self, *, file_id: str | None = None, limit: int = 100, offset: int = 0) -> RejectPage:
        return await self._driver.run(calls.rejects(self._graph_id, self.name, file_id, limit, offset))
