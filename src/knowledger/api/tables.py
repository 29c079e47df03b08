"""Tables: what they look like, what is staged in them, what did not fit; and materializing them into the graph."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from knowledger.api.access import AsMember, AsViewer, Router
from knowledger.api.answers import Submitted
from knowledger.api.deps import ApiDeps, Deps
from knowledger.api.graphs import IdempotencyKey
from knowledger.api.shapes import Answer
from knowledger.api.transaction import Transaction, reading
from knowledger.domain.graphs.catalogue import current_generation, find_graph
from knowledger.domain.graphs.reading import SqlRequest
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.tables.files import require_table
from knowledger.domain.tables.materialize import Materialize, request_materialize, require_tables, staleness
from knowledger.domain.tables.overview import TableOverview, overview, rejects_tables, sql_tables
from knowledger.domain.tables.planning import foreseen
from knowledger.kernel.json import JsonObject

router = Router(tags=["tables"])

_PREVIEW = "SELECT * FROM {table} LIMIT 20"
_REJECTS = """
    WITH rejects AS (
        SELECT _file_id AS file_id, "row", line, "column", value, rule, reason, raw FROM staging_rejects
        UNION ALL
        SELECT file_id, "row", line, "column", value, rule, reason, raw FROM build_rejects WHERE "table" = $table
    )
    SELECT *, count(*) OVER () AS total FROM rejects
    WHERE $file_id IS NULL OR file_id = $file_id
    ORDER BY file_id, "row" NULLS FIRST, line LIMIT $limit OFFSET $offset
"""


class ColumnAnswer(BaseModel):
    """`column` is the header it has in files."""

    name: str
    type: str
    column: str
    required: bool
    key: bool
    description: str


class TableAnswer(BaseModel):
    table_name: str
    kind: Literal["node", "relationship"]
    description: str
    key: list[str]
    columns: list[ColumnAnswer]
    file_count: int
    row_count: int
    rejected_count: int
    size_bytes: int

    @classmethod
    def of(cls, table: TableOverview) -> "TableAnswer":
        return cls(
            table_name=table.shape.table,
            kind=table.shape.kind,
            description=table.description,
            key=[column.name for column in table.shape.key],
            columns=[
                ColumnAnswer(
                    name=column.name,
                    type=str(column.type),
                    column=column.header,
                    required=column.required or column.is_key,
                    key=column.is_key,
                    description=column.description,
                )
                for column in table.shape.columns
            ],
            file_count=len(table.staged),
            row_count=table.row_count,
            rejected_count=table.rejected_count,
            size_bytes=table.size_bytes,
        )


class TableList(BaseModel):
    tables: list[TableAnswer]


class Rows(BaseModel):
    columns: list[str]
    data: list[JsonObject]


class TableWithPreview(TableAnswer):
    preview: Rows


class RejectAnswer(BaseModel):
    """One value that did not fit: where it stands, the rule it breaks and why, and the raw text of its row."""

    file_id: str
    file_name: str | None
    row: int | None
    line: int | None
    column: str | None
    value: str | None
    rule: str
    reason: str
    raw: str | None
    total: int = Field(exclude=True)


class RejectList(BaseModel):
    """Rows that did not fit their table, and rows that could not become relationships in the current generation."""

    rejects: list[RejectAnswer]
    total: int


class MaterializeBody(BaseModel):
    """`rebuild` builds anew where an extension would do; `ignore_errors` leaves out files that are not staged.

    With `tables` only what is staged of those is taken in; the rest stays as it is in the graph. A `dry_run` answers
    at once with what would change.
    """

    model_config = ConfigDict(extra="forbid")

    rebuild: bool = False
    ignore_errors: bool = False
    tables: list[str] = Field(default=[], max_length=1000)
    dry_run: bool = False

    @property
    def command(self) -> Materialize:
        return Materialize(rebuild=self.rebuild, ignore_errors=self.ignore_errors, tables=tuple(self.tables))


class TableChangeAnswer(Answer):
    """Rows that come and go, before rows of the same key are counted once."""

    table_name: str
    rows_added: int
    rows_removed: int


class MaterializePlan(Answer):
    """What a materialization would do. An `append` becomes a rebuild where a new row takes the place of an old one."""

    method: Literal["nothing", "append", "rebuild"]
    files_added: list[str]
    files_removed: list[str]
    tables: list[TableChangeAnswer]
    staged_rows: int
    dry_run: Literal[True] = True


class MaterializeStatus(BaseModel):
    graph_id: str
    is_stale: bool
    stale_reason: str | None
    stale_since: datetime | None
    files_added: list[str]
    files_removed: list[str]
    last_materialized_at: datetime | None
    generation_id: str | None


@router.get("/graphs/{graph_id}/tables")
def tables(graph_id: str, access: AsViewer, transaction: Transaction) -> TableList:
    """The tables that files can be loaded into, in the schema's order."""
    found = overview(transaction, find_graph(transaction, graph_id))
    return TableList(tables=[TableAnswer.of(item) for item in found])


@router.get("/graphs/{graph_id}/tables/{table_name}")
async def table(graph_id: str, table_name: str, access: AsViewer, deps: Deps) -> TableWithPreview:
    """One table, with its first rows."""

    def look(session: Session) -> tuple[TableOverview, SqlRequest]:
        found = _table(session, graph_id, table_name)
        name = found.shape.table.replace('"', '""')
        return found, SqlRequest(graph_id, sql_tables([found]), _PREVIEW.format(table=f'"{name}"'))

    found, request = await reading(deps, look)
    return TableWithPreview(**TableAnswer.of(found).model_dump(), preview=await _rows(deps, request))


@router.get("/graphs/{graph_id}/tables/{table_name}/rejects")
async def rejects(
    graph_id: str,
    table_name: str,
    access: AsViewer,
    deps: Deps,
    file_id: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> RejectList:
    """The rows that did not fit: file, row, line, column, value, the rule and what it says."""

    def look(session: Session) -> tuple[TableOverview, SqlRequest]:
        found = _table(session, graph_id, table_name)
        generation = current_generation(session, find_graph(session, graph_id))
        parameters: JsonObject = {
            "table": found.shape.table,
            "file_id": file_id,
            "limit": limit,
            "offset": offset,
        }
        return found, SqlRequest(graph_id, rejects_tables(found, generation), _REJECTS, parameters)

    found, request = await reading(deps, look)
    rows = (await _rows(deps, request)).data
    names = {file.id: file.name for file, _ in found.staged}
    listed = [RejectAnswer.model_validate({**row, "file_name": names.get(str(row["file_id"]))}) for row in rows]
    return RejectList(rejects=listed, total=listed[0].total if listed else 0)


@router.post(
    "/graphs/{graph_id}/materialize",
    status_code=202,
    responses={200: {"model": MaterializePlan, "description": "What would change, for a `dry_run`"}},
)
def materialize(
    graph_id: str,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    body: MaterializeBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Submitted | MaterializePlan:
    """Bring the graph up to what is staged when the operation's turn comes, or say what that would change."""
    wanted = body or MaterializeBody()
    if wanted.dry_run:
        response.status_code = 200
        graph = require_tables(transaction, graph_id, wanted.command.selection)
        return MaterializePlan.model_validate(foreseen(transaction, graph, wanted.command.selection))
    operation = request_materialize(transaction, graph_id, access, wanted.command, idempotency_key=idempotency_key)
    return Submitted.accepted(operation, response)


@router.get("/graphs/{graph_id}/materialize/status")
def materialize_status(graph_id: str, access: AsViewer, transaction: Transaction) -> MaterializeStatus:
    """Whether the graph is behind what is staged, since when, and by which files."""
    found = staleness(transaction, find_graph(transaction, graph_id))
    return MaterializeStatus(
        graph_id=graph_id,
        is_stale=found.is_stale,
        stale_reason=found.reason,
        stale_since=found.since,
        files_added=found.files_added,
        files_removed=found.files_removed,
        last_materialized_at=found.generation and found.generation.created_at,
        generation_id=found.generation and found.generation.id,
    )


def _table(session: Session, graph_id: str, table_name: str) -> TableOverview:
    graph = find_graph(session, graph_id)
    name = require_table(GraphSchema.parse(graph.schema), table_name)
    return next(item for item in overview(session, graph) if item.shape.table == name)


async def _rows(deps: ApiDeps, request: SqlRequest) -> Rows:
    answer = await deps.reader.sql(request)
    return Rows.model_validate_json(await answer.read())
