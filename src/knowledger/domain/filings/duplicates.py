"""Which of several values of the same fact to keep, and whether they agree (OIM's consistent duplicates)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

EXACT = 1_000_000
"""What stands for INF where precisions are compared."""


@dataclass(frozen=True, slots=True)
class Reported:
    """A value with its precision: `decimals` is None for text, and EXACT for INF. A nil has no value."""

    value: str | None
    number: Decimal | None
    decimals: int | None


def interval(number: Decimal, decimals: int | None) -> tuple[Decimal, Decimal]:
    """Where the true value lies, if it was rounded to the nearest: half a unit of its last place either way."""
    if decimals is None or decimals >= EXACT:
        return number, number
    half = Decimal(5).scaleb(-decimals - 1)
    return number - half, number + half


def agree(values: Sequence[Reported]) -> bool:
    """Whether one true value can lie behind all of them. A nil agrees with a nil only; text with the same text."""
    if len({value.value is None for value in values}) > 1:
        return False
    if all(value.number is None for value in values):
        return len({_plain(value.value) for value in values}) == 1
    intervals = [interval(value.number, value.decimals) for value in values if value.number is not None]
    return len(intervals) == len(values) and max(low for low, _ in intervals) <= min(high for _, high in intervals)


def most_precise(values: Sequence[Reported]) -> int:
    """The place of the value to keep: one with a value before a nil, then the highest precision, then the first."""
    ranks = [
        (value.value is not None, EXACT if value.decimals is None else value.decimals, -place)
        for place, value in enumerate(values)
    ]
    return ranks.index(max(ranks))


def _plain(text: str | None) -> str:
    return " ".join((text or "").split())
