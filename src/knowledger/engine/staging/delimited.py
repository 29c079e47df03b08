"""Staging CSV, TSV and their like."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import duckdb

from knowledger.engine.staging.cells import Cell
from knowledger.engine.staging.count import count_records
from knowledger.engine.staging.dialect import Dialect, read_dialect
from knowledger.engine.staging.engine import run
from knowledger.engine.staging.formats import DataFile
from knowledger.engine.staging.headers import Match, match_headers
from knowledger.engine.staging.lines import MOST_LINE_BYTES, count_line_ends, with_newlines
from knowledger.engine.staging.outcome import Outcome, Staging, stage_sieved
from knowledger.engine.staging.query import copy_all
from knowledger.engine.staging.records import sift
from knowledger.engine.staging.sieve import Sieve
from knowledger.engine.staging.sql import literal, path_literal

# How DuckDB says that a file is not as it should be; it has no one class for that.
_MISFITS = (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.NotImplementedException)


def stage_delimited(staging: Staging, file: DataFile) -> Outcome:
    """In one pass where all fits, else once more, record by record."""
    dialect = read_dialect(file)
    match = match_headers(file.name, staging.shape, dialect.headers)
    cells = tuple(
        Cell(column) if place is None else Cell(column, f"c{place}")
        for column, place in zip(staging.shape.columns, match.positions, strict=True)
    )
    clean = _stage_clean(staging, file, dialect, cells)
    if clean is not None:
        return Outcome(clean, match.ignored)
    return _stage_one_by_one(staging, file, dialect, cells, match)


def _stage_clean(staging: Staging, file: DataFile, dialect: Dialect, cells: tuple[Cell, ...]) -> int | None:
    """The number of rows written, or None when something does not fit."""
    staging.pace.phase("read", f"Reading {file.name}", bytes_total=file.size_bytes)
    statement = copy_all(read_as_text(file, dialect), cells, staging.rows_path)
    with ThreadPoolExecutor(1) as other:
        line_ends = other.submit(count_line_ends, file.path, dialect.newline)
        try:
            written = run(staging.connection, statement, staging.pace.done)
        except _MISFITS:
            return None
        # The engine may read a file in a way of its own: its count is believed when another one agrees. Line ends are
        # counted fastest, and are the records with their header unless there are blank lines or line ends in quotes.
        agrees = line_ends.result() == written + 1 or count_records(file.path, dialect) == written + 1
    return written if agrees else None


def _stage_one_by_one(
    staging: Staging, file: DataFile, dialect: Dialect, cells: tuple[Cell, ...], match: Match
) -> Outcome:
    staging.pace.phase("check", "Some rows do not fit: reading them one by one", share=0.6)
    path = with_newlines(file.path, staging.scratch) if dialect.newline == b"\r" else file.path
    needed = tuple(place for place in match.positions if place is not None)
    with Sieve(staging.scratch, dialect.delimiter, dialect.width) as sieve:
        sift(path, dialect, needed, sieve, lambda done, rows: staging.pace.done(done / file.size_bytes, rows))
    return replace(stage_sieved(staging, sieve.result(), cells, _raw(dialect)), ignored_columns=match.ignored)


def read_as_text(file: DataFile, dialect: Dialect, *, ignore_errors: bool = False) -> str:
    """A FROM item whose columns c0, c1 … are the cells as text; a record that is not whole is an error, or left out."""
    columns = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(dialect.width))
    quote = literal(dialect.quote)
    return (
        f"read_csv({path_literal(file.path)}, auto_detect = false, header = true, compression = 'none', "
        f"delim = {literal(dialect.delimiter)}, quote = {quote}, escape = {quote}, "
        f"max_line_size = {MOST_LINE_BYTES}, ignore_errors = {str(ignore_errors).lower()}, columns = {{{columns}}})"
    )


def _raw(dialect: Dialect) -> str:
    """The record as one line, written anew from its cells."""
    special = "[" + dialect.delimiter.replace("|", r"\|").replace("\t", r"\t") + r'"\r\n]'
    cells = (
        f"CASE WHEN regexp_matches(c{i}, {literal(special)}) "
        f"THEN concat('\"', replace(c{i}, '\"', '\"\"'), '\"') ELSE coalesce(c{i}, '') END"
        for i in range(dialect.width)
    )
    return f"concat_ws({literal(dialect.delimiter)}, {', '.join(cells)})"
