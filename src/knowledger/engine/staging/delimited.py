"""Staging CSV, TSV and their like."""

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import duckdb

from knowledger.engine.staging.cells import Cell
from knowledger.engine.staging.count import count_records
from knowledger.engine.staging.delimited_sql import read_as_text, record_text
from knowledger.engine.staging.dialect import Dialect, read_dialect
from knowledger.engine.staging.engine import run
from knowledger.engine.staging.formats import DataFile
from knowledger.engine.staging.headers import match_headers
from knowledger.engine.staging.lines import count_line_ends, with_newlines
from knowledger.engine.staging.outcome import CountsDoNotAddUp, Outcome, Staging, stage_numbered, stage_sieved
from knowledger.engine.staging.query import MISFIT, Rows, copy_all
from knowledger.engine.staging.records import sift
from knowledger.engine.staging.sieve import Sieve

# How DuckDB says that a file is not as it should be; it has no one class for that.
_MISREAD = (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.NotImplementedException)


def stage_delimited(staging: Staging, file: DataFile) -> Outcome:
    """In one pass where all fits. Else again: by value where each line is a record, and line by line where not."""
    dialect = read_dialect(file)
    match = match_headers(file.name, staging.shape, dialect.headers)
    cells = tuple(
        Cell(column) if place is None else Cell(column, f"c{place}")
        for column, place in zip(staging.shape.columns, match.positions, strict=True)
    )
    needed = tuple(place for place in match.positions if place is not None)
    text = _Text(file, dialect, cells, needed)
    return replace(_stage(staging, text), ignored_columns=match.ignored)


@dataclass(frozen=True)
class _Text:
    """A delimited file, its cells for the columns of the table, and the places of those that it has."""

    file: DataFile
    dialect: Dialect
    cells: tuple[Cell, ...]
    needed: tuple[int, ...]


def _stage(staging: Staging, text: _Text) -> Outcome:
    with ThreadPoolExecutor(1) as other:
        # The engine may read a file in a way of its own: its count is believed only when another one agrees.
        line_ends = other.submit(count_line_ends, text.file.path, text.dialect.newline)
        only_values_misfit = False
        try:
            if (outcome := _stage_clean(staging, text, line_ends)) is not None:
                return outcome
        except _MISREAD as error:
            only_values_misfit = MISFIT in str(error)
        if only_values_misfit and (outcome := _stage_by_value(staging, text, line_ends.result())) is not None:
            return outcome
        return _stage_line_by_line(staging, text)


def _stage_clean(staging: Staging, text: _Text, line_ends: "Future[int]") -> Outcome | None:
    """All rows, or None where the counts disagree."""
    staging.pace.phase("read", f"Reading {text.file.name}", bytes_total=text.file.size_bytes)
    relation = read_as_text(text.file, text.dialect)
    written = run(staging.connection, copy_all(relation, text.cells, staging.rows_path), staging.pace.done)
    # Line ends are counted fastest, and are the records and the header, but for blank lines and line ends in quotes.
    agrees = line_ends.result() == written + 1 or count_records(text.file.path, text.dialect) == written + 1
    return Outcome(written) if agrees else None


def _stage_by_value(staging: Staging, text: _Text, line_ends: int) -> Outcome | None:
    """Rows and rejects of a file in which each line is a record, as the counts prove; None where they do not."""
    relation = f"(SELECT *, row_number() OVER () AS _row FROM {read_as_text(text.file, text.dialect)})"
    rows = Rows(relation, text.cells, record_text(text.dialect), line="_row + 1")
    try:
        return stage_numbered(staging, rows, line_ends - 1)
    except (CountsDoNotAddUp, *_MISREAD):
        return None


def _stage_line_by_line(staging: Staging, text: _Text) -> Outcome:
    file, dialect = text.file, text.dialect
    staging.pace.phase("check", f"Some of {file.name} does not fit: reading it line by line", share=0.6)
    path = with_newlines(file.path, staging.scratch) if dialect.newline == b"\r" else file.path
    with Sieve(staging.scratch, dialect.delimiter, dialect.width) as sieve:
        sift(path, dialect, text.needed, sieve, lambda done, rows: staging.pace.done(done / file.size_bytes, rows))
    return stage_sieved(staging, sieve.result(), text.cells, record_text(dialect))
