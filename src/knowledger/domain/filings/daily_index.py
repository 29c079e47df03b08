"""EDGAR's lists by day: the daily index of filings."""

import re
from collections.abc import Iterator
from datetime import date

from knowledger.domain.filings.submissions import EdgarFormatChanged, FilingEntry, ten_digits

# Columns are padded with blanks to widths that have changed over the years: the file name at the end is the anchor.
_INDEXED = re.compile(
    r"\s{2,}(?P<form>\S+(?: \S+)*)\s+(?P<cik>\d+)\s+(?P<day>\d{4}-?\d{2}-?\d{2})\s+"
    r"edgar/data/\d+/(?P<accession>\d{10}-\d{2}-\d{6})\.txt\s*$"
)


def index_path(day: date) -> str:
    """Where the index of a day lies."""
    quarter = (day.month + 2) // 3
    return f"/Archives/edgar/daily-index/{day.year}/QTR{quarter}/company.{day:%Y%m%d}.idx"


def parse_index(text: str) -> list[FilingEntry]:
    """The filings of a company index (`company.YYYYMMDD.idx`). Whether they have XBRL it does not say.

    Raises EdgarFormatChanged.
    """
    head, ruled, rows = text.partition("-----")
    if not ruled or "Form Type" not in head:
        raise EdgarFormatChanged("EDGAR's index of a day has no heading.")
    return list(_indexed(rows))


def _indexed(rows: str) -> Iterator[FilingEntry]:
    for line in rows.splitlines():
        if (match := _INDEXED.search(line)) is None:
            continue
        yield FilingEntry(
            cik=ten_digits(match["cik"]),
            accession=match["accession"],
            form=match["form"],
            filed_on=date.fromisoformat(match["day"]),
        )
