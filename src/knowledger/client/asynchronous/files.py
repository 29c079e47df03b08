"""The files of a graph."""

from pathlib import Path
from typing import TYPE_CHECKING

from knowledger.client import calls
from knowledger.client.asynchronous.operations import AsyncOperation
from knowledger.client.decode import decode
from knowledger.client.json import JsonObject
from knowledger.client.records import (
    FileRecord,
    OperationRecord,
    Staged,
)
from knowledger.client.uploads import OnProgress, Upload, source_of, upload

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncFiles:
    """See `Files`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def list(self) -> tuple[FileRecord, ...]:
        return await self._driver.run(calls.files(self._graph_id))

    async def get(self, file_id: str) -> FileRecord:
        return await self._driver.run(calls.file(self._graph_id, file_id))

    async def delete(self, file_id: str) -> None:
        await self._driver.run(calls.delete_file(self._graph_id, file_id))

    async def upload(
        self,
        content: str | Path | bytes,
        *,
        name: str | None = None,
        table: str | None = None,
        stage: bool = True,
        on_error: str = "continue",
        on_progress: OnProgress | None = None,
    ) -> Upload:
        source = source_of(content, name)
        flow = upload(self._graph_id, source, table=table, stage=stage, on_error=on_error, on_progress=on_progress)
        return await self._driver.run(flow)

    async def stage(
        self, file_id: str, *, table: str | None = None, on_error: str = "continue", types: JsonObject | None = None
    ) -> AsyncOperation[Staged]:
        """With `types`, a schema that the graph would be extended by, it is only tried, and nothing is kept."""
        record = await self._driver.run(calls.stage_file(self._graph_id, file_id, table, on_error, types))
        return self.staging(record)

    def staging(self, record: OperationRecord) -> AsyncOperation[Staged]:
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(Staged, found), record.operation_type
        )
