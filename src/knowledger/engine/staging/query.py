"""The statements that turn source cells into typed rows and into rejects."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from knowledger.engine.staging.cells import Cell
from knowledger.engine.staging.rejects import MOST_RAW_CHARS, MOST_VALUE_CHARS
from knowledger.engine.staging.sql import any_of, identifier, literal, path_literal

MISFIT = "a row does not fit"
# Zstandard at its fastest: half the work of its usual level, and still much smaller than Snappy. A column of more than
# this many different values in a row group is not worth the search for a dictionary.
_PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL -1, DICTIONARY_SIZE_LIMIT 8000"

_REASONS = {
    "wrong_type": "{value} is not {type}",
    "out_of_range": "{value} is out of the range of {type}",
    "inexact": "{value} cannot be kept exactly as {type}",
    "not_finite": "{value} is not a finite number",
    "nested_value": "holds a nested object or list where one value is wanted",
    "bad_encoding": "is not UTF-8 text; save the file as UTF-8",
    "missing_key": "is part of the key and empty",
    "missing_value": "is required and empty",
}


@dataclass(frozen=True)
class Rows:
    """A source's rows: a FROM item and, as expressions over it, its cells, the row as text, its row and its line."""

    relation: str
    cells: tuple[Cell, ...]
    raw: str
    row: str = "_row"
    line: str = "_line"


def copy_all(relation: str, cells: tuple[Cell, ...], target: Path) -> str:
    """Write every row of `relation`, or fail with MISFIT at the first that does not fit: the fast way."""
    inner = ", ".join(f"{cell.source} AS s{i}, {cell.quick(cell.source)} AS q{i}" for i, cell in enumerate(cells))
    outer = ", ".join(f"{_strict(cell, i)} AS {identifier(cell.column.name)}" for i, cell in enumerate(cells))
    return _copy(f"SELECT {outer} FROM (SELECT {inner} FROM {relation})", target)


def copy_fitting(rows: Rows, target: Path) -> str:
    """Write the rows that fit."""
    values = ", ".join(f"v{i} AS {identifier(cell.column.name)}" for i, cell in enumerate(rows.cells))
    return _copy(f"SELECT {values} FROM ({_valued(rows)}) WHERE NOT {_any_bad(rows)}", target)


def copy_rejects(rows: Rows, target: Path) -> str:
    """Write the rows that do not fit, each with the first cell that breaks a rule."""
    numbered = list(enumerate(rows.cells))
    first = "CASE " + " ".join(f"WHEN {_bad(cell, i)} THEN {i}" for i, cell in numbered) + " END"
    count = " + ".join(f"CAST({_bad(cell, i)} AS INTEGER)" for i, cell in numbered)
    by_cell = {
        "column": _by_cell(literal(cell.column.header) for cell in rows.cells),
        "value": _by_cell(f"left({cell.text(f's{i}')}, {MOST_VALUE_CHARS})" for i, cell in numbered),
        "rule": _by_cell(cell.rule(f"s{i}") for i, cell in numbered),
        "type": _by_cell(literal(_a_type(cell)) for cell in rows.cells),
    }
    chosen = ", ".join(f"{case} AS _{name}" for name, case in by_cell.items())
    bad = f"SELECT *, {first} AS _first, {count} AS _count FROM ({_valued(rows)}) WHERE {_any_bad(rows)}"
    return _copy(
        f'SELECT _row AS row, _line AS line, _column AS "column", _value AS value, _rule AS rule, '
        f"{_reason()} AS reason, left(_raw, {MOST_RAW_CHARS}) AS raw FROM (SELECT *, {chosen} FROM ({bad}))",
        target,
    )


def copy_together(parts: list[Path], target: Path) -> str:
    """Write the rejects of several files into one, in the order of their rows."""
    listed = ", ".join(path_literal(part) for part in parts)
    return _copy(f"SELECT * FROM read_parquet([{listed}]) ORDER BY row", target)


def _copy(query: str, target: Path) -> str:
    return f"COPY ({query}) TO {literal(target)} ({_PARQUET})"


def _strict(cell: Cell, i: int) -> str:
    if cell.is_as_it_stands:
        return f"s{i}"
    source, quick = f"s{i}", f"q{i}"
    blank = "" if cell.column.must_be_given else f" WHEN {cell.is_blank(source)} THEN {cell.default}"
    fallback = f"coalesce({cell.careful(source)}, CAST(error({literal(MISFIT)}) AS {cell.type}))"
    return f"CASE WHEN {cell.trusted(source, quick)} THEN {quick}{blank} ELSE {fallback} END"


def _valued(rows: Rows) -> str:
    columns = [f"{cell.source} AS s{i}, {cell.value(cell.source)} AS v{i}" for i, cell in enumerate(rows.cells)]
    numbers = f"{rows.row} AS _row, {rows.line} AS _line, {rows.raw} AS _raw"
    return f"SELECT {numbers}, {', '.join(columns)} FROM {rows.relation}"


def _bad(cell: Cell, i: int) -> str:
    return f"(v{i} IS NULL)" if cell.column.must_be_given else f"(v{i} IS NULL AND NOT {cell.is_blank(f's{i}')})"


def _any_bad(rows: Rows) -> str:
    return any_of([_bad(cell, i) for i, cell in enumerate(rows.cells)])


def _by_cell(expressions: Iterable[str]) -> str:
    whens = " ".join(f"WHEN {i} THEN {expression}" for i, expression in enumerate(expressions))
    return f"CASE _first {whens} END"


def _reason() -> str:
    more = "CASE WHEN _count > 1 THEN concat('; cells that do not fit in this row: ', _count) ELSE '' END"
    whens = [f"WHEN {literal(rule)} THEN {_filled(sentence)}" for rule, sentence in _REASONS.items()]
    return f"concat(_column, ': ', CASE _rule {' '.join(whens)} END, {more})"


def _filled(sentence: str) -> str:
    typed = f"replace({literal(sentence)}, '{{type}}', _type)"
    return f"replace({typed}, '{{value}}', concat('''', left(_value, 80), ''''))"


def _a_type(cell: Cell) -> str:
    name = f"{cell.column.type}"
    written = f" written as {cell.column.format}" if cell.column.format else ""
    return f"{'an' if name.startswith('int') else 'a'} {name}{written}"
