"""EDGAR's lists by day: the daily index of filings, and the feed of those with XBRL."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from html import unescape
from zoneinfo import ZoneInfo

from knowledger.domain.filings.submissions import EdgarFormatChanged, FilingEntry, ten_digits

# Columns are padded with blanks to widths that have changed over the years: the file name at the end is the anchor.
_INDEXED = re.compile(
    r"\s{2,}(?P<form>\S+(?: \S+)*)\s+(?P<cik>\d+)\s+(?P<day>\d{4}-?\d{2}-?\d{2})\s+"
    r"edgar/data/\d+/(?P<accession>\d{10}-\d{2}-\d{6})\.txt\s*$"
)
_ITEM = re.compile(r"<item>(.*?)</item>", re.DOTALL)
_FIELD = "<edgar:{0}>([^<]*)</edgar:{0}>"


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


def parse_feed(text: str) -> list[FilingEntry]:
    """The filings of an RSS feed of XBRL (`xbrlrss…`, `usgaap.rss.xml`)."""
    return [entry for item in _ITEM.findall(text) if (entry := _from_feed(item)) is not None]


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


def _from_feed(item: str) -> FilingEntry | None:
    accession, cik, form, filed = (
        _field(item, name) for name in ("accessionNumber", "cikNumber", "formType", "filingDate")
    )
    if not (accession and cik and filed):
        return None
    accepted, period = _field(item, "acceptanceDatetime"), _field(item, "period")
    return FilingEntry(
        cik=ten_digits(cik),
        accession=accession,
        form=form,
        filed_on=datetime.strptime(filed, "%m/%d/%Y").date(),  # noqa: DTZ007 - a day, not a moment
        accepted_at=None if not accepted else _eastern(accepted),
        period_of_report=None if not period else date.fromisoformat(period),
    )


def _eastern(text: str) -> datetime:
    """The feed writes New York's time without saying so."""
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=ZoneInfo("America/New_York"))


def _field(item: str, name: str) -> str:
    found = re.search(_FIELD.format(name), item)
    return unescape(found[1]).strip() if found else ""
