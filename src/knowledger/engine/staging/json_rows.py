"""Staging JSON: an array of objects, or an object a line."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

from knowledger.domain.graphs.table_shape import TableColumn
from knowledger.engine.staging.cells import Cell
from knowledger.engine.staging.formats import DataFile, DataFormat
from knowledger.engine.staging.headers import Match, match_headers
from knowledger.engine.staging.json_text import JsonText, Value, is_by_line, values_by_line, values_of_document
from knowledger.engine.staging.lines import MOST_LINE_BYTES
from knowledger.engine.staging.outcome import Outcome, Staging, stage_sieved
from knowledger.engine.staging.rejects import MOST_RAW_CHARS, MOST_VALUE_CHARS, Reject
from knowledger.engine.staging.sieve import Sieve

_SAMPLE_ROWS = 1000
_TICK_ROWS = 5_000


def stage_json(staging: Staging, file: DataFile) -> Outcome:
    """Object by object, since only so do numbers keep all their digits and rows their lines."""
    columns = staging.shape.columns
    match, keys = _matched(staging, file)
    staging.pace.phase("read", f"Reading {file.name}", bytes_total=file.size_bytes, share=0.7)
    with Sieve(staging.scratch, ",", len(columns) + 1) as sieve, open_values(file) as (values, path_position):
        for row, value in enumerate(values, start=1):
            _sift(row, value, columns, keys, sieve)
            if row % _TICK_ROWS == 0:
                staging.pace.done(path_position() / file.size_bytes, row)
    cells = tuple(Cell(column, f"c{i}") for i, column in enumerate(columns))
    outcome = stage_sieved(staging, sieve.result(), cells, f"c{len(columns)}")
    return replace(outcome, ignored_columns=match.ignored if match else ())


class _Position:
    def __init__(self, path: Path) -> None:
        self.file = path.open("rb", buffering=1 << 20)

    def __call__(self) -> int:
        return self.file.tell()


@contextmanager
def open_values(file: DataFile) -> Iterator[tuple[Iterator[Value], _Position]]:
    """The values of a JSON file, and how far in the file they have been read."""
    by_line = file.format is DataFormat.NDJSON and (
        not file.inner_name.lower().endswith(".json") or is_by_line(file.path)
    )
    position = _Position(file.path)
    with position.file as opened:
        yield values_by_line(opened) if by_line else values_of_document(file.name, opened), position


def sample_keys(file: DataFile) -> tuple[str, ...]:
    """The keys of the first objects, in the order they appear."""
    with open_values(file) as (values, _):
        objects = (value.value for value in islice(values, _SAMPLE_ROWS))
        return tuple(dict.fromkeys(key for item in objects if isinstance(item, dict) for key in item))


def _matched(staging: Staging, file: DataFile) -> tuple[Match | None, tuple[str, ...]]:
    """How the keys of the first objects match, and the key that holds each column."""
    headers = tuple(column.header for column in staging.shape.columns)
    found = sample_keys(file)
    if not found:
        return None, headers
    match = match_headers(file.name, staging.shape, found)
    places = zip(match.positions, headers, strict=True)
    return match, tuple(header if place is None else found[place] for place, header in places)


def _sift(row: int, value: Value, columns: tuple[TableColumn, ...], keys: tuple[str, ...], sieve: Sieve) -> None:
    rejected = _problem(row, value)
    if rejected is None and isinstance(value.value, dict):
        cells = [_cell_text(column, value.value.get(key)) for column, key in zip(columns, keys, strict=True)]
        rejected = _unfit_cell(row, value, columns, keys, cells)
        if rejected is None:
            texts = [cell or "" for cell in cells]
            sieve.add_cells(row, value.line, [text.encode() for text in (*texts, value.raw[:MOST_RAW_CHARS])])
    if rejected is not None:
        sieve.reject(rejected)


def _problem(row: int, value: Value) -> Reject | None:
    if value.problem is not None:
        return Reject(row, value.line, *value.problem, value.raw)
    if not isinstance(value.value, dict):
        return Reject(row, value.line, "wrong_type", "the row is not a JSON object", value.raw)
    return None


def _unfit_cell(
    row: int, value: Value, columns: tuple[TableColumn, ...], keys: tuple[str, ...], cells: list[str | None]
) -> Reject | None:
    """What is wrong with a cell that could not even be handed to the engine as text."""
    assert isinstance(value.value, dict)
    for column, key, cell in zip(columns, keys, cells, strict=True):
        if cell is None and value.value.get(key) is not None:
            reason = f"{column.header}: holds a nested object or list where one value is wanted"
            text = json.dumps(value.value[key])[:MOST_VALUE_CHARS]
            return Reject(row, value.line, "nested_value", reason, value.raw, column.header, text)
        if cell is not None and not _is_unicode(cell):
            reason = f"{column.header}: holds half of a surrogate pair, which is no character"
            return Reject(row, value.line, "bad_encoding", reason, value.raw, column.header, ascii(cell))
    if sum(map(len, filter(None, cells))) > MOST_LINE_BYTES // 4:
        return _too_long_unless_it_fits(row, value, cells)
    return None


def _too_long_unless_it_fits(row: int, value: Value, cells: list[str | None]) -> Reject | None:
    if sum(len(cell.encode()) for cell in cells if cell) <= MOST_LINE_BYTES - 4 * MOST_RAW_CHARS:
        return None
    reason = f"the row is longer than {MOST_LINE_BYTES:,} bytes"
    return Reject(row, value.line, "line_too_long", reason, value.raw)


def _cell_text(column: TableColumn, value: JsonText) -> str | None:
    """A value as the text that stands for it in a cell; None where it has none."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case list() if column.type.is_list:
            return json.dumps(value, ensure_ascii=False)
        case _:
            return None


def _is_unicode(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)
