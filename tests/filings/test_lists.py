"""EDGAR's lists: companies, submissions, folders and the index of a day."""

import gzip
import json
from datetime import date
from pathlib import Path

import pytest

from knowledger.domain.filings.daily_index import index_path, parse_index
from knowledger.domain.filings.quarters import next_quarter, quarter_of, quarters_between, short_name
from knowledger.domain.filings.submissions import (
    EdgarFormatChanged,
    parse_folder,
    parse_listings,
    parse_older_page,
    parse_submissions,
)

SHARED = Path(__file__).parents[2] / "../shared/edgar"
needs_edgar = pytest.mark.skipif(
    not SHARED.exists(), reason="the SEC's filings (../shared/edgar) are not on this machine"
)

INDEX = """Description:           Daily Index of EDGAR Dissemination Feed by Company Name

Company Name                        Form Type   CIK      Date Filed  File Name
------------------------------------------------------------------------------
1st stREIT Office Inc.              1-A POS     1700461     20221003    edgar/data/1700461/0001104659-22-105357.txt
A 10-K Company                      10-K/A      11          20221003    edgar/data/11/0000000011-22-000001.txt
"""


def test_the_index_of_a_day_gives_its_filings() -> None:
    found = [(entry.cik, entry.form, entry.accession, entry.filed_on) for entry in parse_index(INDEX)]
    assert found == [
        ("0001700461", "1-A POS", "0001104659-22-105357", date(2022, 10, 3)),
        ("0000000011", "10-K/A", "0000000011-22-000001", date(2022, 10, 3)),
    ]


def test_an_index_without_its_heading_is_none() -> None:
    with pytest.raises(EdgarFormatChanged, match="heading"):
        parse_index("<html>")


@pytest.mark.parametrize("document", [b"{}", b"[]", b"nothing", b'{"fields": ["cik"], "data": []}'])
def test_lists_of_another_form_are_refused(document: bytes) -> None:
    for parse in (parse_listings, parse_submissions, parse_folder):
        with pytest.raises(EdgarFormatChanged):
            parse(document)
    if document != b"nothing":
        with pytest.raises(EdgarFormatChanged):
            parse_older_page("11", document)


def test_older_pages_may_lack_columns() -> None:
    page = {"accessionNumber": ["0000000011-12-000001"], "form": ["10-K"], "filingDate": ["2012-02-21"]}
    [entry] = parse_older_page("0000000011", json.dumps(page).encode())
    assert (entry.has_xbrl, entry.period_of_report, entry.accepted_at, entry.primary_document) == (
        False,
        None,
        None,
        "",
    )


def test_quarters_are_named_by_their_first_day() -> None:
    assert quarter_of(date(2024, 12, 31)) == "2024-10-01"
    assert next_quarter("2024-10-01") == "2025-01-01"
    assert list(quarters_between(date(2023, 11, 5), date(2024, 4, 1))) == ["2023-10-01", "2024-01-01", "2024-04-01"]
    assert short_name("2024-10-01") == "2024Q4"
    assert index_path(date(2022, 10, 3)) == "/Archives/edgar/daily-index/2022/QTR4/company.20221003.idx"


@needs_edgar
def test_the_secs_own_lists_are_read_whole() -> None:
    index = gzip.decompress((SHARED / "index/company.20221003.idx.gz").read_bytes()).decode("latin-1")
    assert len(parse_index(index)) == index.count("edgar/data/")
    apple = parse_submissions((SHARED / "submissions/CIK0000320193.json").read_bytes())
    assert (apple.company.name, apple.company.tickers, apple.company.fiscal_year_end) == (
        "Apple Inc.",
        ("AAPL",),
        "0926",
    )
    annual = [entry for entry in apple.filings if entry.form == "10-K"]
    assert [entry.accession for entry in annual[:2]] == ["0000320193-25-000079", "0000320193-24-000123"]
    assert all(entry.has_xbrl for entry in annual)
    assert (
        len(parse_older_page("1009672", (SHARED / "submissions/CIK0001009672-submissions-001.json").read_bytes()))
        == 205
    )
    listings = parse_listings((SHARED / "files/company_tickers_exchange.json").read_bytes())
    assert next(item for item in listings if item.ticker == "BRK-B").cik == "0001067983"
