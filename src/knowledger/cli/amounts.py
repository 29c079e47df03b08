"""Answers tell amounts as exact text; here columns of them become decimals, which terminals set to the right."""

import re
from collections.abc import Sequence
from decimal import Decimal

from knowledger.cli.terminal import Cell

_EXACT = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?", re.ASCII)
_LONGEST_CODE = 4
"""Whole numbers of no more digits may be years and account codes: alone they make no column of amounts."""


def with_amounts(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    columns = [_decimals(column) for column in zip(*rows, strict=True)]
    return [list(row) for row in zip(*columns, strict=True)]


def _decimals(column: Sequence[Cell]) -> Sequence[Cell]:
    given = [cell for cell in column if cell is not None]
    texts = [cell for cell in given if isinstance(cell, str) and _EXACT.fullmatch(cell)]
    if len(texts) != len(given) or not any("." in text or len(text) > _LONGEST_CODE for text in texts):
        return column
    return [Decimal(cell) if isinstance(cell, str) else cell for cell in column]
