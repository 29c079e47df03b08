"""Staging Parquet."""

from dataclasses import replace

import duckdb

from knowledger.domain.graphs.engine import UnreadableFile
from knowledger.engine.staging.cells import Cell
from knowledger.engine.staging.engine import run
from knowledger.engine.staging.formats import DataFile
from knowledger.engine.staging.headers import match_headers
from knowledger.engine.staging.outcome import Outcome, Staging, rows_in, stage_numbered
from knowledger.engine.staging.query import MISFIT, Rows, copy_all
from knowledger.engine.staging.sql import identifier, path_literal


def stage_parquet(staging: Staging, file: DataFile) -> Outcome:
    """In one pass where all fits, else once more with the rows that do not fit told apart."""
    types = parquet_types(staging.connection, file)
    found = tuple(types)
    match = match_headers(file.name, staging.shape, found)
    cells = tuple(
        Cell(column) if place is None else Cell(column, identifier(found[place]), types[found[place]])
        for column, place in zip(staging.shape.columns, match.positions, strict=True)
    )
    rows_read = rows_in(file.path)
    relation = f"read_parquet({path_literal(file.path)})"
    staging.pace.phase("read", f"Reading {file.name}", bytes_total=file.size_bytes)
    try:
        written = run(staging.connection, copy_all(relation, cells, staging.rows_path), staging.pace.done)
    except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
        if MISFIT not in str(error):
            raise
        written = -1
    if written == rows_read:
        return Outcome(rows_read, match.ignored)
    row = "row_number() OVER ()" if "file_row_number" in found else "file_row_number + 1"
    rows = Rows(relation, cells, _raw(cells), row=row, line="CAST(NULL AS BIGINT)")
    return replace(stage_numbered(staging, rows, rows_read), ignored_columns=match.ignored)


def parquet_types(connection: duckdb.DuckDBPyConnection, file: DataFile) -> dict[str, str]:
    """The columns of a Parquet file, with DuckDB's names of their types."""
    try:
        described = connection.execute(f"DESCRIBE SELECT * FROM read_parquet({path_literal(file.path)})").fetchall()
    except duckdb.Error:
        raise UnreadableFile(
            f"{file.name} is a damaged Parquet file, or was cut short: its footer cannot be read."
        ) from None
    return {str(row[0]): str(row[1]) for row in described}


def _raw(cells: tuple[Cell, ...]) -> str:
    present = [cell for cell in cells if cell.source != Cell(cell.column).source]
    packed = ", ".join(f"{identifier(cell.column.header)} := {cell.source}" for cell in present)
    return f"CAST(to_json(struct_pack({packed})) AS VARCHAR)"
