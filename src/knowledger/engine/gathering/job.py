"""Many typed Parquet files of a table become one. Nothing is cast: the files say what they are, once for each."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

import duckdb

from knowledger.domain.graphs.engine import StagingSchemaMismatch
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.table_shape import TableShape, table_shape
from knowledger.domain.operations.progress import Progress
from knowledger.engine.staging.casts import sql_type
from knowledger.engine.staging.engine import connect, plain_errors
from knowledger.engine.staging.outcome import without_rejects
from knowledger.engine.staging.request import Limits
from knowledger.engine.staging.sql import identifier, path_literal
from knowledger.kernel.json import JsonObject

_ROW_GROUP = 122_880
Pick = Callable[[duckdb.DuckDBPyConnection, TableShape, str], str]
"""Which rows of a source count, as a source."""


@dataclass(frozen=True)
class Gathering:
    """A GatherRequest as it comes into the sandbox."""

    schema: GraphSchema
    directories: tuple[Path, ...]
    into: Path
    scratch: Path
    limits: Limits
    completed: frozenset[str]

    @classmethod
    def parse(cls, request: JsonObject) -> Self:
        return cls(
            schema=GraphSchema.parse(request["schema"]),
            directories=tuple(Path(item) for item in cast("list[str]", request["directories"])),
            into=Path(str(request["into"])),
            scratch=Path(str(request["scratch"])),
            limits=Limits.parse(request),
            completed=frozenset(cast("list[str]", request["completed"])),
        )

    def files_of(self, table: str) -> list[Path]:
        """Those that a later one's rows go before first."""
        return [path for item in self.directories if (path := item / f"{table}.parquet").is_file()]


def gather(request: JsonObject, report: Callable[[Progress], None]) -> JsonObject:
    """The sandbox's job; gives the rows by table. Raises StagingSchemaMismatch, StagingOutOfMemory, DiskFull."""
    job = Gathering.parse(request)
    tables = job.schema.table_names
    rows: JsonObject = {}
    without_rejects(job.into / "rejects.parquet")
    roots = list(dict.fromkeys(item.parent for item in job.directories))
    with plain_errors("the typed rows"), connect(job.limits, job.scratch, [job.into, *roots], []) as connection:
        for index, table in enumerate(tables):
            report(Progress(f"Gathering {table}", step="gather", percent=100 * index / len(tables)))
            if files := job.files_of(table):
                shape = table_shape(job.schema, table)
                pick = _completed if table in job.completed else _latest
                rows[table] = _gather_table(connection, shape, files, job.into, pick)
    return {"rows": rows}


def _gather_table(
    connection: duckdb.DuckDBPyConnection, shape: TableShape, files: list[Path], into: Path, pick: Pick
) -> int:
    source = f"read_parquet([{', '.join(map(path_literal, files))}])"
    _require_typed(connection, shape, source)
    columns = ", ".join(identifier(column.name) for column in shape.columns)
    path = into / f"{shape.table}.parquet"
    target = f"TO {path_literal(path)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_ROW_GROUP})"
    written = connection.execute(f"COPY (SELECT {columns} FROM {pick(connection, shape, source)}) {target}").fetchone()
    assert written is not None
    return int(written[0])


def _latest(connection: duckdb.DuckDBPyConnection, shape: TableShape, source: str) -> str:
    """The rows that count. To compare hashes first costs little where no two rows have the same key, as is usual."""
    key = ", ".join(identifier(column.name) for column in shape.key or shape.columns)
    [(total, distinct)] = connection.execute(f"SELECT count(*), count(DISTINCT hash({key})) FROM {source}").fetchall()
    if total == distinct:
        return source
    place = "ORDER BY file_index DESC, file_row_number DESC"
    return f"(SELECT * FROM {source} QUALIFY row_number() OVER (PARTITION BY {key} {place}) = 1)"


def _completed(connection: duckdb.DuckDBPyConnection, shape: TableShape, source: str) -> str:
    """One row for each key, each column of the latest row that has a value there."""
    keys = [identifier(column.name) for column in shape.key]
    others = (identifier(column.name) for column in shape.columns if column not in shape.key)
    # Unlike arg_max_null, arg_max passes over rows without a value.
    latest = [f"arg_max({name}, (file_index, file_row_number)) AS {name}" for name in others]
    return f"(SELECT {', '.join([*keys, *latest])} FROM {source} GROUP BY {', '.join(keys)})"


def _require_typed(connection: duckdb.DuckDBPyConnection, shape: TableShape, source: str) -> None:
    described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    found = {str(row[0]): str(row[1]) for row in described}
    for column in shape.columns:
        wanted = sql_type(column.type)
        if found.get(column.name) != wanted:
            raise StagingSchemaMismatch(
                f"{shape.table}.{column.name} is {found.get(column.name, 'not there')} and not {wanted}."
            )
