"""The tables a filing is written as: rows gathered in Python, typed once, as the schema of the graph has them."""

import tarfile
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from knowledger.domain.filings.findings import Finding
from knowledger.domain.graphs.extensions import compose
from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.table_shape import TableColumn, table_shape

PASSAGES = "Passage"
"""A file beside the graph's tables: the exact markup of each passage, by fact_id."""

BETWEEN_FILINGS = ("AMENDS", "RESTATES")

Row = dict[str, object]

_FINDING_COLUMNS: Mapping[str, pa.DataType] = {
    "rule": pa.string(),
    "severity": pa.string(),
    "message": pa.string(),
    "document": pa.string(),
    "line": pa.int64(),
    "concept_id": pa.string(),
    "part_concept_id": pa.string(),
    "fact_id": pa.string(),
    "difference": pa.string(),
}
_FINDING = pa.schema(_FINDING_COLUMNS)
_PASSAGE = pa.schema([pa.field("fact_id", pa.string()), pa.field("value", pa.string())])
_SCALARS: Mapping[Scalar, pa.DataType] = {
    Scalar.STRING: pa.string(),
    Scalar.INT: pa.int64(),
    Scalar.DOUBLE: pa.float64(),
    Scalar.BOOLEAN: pa.bool_(),
    Scalar.DATE: pa.date32(),
    Scalar.TIMESTAMP: pa.timestamp("us"),
}


class Rows:
    """Rows by table, in the order they come; of rows with the same key the first is kept.

    What they do not say is unknown.
    """

    def __init__(self) -> None:
        self._rows: dict[str, dict[object, Row]] = {name: {} for name in arrow_schemas()}
        self._columns: dict[str, Mapping[str, Sequence[object]]] = {}

    def add(self, table: str, key: object, **values: object) -> None:
        self._rows[table].setdefault(key, values)

    def add_columns(self, table: str, **columns: Sequence[object]) -> None:
        """All rows of a table at once, of which no two have the same key."""
        self._columns[table] = columns

    def __contains__(self, entry: tuple[str, object]) -> bool:
        table, key = entry
        return key in self._rows[table]

    def as_tables(self) -> dict[str, pa.Table]:
        return {name: self._table(name, schema) for name, schema in arrow_schemas().items()}

    def _table(self, name: str, schema: pa.Schema) -> pa.Table:
        columns = self._columns.get(name)
        if columns is None:
            rows = self._rows[name].values()
            columns = {column: [row.get(column) for row in rows] for column in schema.names if rows}
        if not columns:
            return schema.empty_table()
        unknown = [None] * len(next(iter(columns.values())))
        arrays = [pa.array(columns.get(column.name, unknown), column.type) for column in schema]
        return pa.Table.from_arrays(arrays, schema=schema)


@cache
def arrow_schemas() -> Mapping[str, pa.Schema]:
    """The schema of each table that one filing gives; those between filings come later."""
    schema = repository_schema()
    shapes = (table_shape(schema, name) for name in schema.table_names if name not in BETWEEN_FILINGS)
    graph = {shape.table: _arrow(shape.columns) for shape in shapes}
    return {**graph, PASSAGES: _PASSAGE}


def between_schema(table: str) -> pa.Schema:
    return _arrow(table_shape(repository_schema(), table).columns)


@cache
def repository_schema() -> GraphSchema:
    return compose(["base", "reporting"])


def write_archive(tables: Mapping[str, pa.Table], findings: Iterable[Finding], path: Path) -> None:
    """A Parquet file for each table that has rows, and `findings.parquet`, in one archive: a filing has some twenty,
    and to make and move so many costs more than to fill them. The same tables make the same archive."""
    held = [(name, table) for name, table in sorted(tables.items()) if table.num_rows]
    members = [part for member in (*held, ("findings", findings_table(findings))) for part in _member(*member)]
    path.write_bytes(b"".join([*members, bytes(2 * tarfile.BLOCKSIZE)]))


def _member(name: str, table: pa.Table) -> tuple[bytes, pa.Buffer, bytes]:
    content, entry = _parquet(table), tarfile.TarInfo(f"{name}.parquet")
    entry.size = content.size
    return entry.tobuf(tarfile.USTAR_FORMAT), content, bytes(-content.size % tarfile.BLOCKSIZE)


def write_parquet(table: pa.Table, path: Path) -> None:
    path.write_bytes(_parquet(table))


def _parquet(table: pa.Table) -> pa.Buffer:
    """Files are small and read once: looking for repeated values would cost more than it saves."""
    buffer = pa.BufferOutputStream()
    pq.write_table(table, buffer, compression="lz4", use_dictionary=False, write_statistics=False, store_schema=False)
    return buffer.getvalue()


def findings_table(findings: Iterable[Finding]) -> pa.Table:
    rows = [
        {
            **{name: getattr(finding, name) for name in _FINDING.names},
            "rule": finding.rule.value,
            "severity": finding.severity.value,
            "difference": None if finding.difference is None else f"{finding.difference:f}",
        }
        for finding in findings
    ]
    return pa.Table.from_pylist(rows, schema=_FINDING)


def _arrow(columns: Iterable[TableColumn]) -> pa.Schema:
    return pa.schema([pa.field(column.name, _arrow_type(column.type)) for column in columns])


def _arrow_type(type_: PropertyType) -> pa.DataType:
    scalar = pa.decimal128(type_.precision, type_.scale) if type_.scalar is Scalar.DECIMAL else _SCALARS[type_.scalar]
    return pa.list_(scalar) if type_.is_list else scalar
