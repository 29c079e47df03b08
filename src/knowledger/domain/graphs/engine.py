"""What the domain asks of the engines that touch tenant data. `knowledger.engine` answers, in a sandbox."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.progress import Work
from knowledger.kernel.errors import InvalidInput, KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue

OnError = Literal["continue", "fail"]
ExportFormat = Literal["parquet", "csv", "json"]


class UnreadableFile(InvalidInput):
    """The file cannot be read as what its name says it is."""


class StagingSchemaMismatch(InvalidInput):
    """The file does not have the columns that its table needs."""


class RowsRejected(InvalidInput):
    """Some rows do not fit the table, and the load was told to fail rather than leave rows out."""


class GraphUnreadable(KnowledgerError):
    """The graph's file cannot be read by this version of the engine."""

    hint = "Restore another backup; a logical one can be read by every version."


@dataclass(frozen=True)
class StageRequest:
    """One upload to turn into typed Parquet. `parts`, in order, are its bytes; `file_name` tells the format."""

    file_name: str
    parts: tuple[Path, ...]
    schema: GraphSchema
    table: str
    rows_path: Path
    rejects_path: Path
    scratch: Path
    on_error: OnError = "continue"


@dataclass(frozen=True)
class StagedRows:
    """rows_read = rows_accepted + rows_rejected, always. `first_rejects` are rows of the rejects file."""

    rows_read: int
    rows_accepted: int
    rows_rejected: int
    size_bytes: int
    rejects_by_rule: dict[str, int] = field(default_factory=dict)
    first_rejects: tuple[JsonObject, ...] = ()


@dataclass(frozen=True)
class StagedFile:
    """One staged file as a build reads it. Later in the order of a request = later uploaded = wins."""

    file_id: str
    file_name: str
    table: str
    rows_path: Path
    rows: int


@dataclass(frozen=True)
class BuildRequest:
    """One generation to build. With `base` it starts as a copy of that sealed file and takes the `added` files only."""

    schema: GraphSchema
    files: tuple[StagedFile, ...]
    graph_path: Path
    rejects_path: Path
    scratch: Path
    base: Path | None = None
    added: tuple[str, ...] = ()


@dataclass(frozen=True)
class BuiltGeneration:
    """A sealed, verified graph file. `counts` is rows by type name; `appended` says that the base was extended."""

    size_bytes: int
    counts: dict[str, int]
    rows_superseded: int
    rows_rejected: int
    appended: bool
    engine_version: str
    rejects_by_rule: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class InferredTable:
    """A proposal read off a file: the node type it would fill, and the first rows as a preview."""

    file_name: str
    format: str
    node: JsonObject
    preview: list[dict[str, JsonValue]]


@dataclass(frozen=True)
class GraphContents:
    """What a sealed graph file holds: rows by type name, and a digest of each type's rows that knows no order.

    Where only the counts were asked for, there are no digests.
    """

    counts: dict[str, int]
    digests: dict[str, str]


@dataclass(frozen=True)
class ExportedFiles:
    """Files that one type each was written to, by name, and rows by type."""

    files: tuple[str, ...]
    counts: dict[str, int]


class TableEngine(Protocol):
    """Long calls are generators: they can be interrupted at any yield and clean up after themselves."""

    def stage(self, request: StageRequest) -> Work[StagedRows]: ...

    def build(self, request: BuildRequest) -> Work[BuiltGeneration]: ...

    def infer(self, file_name: str, parts: tuple[Path, ...], scratch: Path) -> Work[InferredTable]: ...

    def digest(
        self, graph_path: Path, schema: GraphSchema, scratch: Path, *, counts_only: bool = False
    ) -> Work[GraphContents]:
        """Open a sealed graph, count its rows, look some up, and take the digests. Raises GraphUnreadable."""

    def export(
        self, graph_path: Path, schema: GraphSchema, scratch: Path, directory: Path, format_: ExportFormat
    ) -> Work[ExportedFiles]: ...
