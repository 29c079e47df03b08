"""EDGAR's lists in JSON: which companies have tickers, and what a company is and has filed.

`files/company_tickers_exchange.json`, `submissions/CIK##########.json` and its older pages, as the SEC's page "EDGAR
Application Programming Interfaces" has them.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledger.kernel.errors import KnowledgerError

T = TypeVar("T")


class EdgarFormatChanged(KnowledgerError):
    """A list of EDGAR's does not have the form that it is known to have."""

    status = 502
    hint = "Try again later; if it stays so, EDGAR has changed, and Knowledger has to learn it."


@dataclass(frozen=True)
class Listing:
    """One symbol of a company. `cik` has ten digits."""

    cik: str
    name: str
    ticker: str
    exchange: str


@dataclass(frozen=True)
class FilingEntry:
    """A filing as a list names it. The documents lie in the folder of `cik`; `accession` has its dashes."""

    cik: str
    accession: str
    form: str
    filed_on: date
    accepted_at: datetime | None = None
    period_of_report: date | None = None
    primary_document: str = ""
    has_xbrl: bool = True


@dataclass(frozen=True)
class CompanyProfile:
    """A company as its submissions describe it, in the fields of `models.Company`."""

    cik: str
    name: str
    tickers: tuple[str, ...]
    exchanges: tuple[str, ...]
    sic: str
    industry: str
    entity_type: str
    filer_category: str
    fiscal_year_end: str
    ein: str
    jurisdiction: str
    website: str


@dataclass(frozen=True)
class Submissions:
    """A company, its newest filings, and the names of the pages that hold the older ones, each with its days."""

    company: CompanyProfile
    filings: tuple[FilingEntry, ...]
    older_pages: tuple[tuple[str, date, date], ...]


def ten_digits(cik: str | int) -> str:
    return str(cik).strip().zfill(10)


def parse_listings(document: bytes) -> list[Listing]:
    """Raises EdgarFormatChanged."""
    try:
        body = _Listings.model_validate(_json(document))
        at = [body.fields.index(name) for name in ("cik", "name", "ticker", "exchange")]
    except ValidationError as error:
        raise EdgarFormatChanged(f"EDGAR's list of tickers cannot be read: {_first(error)}.") from None
    except ValueError as error:
        raise EdgarFormatChanged(f"EDGAR's list of tickers lacks a column: {error}.") from None
    rows = ([row[index] for index in at] for row in body.data)
    return [
        Listing(ten_digits(str(cik)), str(name), str(ticker).upper(), str(exchange or ""))
        for cik, name, ticker, exchange in rows
        if ticker
    ]


def parse_submissions(document: bytes) -> Submissions:
    """Raises EdgarFormatChanged."""
    try:
        body = _Submissions.model_validate(_json(document))
    except ValidationError as error:
        raise EdgarFormatChanged(f"A company's submissions cannot be read: {_first(error)}.") from None
    cik = ten_digits(body.cik)
    company = CompanyProfile(
        cik=cik,
        name=body.name,
        tickers=tuple(ticker.upper() for ticker in body.tickers),
        exchanges=tuple(exchange or "" for exchange in body.exchanges),
        sic=body.sic or "",
        industry=body.sic_description or "",
        entity_type=body.entity_type or "",
        filer_category=(body.category or "").replace("<br>", "; "),
        fiscal_year_end=body.fiscal_year_end or "",
        ein=body.ein or "",
        jurisdiction=body.state_of_incorporation or "",
        website=body.website or "",
    )
    older = tuple((page.name, page.first, page.last) for page in body.filings.files)
    return Submissions(company, tuple(_entries(cik, body.filings.recent)), older)


def parse_older_page(cik: str, document: bytes) -> list[FilingEntry]:
    """Raises EdgarFormatChanged."""
    try:
        return list(_entries(cik, _Columns.model_validate(_json(document))))
    except ValidationError as error:
        raise EdgarFormatChanged(f"Older submissions cannot be read: {_first(error)}.") from None


def parse_folder(document: bytes) -> list[str]:
    """The names in a filing's folder, from its `index.json`. Raises EdgarFormatChanged."""
    try:
        return [item.name for item in _Folder.model_validate(_json(document)).directory.item]
    except ValidationError as error:
        raise EdgarFormatChanged(f"The list of a filing's documents cannot be read: {_first(error)}.") from None


class _Listings(BaseModel):
    fields: list[str]
    data: list[list[str | int | None]]


class _Columns(BaseModel):
    """Filings by column; row i of each is filing i."""

    accession: list[str] = Field(alias="accessionNumber")
    form: list[str]
    filed_on: list[date] = Field(alias="filingDate")
    accepted_at: list[str] = Field(alias="acceptanceDateTime", default=[])
    period: list[str] = Field(alias="reportDate", default=[])
    primary_document: list[str] = Field(alias="primaryDocument", default=[])
    is_xbrl: list[int] = Field(alias="isXBRL", default=[])
    is_inline: list[int] = Field(alias="isInlineXBRL", default=[])


class _Page(BaseModel):
    name: str
    first: date = Field(alias="filingFrom")
    last: date = Field(alias="filingTo")


class _Filings(BaseModel):
    recent: _Columns
    files: list[_Page] = []


class _Submissions(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    cik: str
    name: str
    tickers: list[str] = []
    exchanges: list[str | None] = []
    sic: str | None = None
    sic_description: str | None = Field(alias="sicDescription", default=None)
    entity_type: str | None = Field(alias="entityType", default=None)
    category: str | None = None
    fiscal_year_end: str | None = Field(alias="fiscalYearEnd", default=None)
    ein: str | None = None
    state_of_incorporation: str | None = Field(alias="stateOfIncorporation", default=None)
    website: str | None = None
    filings: _Filings


class _Item(BaseModel):
    name: str


class _Directory(BaseModel):
    item: list[_Item]


class _Folder(BaseModel):
    directory: _Directory


def _entries(cik: str, columns: _Columns) -> Iterator[FilingEntry]:
    for index, accession in enumerate(columns.accession):
        yield FilingEntry(
            cik=cik,
            accession=accession,
            form=columns.form[index],
            filed_on=columns.filed_on[index],
            accepted_at=_moment(_at(columns.accepted_at, index, "")),
            period_of_report=_day(_at(columns.period, index, "")),
            primary_document=_at(columns.primary_document, index, ""),
            has_xbrl=bool(_at(columns.is_xbrl, index, 0) or _at(columns.is_inline, index, 0)),
        )


def _at(column: list[T], index: int, default: T) -> T:
    """Older pages lack some columns."""
    return column[index] if index < len(column) else default


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _json(document: bytes) -> object:
    try:
        return json.loads(document)
    except ValueError:
        raise EdgarFormatChanged("EDGAR's answer is no JSON.") from None


def _first(error: ValidationError) -> str:
    found = error.errors()[0]
    return f"{'.'.join(map(str, found['loc']))}: {found['msg']}"
