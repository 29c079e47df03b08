"""A node type proposed for a file that nobody has described."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb

from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.table_shape import TableColumn
from knowledger.domain.operations.progress import Progress
from knowledger.engine.staging.casts import sql_type
from knowledger.engine.staging.cells import Cell
from knowledger.engine.staging.engine import connect, plain_errors
from knowledger.engine.staging.formats import DataFile, open_upload
from knowledger.engine.staging.infer_columns import FileColumns, file_columns
from knowledger.engine.staging.infer_keys import ProposedKey, propose_key
from knowledger.engine.staging.infer_names import names_for, type_name
from knowledger.engine.staging.infer_types import ProposedType, propose_types
from knowledger.engine.staging.pace import Pace
from knowledger.engine.staging.request import Upload
from knowledger.kernel.json import JsonObject, JsonValue

_PREVIEW_ROWS = 10
_PREVIEW_CHARS = 500
_MOST_LISTED = 10


@dataclass(frozen=True)
class _Proposal:
    columns: FileColumns
    types: list[ProposedType]
    names: list[str]
    key: ProposedKey


def infer_file(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    """Propose a node type. The request is an Upload as JSON, the answer an InferredTable with `rows`.

    Types hold for every row of the file, and the key was checked on all of them. Raises as `stage_file` does.
    """
    upload = Upload.parse(request)
    with plain_errors(upload.file_name):
        pace = Pace(report)
        file = open_upload(upload, pace)
        connection = connect(upload.limits, upload.scratch, [], [file.path])
        try:
            return _infer(connection, upload, file, pace)
        finally:
            connection.close()


def _infer(connection: duckdb.DuckDBPyConnection, upload: Upload, file: DataFile, pace: Pace) -> JsonObject:
    pace.phase("infer", f"Looking through {file.name}", bytes_total=file.size_bytes)
    columns = file_columns(connection, upload, file, pace)
    pace.done(0.4)
    types = propose_types(connection, columns)
    pace.done(0.7)
    key = propose_key(connection, columns, types)
    proposal = _Proposal(columns, types, names_for([item.header for item in columns.columns]), key)
    pace.done(1.0)
    return {
        "file_name": file.name,
        "format": file.format.value,
        "node": _node(file, proposal),
        "preview": _preview(connection, proposal),
        "rows": key.rows,
    }


def _node(file: DataFile, proposal: _Proposal) -> JsonObject:
    properties: list[JsonValue] = [_property(proposal, place) for place in range(len(proposal.types))]
    node: JsonObject = {
        "name": type_name(file.inner_name),
        "key": [proposal.names[place] for place in proposal.key.places],
        "properties": properties,
    }
    if remarks := " ".join(filter(None, (proposal.key.note, _left_out(proposal.columns.left_out)))):
        node["description"] = remarks
    return node


def _left_out(headers: tuple[str, ...]) -> str:
    if not headers:
        return ""
    more = f" and {len(headers) - _MOST_LISTED} more" if len(headers) > _MOST_LISTED else ""
    return f"Left out, as nested or named more than once: {', '.join(headers[:_MOST_LISTED])}{more}."


def _property(proposal: _Proposal, place: int) -> JsonObject:
    name, header, proposed = proposal.names[place], proposal.columns.columns[place].header, proposal.types[place]
    body: JsonObject = {"name": name, "type": str(proposed.kind)}
    if name != header:
        body["column"] = header
    if proposed.format:
        body["format"] = proposed.format
    if place in proposal.key.may_be_empty:
        body["default"] = ""
    return body


def _preview(connection: duckdb.DuckDBPyConnection, proposal: _Proposal) -> list[JsonValue]:
    """The first rows as they would be staged, in values that JSON has: dates, times and decimals as text."""
    cells = []
    for item, proposed, name in zip(proposal.columns.columns, proposal.types, proposal.names, strict=True):
        column = TableColumn(name, item.header, proposed.kind, proposed.format)
        cells.append(Cell(column, item.source, item.type))
    values = ", ".join(_as_json_value(cell) for cell in cells)
    query = f"SELECT {values} FROM {proposal.columns.relation} LIMIT {_PREVIEW_ROWS}"
    rows = connection.execute(query).fetchall()
    return [{name: _cut(value) for name, value in zip(proposal.names, row, strict=True)} for row in rows]


def _as_json_value(cell: Cell) -> str:
    value, kind = f"CAST({cell.value(cell.source)} AS {sql_type(cell.column.type)})", cell.column.type
    is_text = kind.scalar in (Scalar.DATE, Scalar.TIMESTAMP, Scalar.DECIMAL)
    return f"CAST({value} AS VARCHAR{'[]' if kind.is_list else ''})" if is_text else value


def _cut(value: JsonValue) -> JsonValue:
    return value[:_PREVIEW_CHARS] if isinstance(value, str) else value
