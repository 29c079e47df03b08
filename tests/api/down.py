"""A graph host and a sandbox that are down, as they may be: what does not need them has to work all the same."""

from pathlib import Path

from knowledger.domain.graphs.engine import (
    BuildRequest,
    BuiltGeneration,
    ExportedFiles,
    ExportFormat,
    GraphContents,
    InferredTable,
    StagedRows,
    StageRequest,
)
from knowledger.domain.graphs.reading import HostUnavailable, QueryAnswer, QueryRequest, SqlRequest
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.progress import Work
from knowledger.engine.sandbox.errors import SandboxUnavailable


class HostThatIsDown:
    async def query(self, request: QueryRequest) -> QueryAnswer:
        raise HostUnavailable

    async def sql(self, request: SqlRequest) -> QueryAnswer:
        raise HostUnavailable

    async def close_graph(self, graph_id: str) -> None:
        raise HostUnavailable

    async def close(self) -> None:
        return


class EngineThatIsDown:
    def stage(self, request: StageRequest) -> Work[StagedRows]:
        raise SandboxUnavailable

    def build(self, request: BuildRequest) -> Work[BuiltGeneration]:
        raise SandboxUnavailable

    def infer(self, file_name: str, parts: tuple[Path, ...], scratch: Path) -> Work[InferredTable]:
        raise SandboxUnavailable

    def digest(
        self, graph_path: Path, schema: GraphSchema, scratch: Path, *, counts_only: bool = False
    ) -> Work[GraphContents]:
        raise SandboxUnavailable

    def export(
        self, graph_path: Path, schema: GraphSchema, scratch: Path, directory: Path, format_: ExportFormat
    ) -> Work[ExportedFiles]:
        raise SandboxUnavailable
