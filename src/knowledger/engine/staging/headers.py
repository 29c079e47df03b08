"""Which column of a file holds which column of the table."""

import difflib
from dataclasses import dataclass

from knowledger.domain.graphs.engine import StagingSchemaMismatch
from knowledger.domain.graphs.table_shape import TableColumn, TableShape

_MOST_LISTED = 50


@dataclass(frozen=True)
class Match:
    """`positions[i]` is the place in the file of the table's column i, None where an optional one is absent."""

    positions: tuple[int | None, ...]
    ignored: tuple[str, ...]


def match_headers(file_name: str, shape: TableShape, found: tuple[str, ...]) -> Match:
    """Match exactly, else without regard to case. Raises StagingSchemaMismatch with all that is wrong."""
    positions, missing = [], []
    for column in shape.columns:
        places = _places(column.header, found)
        if len(places) > 1:
            raise _twice(file_name, column, places)
        positions.append(places[0] if places else None)
        if not places and column.must_be_given:
            missing.append(column.header)
    if not missing and all(place is None for place in positions):
        missing = [column.header for column in shape.columns]
    if missing:
        raise _mismatch(file_name, shape.table, missing, found)
    ignored = tuple(header for place, header in enumerate(found) if place not in positions and header)
    return Match(tuple(positions), ignored)


def _places(header: str, found: tuple[str, ...]) -> list[int]:
    exact = [place for place, name in enumerate(found) if name == header]
    return exact or [place for place, name in enumerate(found) if name.lower() == header.lower()]


def _twice(file_name: str, column: TableColumn, places: list[int]) -> StagingSchemaMismatch:
    where = " and ".join(str(place + 1) for place in places)
    return StagingSchemaMismatch(
        f"{file_name} has the column {column.header!r} more than once (columns {where}).",
        hint="Rename all but one of them.",
        columns=[column.header],
    )


def _mismatch(file_name: str, table: str, missing: list[str], found: tuple[str, ...]) -> StagingSchemaMismatch:
    shown = [name[:100] for name in found[:_MOST_LISTED]]
    nearest = {name: close for name in missing if (close := _nearest(name, shown)) is not None}
    hints = [f"{close!r} may be meant for {name!r}" for name, close in nearest.items()]
    advice = "; ".join(hints) or "Rename the columns in the file, or set `column` on the property in the schema"
    listed, columns = ", ".join(missing[:_MOST_LISTED]), ", ".join(shown)
    return StagingSchemaMismatch(
        f"{file_name} lacks {_count(missing)} that table {table} needs: {listed}. It has: {columns or 'none'}.",
        hint=advice + ".",
        missing=missing,
        found=shown,
        nearest=nearest,
    )


def _nearest(name: str, found: list[str]) -> str | None:
    lowered = {item.lower(): item for item in reversed(found)}
    close = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=0.5)
    return lowered[close[0]] if close else None


def _count(missing: list[str]) -> str:
    return "a column" if len(missing) == 1 else f"{len(missing)} columns"
