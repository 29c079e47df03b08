"""Filing quarters: the partitions of what is staged. A quarter is named by its first day, such as 2024-01-01."""

from collections.abc import Iterator
from datetime import date

FIRST = date(2009, 4, 1)
"""The quarter of the first filings with XBRL."""


def quarter_of(day: date) -> str:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1).isoformat()


def next_quarter(quarter: str) -> str:
    first = date.fromisoformat(quarter)
    return date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1).isoformat()


def quarters_between(first: date, last: date) -> Iterator[str]:
    """The quarters that these two days and all between fall into."""
    quarter, end = quarter_of(first), quarter_of(last)
    while quarter <= end:
        yield quarter
        quarter = next_quarter(quarter)


def short_name(quarter: str) -> str:
    """As people write it: 2024Q1."""
    first = date.fromisoformat(quarter)
    return f"{first.year}Q{(first.month + 2) // 3}"
