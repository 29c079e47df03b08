"""The repository of the SEC's filings: its records, and one flow for each thing that can be asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from knowledger.client.effects import Flow, fetch, fetch_all
from knowledger.client.json import JsonObject
from knowledger.client.records import Generation, OperationRecord
from knowledger.client.wire import get, post

_WHERE = "/repositories/sec"


@dataclass(frozen=True)
class RepositoryRecord:
    """`filings` are known, and so many of them are `stored`, `read`, `refused` and `staged`.

    `asked` are those that Arelle read as well, and `differing` those of them that it reads otherwise; `unchecked` it
    could not wholly compare. `problem` says why readers keep this generation, where a newer one was refused.
    """

    name: str
    graph_id: str
    companies: int = 0
    filings: int = 0
    stored: int = 0
    read: int = 0
    refused: int = 0
    staged: int = 0
    asked: int = 0
    differing: int = 0
    unchecked: int = 0
    is_stale: bool = False
    newest_filing: date | None = None
    generation: Generation | None = None
    problem: str | None = None


@dataclass(frozen=True)
class CompanyRecord:
    """`filings` of it are known, and so many of them are `stored`."""

    cik: str
    name: str
    tickers: tuple[str, ...] = ()
    exchanges: tuple[str, ...] = ()
    industry: str = ""
    fiscal_year_end: str = ""
    filings: int = 0
    stored: int = 0
    looked_up_at: datetime | None = None


@dataclass(frozen=True)
class FilingRecord:
    """`status` is listed, missing, stored, read or refused; `problem` says why there is nothing of it.

    `second_opinion` is what Arelle reads otherwise, in words; None where it was not asked.
    """

    accession: str
    cik: str
    form: str
    filed_on: date
    status: str
    period_of_report: date | None = None
    facts: int = 0
    findings: dict[str, int] = field(default_factory=dict)
    problem: str | None = None
    parser_version: str | None = None
    read_at: datetime | None = None
    url: str = ""
    second_opinion: tuple[str, ...] | None = None


@dataclass(frozen=True)
class FilingsLoaded:
    """Of what was asked for: how many filings there are, and how many of them are read, were refused or are missing.

    `companies` are those that have filed any of them.
    """

    graph_id: str
    companies: tuple[str, ...] = ()
    filings: int = 0
    read: int = 0
    refused: int = 0
    missing: int = 0
    generation_id: str | None = None
    run_id: str = ""


def status() -> Flow[RepositoryRecord]:
    return fetch(RepositoryRecord, get(_WHERE))


def companies(search: str | None, limit: int) -> Flow[tuple[CompanyRecord, ...]]:
    return fetch_all(CompanyRecord, get(f"{_WHERE}/companies", search=search, limit=limit), "companies")


def filings(company: str | None, form: str | None, state: str | None, limit: int) -> Flow[tuple[FilingRecord, ...]]:
    wanted = get(f"{_WHERE}/filings", company=company, form=form, status=state, limit=limit)
    return fetch_all(FilingRecord, wanted, "filings")


def load(
    tickers: Sequence[str], years: str | None, first: date | None, last: date | None, forms: Sequence[str]
) -> Flow[OperationRecord]:
    body: JsonObject = {"tickers": list(tickers)}
    if years is not None:
        body["years"] = years
    if first is not None:
        body["from"] = first.isoformat()
    if last is not None:
        body["to"] = last.isoformat()
    if forms:
        body["forms"] = list(forms)
    return fetch(OperationRecord, post(f"{_WHERE}/load", body))
