"""The tables of a graph: their columns by the schema, their rows by what is staged, and SQL over them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from knowledger.domain.graphs.property_types import PropertyType, Scalar
from knowledger.domain.graphs.reading import SqlColumn, SqlFile, SqlTable
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.table_shape import TableShape, table_shape
from knowledger.domain.tables.planning import staged_files
from knowledger.models.graphs import File, Generation, Graph, Staging

_REJECT_COLUMNS = {
    "row": Scalar.INT,
    "line": Scalar.INT,
    "column": Scalar.STRING,
    "value": Scalar.STRING,
    "rule": Scalar.STRING,
    "reason": Scalar.STRING,
    "raw": Scalar.STRING,
}


@dataclass(frozen=True)
class TableOverview:
    shape: TableShape
    description: str
    staged: Sequence[tuple[File, Staging]]

    @property
    def row_count(self) -> int:
        return sum(staging.rows_accepted for _, staging in self.staged)

    @property
    def rejected_count(self) -> int:
        return sum(staging.rows_rejected for _, staging in self.staged)

    @property
    def size_bytes(self) -> int:
        return sum(staging.size_bytes for _, staging in self.staged)


def overview(session: Session, graph: Graph) -> list[TableOverview]:
    """Every table of the graph, in the schema's order, with the staged files behind it."""
    schema = GraphSchema.parse(graph.schema)
    described = {item.name: item.description for item in schema.nodes}
    described |= {item.name: item.description for item in schema.relationships}
    staged = staged_files(session, graph.id)
    return [
        TableOverview(
            table_shape(schema, name), described[name], [item for item in staged if item[1].table_name == name]
        )
        for name in schema.table_names
    ]


def sql_tables(tables: Iterable[TableOverview]) -> tuple[SqlTable, ...]:
    """The staging tables as SQL sees them."""
    return tuple(
        SqlTable(
            table.shape.table,
            tuple(SqlColumn(column.name, column.type) for column in table.shape.columns),
            tuple(SqlFile(file.id, staging.rows_key) for file, staging in table.staged),
        )
        for table in tables
    )


def rejects_tables(table: TableOverview, generation: Generation | None) -> tuple[SqlTable, SqlTable]:
    """`staging_rejects` and `build_rejects`: the rows of a table that did not fit, and those left out of the graph."""
    columns = tuple(SqlColumn(name, PropertyType(scalar)) for name, scalar in _REJECT_COLUMNS.items())
    ends = tuple(SqlColumn(name, PropertyType(Scalar.STRING)) for name in ("file_id", "table"))
    staging = tuple(SqlFile(file.id, staging.rejects_key) for file, staging in table.staged)
    rejects_key = generation.rejects_key if generation else None
    build = (SqlFile("build", rejects_key),) if rejects_key else ()
    return SqlTable("staging_rejects", columns, staging), SqlTable("build_rejects", (*ends, *columns), build)
