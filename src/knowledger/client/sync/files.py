"""The files of a graph."""

from pathlib import Path
from typing import TYPE_CHECKING

from knowledger.client import calls
from knowledger.client.decode import decode
from knowledger.client.json import JsonObject
from knowledger.client.records import (
    FileRecord,
    OperationRecord,
    Staged,
)
from knowledger.client.sync.operations import Operation
from knowledger.client.uploads import OnProgress, Upload, source_of, upload

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Files:
    """The uploads of a graph."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def list(self) -> tuple[FileRecord, ...]:
        return self._driver.run(calls.files(self._graph_id))

    def get(self, file_id: str) -> FileRecord:
        return self._driver.run(calls.file(self._graph_id, file_id))

    def delete(self, file_id: str) -> None:
        self._driver.run(calls.delete_file(self._graph_id, file_id))

    def upload(
        self,
        content: str | Path | bytes,
        *,
        name: str | None = None,
        table: str | None = None,
        stage: bool = True,
        on_error: str = "continue",
        on_progress: OnProgress | None = None,
    ) -> Upload:
        """Upload a file (or bytes, with a name), in parts that are resumed where the connection breaks.

        With `stage`, and a table that is named or fits its name, staging begins at once: see the upload's `operation`.
        """
        source = source_of(content, name)
        flow = upload(self._graph_id, source, table=table, stage=stage, on_error=on_error, on_progress=on_progress)
        return self._driver.run(flow)

    def stage(
        self, file_id: str, *, table: str | None = None, on_error: str = "continue", types: JsonObject | None = None
    ) -> Operation[Staged]:
        """With `types`, a schema that the graph would be extended by, it is only tried, and nothing is kept."""
        record = self._driver.run(calls.stage_file(self._graph_id, file_id, table, on_error, types))
        return self.staging(record)

    def staging(self, record: OperationRecord) -> Operation[Staged]:
        """The handle of an operation that stages a file."""
        return Operation(self._driver, record.operation_id, lambda found: decode(Staged, found), record.operation_type)
