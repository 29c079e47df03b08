"""The columns that tell the rows of a file apart."""

import re
from dataclasses import dataclass
from itertools import combinations

import duckdb

from knowledger.domain.graphs.property_types import Scalar
from knowledger.engine.staging.casts import is_blank
from knowledger.engine.staging.infer_columns import FileColumn, FileColumns
from knowledger.engine.staging.infer_types import ProposedType

_MOST_TOGETHER = 4
_MOST_CONSIDERED = 14
_MOST_CHECKED = 8
_SAMPLE_ROWS = 20_000
_LONGEST_KEY_CHARS = 200
_ID_NAME = re.compile(
    r"(?i)(^|[\W_])(id|uuid|guid|key|code|number|no|nr|isin|cusip|lei|cik|iban|ticker|symbol|adsh|accession\w*)$"
)
_ID_SUFFIX = re.compile(r"[a-z](Id|ID|Key|No)$|^[a-z]+_?id$")
_MEASURES = (Scalar.DOUBLE, Scalar.DECIMAL, Scalar.TIMESTAMP, Scalar.BOOLEAN)


@dataclass(frozen=True)
class ProposedKey:
    """`places` of the key's columns, those of them that are empty in some rows, and what to know about it."""

    places: tuple[int, ...]
    rows: int
    may_be_empty: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class _Column:
    place: int
    source: str
    distinct: int
    is_filled: bool
    is_text: bool
    looks_like_id: bool


def propose_key(connection: duckdb.DuckDBPyConnection, columns: FileColumns, types: list[ProposedType]) -> ProposedKey:
    """The fewest columns, four at most, that are never empty and together differ in every row.

    Where there are none, texts that are sometimes empty may take part, and more columns. In a file where not even all
    columns together differ, rows are the same and it does not matter which is kept.
    """
    rows, described = _describe(connection, columns, types)
    filled = [item for item in described if item.is_filled]
    for candidate in _small_keys(connection, columns, filled, rows):
        return ProposedKey(candidate, rows)
    usable = [item for item in described if item.is_filled or item.is_text]
    return _large_key(connection, columns, usable, rows)


def _describe(
    connection: duckdb.DuckDBPyConnection, columns: FileColumns, types: list[ProposedType]
) -> tuple[int, list[_Column]]:
    """The number of rows, and the columns that could be part of a key."""
    counts = ["count(*)"]
    for item in columns.columns:
        text = f"CAST({item.source} AS VARCHAR)"
        blank = f"count(*) FILTER (WHERE {is_blank(text)})"
        counts += [f"approx_count_distinct({item.source})", blank, f"max(strlen({text}))"]
    row = connection.execute(f"SELECT {', '.join(counts)} FROM {columns.relation}").fetchall()[0]
    described = []
    for place, (item, proposed) in enumerate(zip(columns.columns, types, strict=True)):
        distinct, blank_count, longest = row[1 + 3 * place : 4 + 3 * place]
        if not proposed.kind.is_list and (longest or 0) <= _LONGEST_KEY_CHARS and distinct:
            described.append(_described(place, item, proposed, int(distinct), blank_count == 0))
    return int(row[0]), described


def _described(place: int, item: FileColumn, proposed: ProposedType, distinct: int, is_filled: bool) -> _Column:
    looks_like_id = bool(_ID_NAME.search(item.header) or _ID_SUFFIX.search(item.header))
    is_text = proposed.kind.scalar is Scalar.STRING
    is_measure = proposed.kind.scalar in _MEASURES
    return _Column(place, item.source, 0 if is_measure else distinct, is_filled, is_text, looks_like_id)


def _small_keys(
    connection: duckdb.DuckDBPyConnection, columns: FileColumns, filled: list[_Column], rows: int
) -> list[tuple[int, ...]]:
    """The best combination that is unique in the whole file, or none."""
    considered = [item for item in filled if item.distinct][:_MOST_CONSIDERED]
    sample = f"(SELECT * FROM {columns.relation} LIMIT {_SAMPLE_ROWS})"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE key_sample AS SELECT {_listed(considered)} FROM {sample}")
    sample_rows = min(rows, _SAMPLE_ROWS)
    checked = 0
    for size in range(1, _MOST_TOGETHER + 1):
        for group in sorted(combinations(considered, size), key=_rank):
            if _could_differ(group, rows) and _differ(connection, "key_sample", _aliases(group), sample_rows):
                checked += 1
                if _differ(connection, columns.relation, [item.source for item in group], rows):
                    return [tuple(item.place for item in group)]
                if checked >= _MOST_CHECKED:
                    return []
    return []


def _large_key(
    connection: duckdb.DuckDBPyConnection, columns: FileColumns, usable: list[_Column], rows: int
) -> ProposedKey:
    """As many columns as it takes, in the order of the file; measures only where it cannot be done without."""
    plain = [item for item in usable if item.distinct]
    chosen: list[_Column] = []
    best = 0
    for item in [*plain, *(item for item in usable if not item.distinct)]:
        differing = _count_distinct(connection, columns.relation, [part.source for part in (*chosen, item)])
        if differing > best or not chosen:
            chosen, best = [*chosen, item], differing
        if best == rows:
            break
    places = tuple(sorted(item.place for item in chosen))
    empty = tuple(item.place for item in chosen if not item.is_filled)
    return ProposedKey(places or (0,), rows, empty, _note(rows, best))


def _note(rows: int, best: int) -> str:
    if best == rows:
        return ""
    return f"{rows - best:,} of the {rows:,} rows of the file have the key of another row and would replace it."


def _rank(group: tuple[_Column, ...]) -> tuple[int, tuple[int, ...]]:
    """Names that look like identifiers first, then the order of the file."""
    return sum(not item.looks_like_id for item in group), tuple(item.place for item in group)


def _could_differ(group: tuple[_Column, ...], rows: int) -> bool:
    """Whether there are enough different values, of which the counts are estimates."""
    product = 1.0
    for item in group:
        product *= item.distinct * 1.15
    return product >= rows


def _differ(connection: duckdb.DuckDBPyConnection, relation: str, sources: list[str], rows: int) -> bool:
    return _count_distinct(connection, relation, sources) == rows


def _count_distinct(connection: duckdb.DuckDBPyConnection, relation: str, sources: list[str]) -> int:
    packed = ", ".join(f"k{number} := {source}" for number, source in enumerate(sources))
    row = connection.execute(f"SELECT count(DISTINCT struct_pack({packed})) FROM {relation}").fetchall()[0]
    return int(row[0])


def _listed(columns: list[_Column]) -> str:
    return ", ".join(f"{item.source} AS k{item.place}" for item in columns) or "1 AS nothing"


def _aliases(group: tuple[_Column, ...]) -> list[str]:
    return [f"k{item.place}" for item in group]
