"""Answers tell amounts as exact text; here columns of them become decimals, which terminals set to the right."""

import re
from collections.abc import Sequence
from decimal import Decimal

from knowledger.cli.terminal import Cell

_EXACT = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_OF_GRAPHS = re.compile(r"-?(?:0|[1-9]\d*)\.(\d{6,})", re.ASCII)
_LONGEST_CODE = 4
"""Whole numbers of no more digits may be years and account codes: alone they make no column of amounts."""


def with_amounts(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    columns = [_decimals(column) for column in zip(*rows, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


def with_fewer_places(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Decimals of a graph are written with all the places of their type: of a column as many are kept as it needs."""
    columns = [_shortened(column) for column in zip(*rows, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


def _shortened(column: Sequence[Cell]) -> Sequence[Cell]:
    given = [cell for cell in column if cell is not None]
    found = [match for cell in given if isinstance(cell, str) and (match := _OF_GRAPHS.fullmatch(cell))]
    if not given or len(found) != len(given):
        return column
    most = max(len(match[1].rstrip("0")) for match in found)
    return [Decimal(_cut(cell, most)) if isinstance(cell, str) else cell for cell in column]


def _cut(text: str, places: int) -> str:
    whole, point, part = text.partition(".")
    return whole + point + part[:places] if places else whole


def _decimals(column: Sequence[Cell]) -> Sequence[Cell]:
    given = [cell for cell in column if cell is not None]
    texts = [cell for cell in given if isinstance(cell, str) and _EXACT.fullmatch(cell)]
    if len(texts) != len(given) or not any("." in text or len(text) > _LONGEST_CODE for text in texts):
        return column
    return [Decimal(cell) if isinstance(cell, str) else cell for cell in column]
