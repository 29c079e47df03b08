"""Repositories: graphs that are shared by all who have access. There is one, `sec`: the SEC's filings."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field, model_validator
from sqlalchemy.orm import Session

from knowledger.api.access import AsMember, AsViewer, Router
from knowledger.api.answers import Submitted
from knowledger.api.graphs import GenerationAnswer, IdempotencyKey
from knowledger.api.shapes import Answer, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.repositories.load import LoadFilings, request_load
from knowledger.domain.repositories.sec import SEC
from knowledger.domain.repositories.selection import FORMS
from knowledger.domain.repositories.status import (
    CompanyRecord,
    FilingRecord,
    FilingState,
    list_companies,
    list_filings,
    repository_status,
    require_access,
)

router = Router(tags=["repositories"])

Ticker = Annotated[str, Field(min_length=1, max_length=20, pattern=r"^[A-Za-z0-9.\-/]+$")]
Form = Annotated[str, Field(min_length=1, max_length=20)]
Limit = Annotated[int, Query(ge=1, le=1000)]


class LoadBody(RequestBody):
    """Whose filings, by ticker or CIK: those on some `years`, such as `2023-2025`, or filed `from` a day `to` a day."""

    tickers: list[Ticker] = Field(min_length=1, max_length=500, examples=[["AAPL", "MSFT"]])
    years: str | None = Field(default=None, pattern=r"^[12][0-9]{3}(-[12][0-9]{3})?$", examples=["2023-2025"])
    first: date | None = Field(default=None, alias="from")
    last: date | None = Field(default=None, alias="to")
    forms: list[Form] = Field(default=list(FORMS), max_length=20)

    @model_validator(mode="after")
    def _one_way(self) -> "LoadBody":
        if (self.years is None) == (self.first is None and self.last is None):
            raise ValueError("say `years`, or `from` and `to`")
        if self.years is None and (self.first is None or self.last is None):
            raise ValueError("`from` and `to` go together")
        return self

    @property
    def command(self) -> LoadFilings:
        names, forms = tuple(self.tickers), tuple(self.forms)
        if self.years is not None:
            first, _, last = self.years.partition("-")
            return LoadFilings.of_years(names, int(first), int(last or first), forms)
        assert self.first is not None
        assert self.last is not None
        return LoadFilings(names=names, first=self.first, last=self.last, forms=forms)


class RepositoryAnswer(Answer):
    """`filings` are those that the companies loaded have filed with XBRL; `stored`, `read`, `refused` and `staged` say
    how far they have come. `asked` are those that Arelle read as well, and `differing` those of them that it reads
    otherwise; `unchecked` it could not wholly compare. `newest_filing` is the day of the latest that is stored.
    `problem` says why readers keep this generation, where a newer one was refused."""

    name: Literal["sec"] = SEC
    graph_id: str = SEC
    companies: int
    filings: int
    stored: int
    read: int
    refused: int
    staged: int
    asked: int
    differing: int
    unchecked: int
    is_stale: bool
    newest_filing: date | None
    generation: GenerationAnswer | None
    problem: str | None


class RepositoryList(Answer):
    repositories: list[RepositoryAnswer]


class CompanyAnswer(Answer):
    """`filings` of the company are known, and of so many the documents are `stored`."""

    cik: str
    name: str
    tickers: list[str]
    exchanges: list[str]
    industry: str
    fiscal_year_end: str
    filings: int
    stored: int
    looked_up_at: datetime | None

    @classmethod
    def of(cls, record: CompanyRecord) -> "CompanyAnswer":
        company = record.company
        return cls(
            cik=company.cik,
            name=company.name,
            tickers=company.tickers,
            exchanges=company.exchanges,
            industry=company.industry,
            fiscal_year_end=company.fiscal_year_end,
            filings=record.filings,
            stored=record.stored,
            looked_up_at=company.looked_up_at,
        )


class CompanyList(Answer):
    companies: list[CompanyAnswer]


class FilingAnswer(Answer):
    """`findings` counts what reading it brought to light, by rule; `problem` says why there is nothing of it.

    `second_opinion` is what Arelle reads otherwise, in words; null where it was not asked.
    """

    accession: str
    cik: str
    form: str
    filed_on: date
    period_of_report: date | None
    status: FilingState
    facts: int
    findings: dict[str, int]
    problem: str | None
    parser_version: str | None
    read_at: datetime | None
    url: str
    second_opinion: list[str] | None

    @classmethod
    def of(cls, record: FilingRecord) -> "FilingAnswer":
        filing = record.filing
        return cls(
            accession=filing.accession,
            cik=filing.cik,
            form=filing.form,
            filed_on=filing.filed_on,
            period_of_report=filing.period_of_report,
            status=record.state,
            facts=record.facts,
            findings=record.findings,
            problem=record.problem,
            parser_version=record.parser_version,
            read_at=record.read_at,
            url=record.url,
            second_opinion=record.second_opinion,
        )


class FilingList(Answer):
    filings: list[FilingAnswer]


@router.get("/repositories")
def repositories(access: AsViewer, transaction: Transaction) -> RepositoryList:
    """The repositories that your organization may read, and how each stands."""
    require_access(transaction, access.organization_id)
    return RepositoryList(repositories=[_status(transaction)])


@router.get("/repositories/sec")
def repository(access: AsViewer, transaction: Transaction) -> RepositoryAnswer:
    """How the repository of the SEC's filings stands. It is queried as the graph `sec`."""
    require_access(transaction, access.organization_id)
    return _status(transaction)


@router.get("/repositories/sec/companies")
def companies(
    access: AsViewer,
    transaction: Transaction,
    search: Annotated[str | None, Query(max_length=100, description="A ticker, a CIK or a part of the name")] = None,
    limit: Limit = 100,
) -> CompanyList:
    """The companies of which filings were loaded, by name."""
    require_access(transaction, access.organization_id)
    found = list_companies(transaction, search=search, limit=limit)
    return CompanyList(companies=[CompanyAnswer.of(item) for item in found])


@router.get("/repositories/sec/filings")
def filings(
    access: AsViewer,
    transaction: Transaction,
    company: Annotated[str | None, Query(max_length=20, description="A ticker or a CIK")] = None,
    form: Annotated[str | None, Query(max_length=20)] = None,
    status: FilingState | None = None,
    limit: Limit = 100,
) -> FilingList:
    """The filings of the companies loaded, newest first, and how far each has come."""
    require_access(transaction, access.organization_id)
    found = list_filings(transaction, company=company, form=form, state=status, limit=limit)
    return FilingList(filings=[FilingAnswer.of(item) for item in found])


@router.post("/repositories/sec/load", status_code=202)
def load(
    body: LoadBody,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Load companies' filings into the repository. What is there already costs nothing, and again changes nothing."""
    operation = request_load(transaction, body.command, access, idempotency_key=idempotency_key)
    return Submitted.accepted(operation, response)


def _status(transaction: Session) -> RepositoryAnswer:
    found = repository_status(transaction)
    return RepositoryAnswer(
        companies=found.companies,
        filings=found.filings,
        stored=found.stored,
        read=found.read,
        refused=found.refused,
        staged=found.staged,
        asked=found.asked,
        differing=found.differing,
        unchecked=found.unchecked,
        is_stale=found.is_stale,
        newest_filing=found.newest_filing,
        problem=found.problem,
        generation=found.generation and GenerationAnswer.of(found.generation),
    )
