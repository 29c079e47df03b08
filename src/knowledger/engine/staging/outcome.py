"""How a staging ends: rows and rejects written, and the counts that must add up."""

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from knowledger.domain.graphs.table_shape import TableShape
from knowledger.engine.staging.cells import Cell
from knowledger.engine.staging.engine import run
from knowledger.engine.staging.pace import Pace
from knowledger.engine.staging.query import Rows, copy_fitting, copy_rejects, copy_together
from knowledger.engine.staging.rejects import RejectsFile
from knowledger.engine.staging.sieve import Sieved
from knowledger.kernel.errors import KnowledgerError


class CountsDoNotAddUp(KnowledgerError):
    """The rows read are not the rows accepted and the rows rejected together, so nothing was staged."""

    hint = "This is a fault of ours. Please report it with the file, if you can share it."


@dataclass(frozen=True)
class Staging:
    """What every format needs to stage a file."""

    connection: duckdb.DuckDBPyConnection
    shape: TableShape
    pace: Pace
    scratch: Path
    rows_path: Path
    rejects_path: Path


@dataclass(frozen=True)
class Outcome:
    """What a format read. `rows_read` was counted by the reading, not by adding up what was written."""

    rows_read: int
    ignored_columns: tuple[str, ...] = ()


def stage_numbered(staging: Staging, rows: Rows, rows_read: int, earlier_rejects: Path | None = None) -> Outcome:
    """Write the rows that fit and the rejects of those that do not, after rejects found earlier."""
    staging.pace.phase("write", "Writing the rows that fit", share=0.7)
    accepted = run(staging.connection, copy_fitting(rows, staging.rows_path), staging.pace.done)
    staging.pace.phase("explain", "Saying what is wrong with the others")
    parts = [earlier_rejects] if earlier_rejects else []
    found = staging.scratch / "cells.rejects.parquet"
    run(staging.connection, copy_rejects(rows, found), staging.pace.done)
    run(staging.connection, copy_together([*parts, found], staging.rejects_path), staging.pace.done)
    rejected = rows_in(staging.rejects_path)
    if accepted + rejected != rows_read:
        raise CountsDoNotAddUp(read=rows_read, accepted=accepted, rejected=rejected)
    return Outcome(rows_read)


def stage_sieved(staging: Staging, sieved: Sieved, cells: tuple[Cell, ...], raw: str) -> Outcome:
    """Stage the records that came through a sieve, beside those that did not."""
    rows = Rows(sieved.relation, cells, raw)
    return stage_numbered(staging, rows, sieved.rows_read, sieved.rejects_path)


def without_rejects(path: Path) -> None:
    """A rejects file that holds none."""
    with RejectsFile(path):
        pass


def rows_in(path: Path) -> int:
    return int(pq.read_metadata(path).num_rows)


def flush(path: Path) -> None:
    """Make a file outlive a power cut."""
    for item in (path, path.parent):
        descriptor = os.open(item, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
