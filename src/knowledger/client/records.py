"""What the API answers, as frozen dataclasses. Field names are the wire's."""

from dataclasses import dataclass, field
from datetime import datetime

from knowledger.client.json import JsonObject, JsonValue


@dataclass(frozen=True)
class OperationProblem:
    code: str = "Unknown"
    message: str = "The operation failed."
    hint: str | None = None
    retryable: bool = False
    details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class OperationRecord:
    operation_id: str
    operation_type: str
    status: str
    created_at: datetime
    graph_id: str | None = None
    user_id: str | None = None
    message: str | None = None
    attempt: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    progress: JsonObject | None = None
    result: JsonObject | None = None
    error: OperationProblem | None = None

    @property
    def ended(self) -> bool:
        return self.status in ("completed", "failed", "cancelled")


@dataclass(frozen=True)
class OperationPage:
    operations: tuple[OperationRecord, ...]
    next_cursor: str | None = None


@dataclass(frozen=True)
class Generation:
    """One sealed version of a graph; `counts` is rows by type."""

    generation_id: str
    number: int
    created_at: datetime
    size_bytes: int = 0
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class GraphRecord:
    graph_id: str
    name: str
    created_at: datetime
    description: str | None = None
    tags: tuple[str, ...] = ()
    tier: str | None = None
    role: str | None = None
    extensions: tuple[str, ...] = ()
    parent_id: str | None = None
    subgraph_name: str | None = None
    is_repository: bool = False
    updated_at: datetime | None = None
    is_stale: bool = False
    stale_since: datetime | None = None
    stale_reason: str | None = None
    generation: Generation | None = None


@dataclass(frozen=True)
class Limit:
    """What a graph's tier allows, and what is used of it."""

    name: str
    limit: int
    use: int


@dataclass(frozen=True)
class Finding:
    """A note, a warning or a problem."""

    severity: str
    code: str
    message: str


@dataclass(frozen=True)
class GraphHealth:
    """Healthy, degraded (with a warning) or unhealthy (with a problem)."""

    graph_id: str
    status: str
    generation_id: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class UploadedLayer:
    status: str = "complete"
    size_bytes: int = 0
    at: datetime | None = None


@dataclass(frozen=True)
class StagedLayer:
    status: str = "none"
    rows_read: int | None = None
    rows_accepted: int | None = None
    rows_rejected: int | None = None
    rejects_by_rule: dict[str, int] = field(default_factory=dict)
    at: datetime | None = None
    operation_id: str | None = None
    error: JsonValue = None


@dataclass(frozen=True)
class GraphLayer:
    status: str = "none"
    rows: int | None = None
    at: datetime | None = None
    generation_id: str | None = None


@dataclass(frozen=True)
class Layers:
    """How far a file has come: uploaded, staged, in the graph."""

    uploaded: UploadedLayer = UploadedLayer()
    staged: StagedLayer = StagedLayer()
    graph: GraphLayer = GraphLayer()


@dataclass(frozen=True)
class FileRecord:
    file_id: str
    graph_id: str
    file_name: str
    file_format: str | None = None
    table_name: str | None = None
    size_bytes: int | None = None
    sha256: str | None = None
    created_at: datetime | None = None
    created_by: str | None = None
    layers: Layers = Layers()


@dataclass(frozen=True)
class Column:
    """`column` is its header in files where that is another than its name."""

    name: str
    type: str
    column: str | None = None
    required: bool = False
    key: bool = False
    description: str | None = None


@dataclass(frozen=True)
class Preview:
    columns: tuple[str, ...] = ()
    data: tuple[JsonObject, ...] = ()


@dataclass(frozen=True)
class TableRecord:
    table_name: str
    kind: str
    key: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    description: str | None = None
    file_count: int = 0
    row_count: int = 0
    rejected_count: int = 0
    size_bytes: int = 0
    preview: Preview | None = None


@dataclass(frozen=True)
class Reject:
    """One rejected row: where it stands, what is wrong and its raw text."""

    rule: str
    reason: str
    file_id: str | None = None
    file_name: str | None = None
    table: str | None = None
    row: int | None = None
    line: int | None = None
    column: str | None = None
    value: str | None = None
    raw: str | None = None


@dataclass(frozen=True)
class RejectPage:
    rejects: tuple[Reject, ...]
    total: int


@dataclass(frozen=True)
class Staged:
    """What staging one file came to; rows_read = rows_accepted + rows_rejected.

    `first_rejects` are of a file that was only tried; of others ask the table.
    """

    file_id: str
    table_name: str
    rows_read: int
    rows_accepted: int
    rows_rejected: int
    rejects_by_rule: dict[str, int] = field(default_factory=dict)
    first_rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True)
class Materialized:
    """What materializing came to; `counts` is rows by type in the new generation."""

    graph_id: str
    generation_id: str
    number: int
    counts: dict[str, int] = field(default_factory=dict)
    rows_superseded: int = 0
    rows_rejected: int = 0
    rejects_by_rule: dict[str, int] = field(default_factory=dict)
    appended: bool = False
    size_bytes: int = 0


@dataclass(frozen=True)
class MaterializeStatus:
    graph_id: str
    is_stale: bool
    stale_reason: str | None = None
    stale_since: datetime | None = None
    files_added: tuple[str, ...] = ()
    files_removed: tuple[str, ...] = ()
    last_materialized_at: datetime | None = None
    generation_id: str | None = None


@dataclass(frozen=True)
class TableChange:
    table_name: str
    rows_added: int = 0
    rows_removed: int = 0


@dataclass(frozen=True)
class MaterializePlan:
    """What a materialization would do: `nothing`, `append`, or `rebuild`."""

    method: str
    files_added: tuple[str, ...] = ()
    files_removed: tuple[str, ...] = ()
    tables: tuple[TableChange, ...] = ()
    staged_rows: int = 0


@dataclass(frozen=True)
class InferredTable:
    """One file: the node type proposed for it, and its first rows."""

    file_id: str
    file_name: str
    node: JsonObject
    format: str | None = None
    preview: tuple[JsonObject, ...] = ()

    @property
    def table_name(self) -> str:
        return str(self.node["name"])


@dataclass(frozen=True)
class InferredSchema:
    """A proposal of types and keys for some files; `tables` says which file would fill which table."""

    schema: JsonObject
    tables: tuple[InferredTable, ...] = ()


@dataclass(frozen=True)
class SchemaProblem:
    place: str
    problem: str


@dataclass(frozen=True)
class SchemaVerdict:
    """Whether a graph could be created with it, and whether it could be added to the graph that was asked."""

    valid: bool
    problems: tuple[SchemaProblem, ...] = ()
    fits: bool = True
    conflicts: tuple[SchemaProblem, ...] = ()


@dataclass(frozen=True)
class QueryAnswer:
    columns: tuple[str, ...]
    data: tuple[JsonObject, ...]
    row_count: int = 0
    truncated: bool = False
    execution_time_ms: float | None = None
    graph_id: str | None = None
    generation_id: str | None = None


@dataclass(frozen=True)
class ApiKeyRecord:
    """An API key of the user, known by its first letters (`prefix`)."""

    id: str
    name: str
    prefix: str
    created_at: datetime
    org_id: str | None = None
    scopes: tuple[str, ...] = ()
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    graph_ids: tuple[str, ...] | None = None


@dataclass(frozen=True)
class IssuedKey:
    """A new API key. `key` is shown here and never again."""

    key: str
    api_key: ApiKeyRecord
