"""The tables of a graph."""

from pathlib import Path
from typing import TYPE_CHECKING

from knowledger.client import calls
from knowledger.client.records import (
    RejectPage,
    Staged,
    TableRecord,
)
from knowledger.client.sync.files import Files
from knowledger.client.sync.operations import Operation
from knowledger.client.uploads import OnProgress

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Tables:
    """The tables that a graph's types give: `graph.tables["Fact"]`."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def __getitem__(self, name: str) -> "Table":
        return Table(self._driver, self._graph_id, name)

    def list(self) -> tuple[TableRecord, ...]:
        return self._driver.run(calls.tables(self._graph_id))


class Table:
    def __init__(self, driver: "Driver", graph_id: str, name: str) -> None:
        self._driver, self._graph_id = driver, graph_id
        self.name = name

    def record(self) -> TableRecord:
        """Its columns and counts, with a preview of its rows."""
        return self._driver.run(calls.table(self._graph_id, self.name))

    def load(
        self,
        content: str | Path | bytes,
        *,
        name: str | None = None,
        on_error: str = "continue",
        on_progress: OnProgress | None = None,
    ) -> Operation[Staged]:
        """Upload a file into this table, and begin to stage it. Returns once the upload is whole."""
        files = Files(self._driver, self._graph_id)
        done = files.upload(content, name=name, table=self.name, on_error=on_error, on_progress=on_progress)
        if done.operation is not None:
            return files.staging(done.operation)
        return files.stage(done.file.file_id, table=self.name, on_error=on_error)

    def rejects(self, *, file_id: str | None = None, limit: int = 100, offset: int = 0) -> RejectPage:
        """The rows that did not fit, each with its place and the reason."""
        return self._driver.run(calls.rejects(self._graph_id, self.name, file_id, limit, offset))
