"""What a repository holds and how it stands, for those who read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Select, func, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from knowledger.domain.filings.findings import Rule
from knowledger.domain.graphs.catalogue import current_generation
from knowledger.domain.repositories.access import has_access
from knowledger.domain.repositories.materialize import refusal
from knowledger.domain.repositories.readings import address_of
from knowledger.domain.repositories.sec import SEC
from knowledger.domain.repositories.staging import staged_filings
from knowledger.kernel.errors import NotFound
from knowledger.kernel.json import JsonObject
from knowledger.models.filings import Company, Filing, FilingReading
from knowledger.models.graphs import Generation, Graph

FilingState = Literal["listed", "missing", "stored", "read", "refused"]


class RepositoryNotFound(NotFound):
    """There is no such repository, or your organization has no access to it."""


@dataclass(frozen=True)
class RepositoryStatus:
    """`filings` are those known of, `stored` those whose documents are here, `read` by whichever parser.

    `asked` are those that Arelle read as well, and `differing` those of them that it reads otherwise; `unchecked` it
    could not wholly compare. `problem` says why readers keep this generation, where a newer one was refused.
    """

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
    generation: Generation | None
    newest_filing: date | None
    problem: str | None


@dataclass(frozen=True)
class CompanyRecord:
    company: Company
    filings: int
    stored: int


@dataclass(frozen=True)
class FilingRecord:
    """`findings` counts what the parser remarked, by rule; `problem` says why there is nothing of the filing.

    `second_opinion` is what Arelle reads otherwise, in words; None where it was not asked.
    """

    filing: Filing
    state: FilingState
    facts: int
    findings: dict[str, int]
    parser_version: str | None
    read_at: datetime | None
    problem: str | None
    url: str
    second_opinion: list[str] | None = None


def require_access(session: Session, organization_id: str, repository: str = SEC) -> None:
    """Raises RepositoryNotFound. Before anything was loaded there is nothing that could be kept from anybody."""
    if session.get(Graph, repository) is not None and not has_access(session, organization_id, repository):
        raise RepositoryNotFound


def repository_status(session: Session) -> RepositoryStatus:
    graph = session.get(Graph, SEC)
    newest_readings = _newest_readings().subquery()
    filings, stored, newest = session.execute(
        select(
            func.count(),
            func.count(Filing.fetched_at),
            func.max(Filing.filed_on).filter(Filing.fetched_at.is_not(None)),
        ).where(Filing.has_xbrl)
    ).one()
    readings, read = session.execute(select(func.count(), func.count(newest_readings.c.object_key))).one()
    asked, differing, unchecked = session.execute(
        select(
            func.count(FilingReading.accession.distinct()),
            func.count(FilingReading.accession.distinct()).filter(
                FilingReading.findings.has_key(Rule.SECOND_OPINION.value)
            ),
            func.count(FilingReading.accession.distinct()).filter(FilingReading.findings.has_key(Rule.UNCHECKED.value)),
        ).where(FilingReading.second_opinion.is_not(None))
    ).one()
    return RepositoryStatus(
        companies=session.execute(select(func.count()).where(Company.looked_up_at.is_not(None))).scalar_one(),
        filings=filings,
        stored=stored,
        read=read,
        refused=readings - read,
        staged=staged_filings(session),
        asked=asked,
        differing=differing,
        unchecked=unchecked,
        is_stale=graph is not None and graph.stale_since is not None,
        generation=current_generation(session, graph) if graph else None,
        newest_filing=newest,
        problem=refusal(session),
    )


def list_companies(session: Session, *, search: str | None, limit: int) -> Sequence[CompanyRecord]:
    """Those that were looked up, by name; `search` is a ticker, a CIK or a part of the name."""
    query = (
        select(Company, func.count(Filing.accession), func.count(Filing.fetched_at))
        .outerjoin(Filing, Company.cik == Filing.filers.any_())
        .where(Company.looked_up_at.is_not(None))
        .group_by(Company.cik)
        .order_by(Company.name)
        .limit(limit)
    )
    if search:
        named = Company.name.icontains(search, autoescape=True)
        query = query.where(or_(named, Company.tickers.contains([search.upper()]), Company.cik == search.zfill(10)))
    return [CompanyRecord(*row) for row in session.execute(query)]


def list_filings(
    session: Session, *, company: str | None, form: str | None, state: FilingState | None, limit: int
) -> list[FilingRecord]:
    """With XBRL, newest first; `company` is a ticker or a CIK."""
    newest = _newest_readings().subquery()
    query = (
        select(Filing, FilingReading)
        .outerjoin(newest, newest.c.accession == Filing.accession)
        .outerjoin(
            FilingReading,
            (FilingReading.accession == newest.c.accession) & (FilingReading.parser_version == newest.c.parser_version),
        )
        .where(Filing.has_xbrl)
        .order_by(Filing.filed_on.desc(), Filing.accession.desc())
        .limit(limit)
    )
    if company:
        of_ticker = select(Company.cik).where(Company.tickers.contains([company.upper()])).scalar_subquery()
        wanted = literal(company.zfill(10)) if company.isdecimal() else of_ticker
        query = query.where(wanted == Filing.filers.any_())
    if form:
        query = query.where(Filing.form == form)
    conditions = {
        "listed": Filing.fetched_at.is_(None) & Filing.missing.is_(None),
        "missing": Filing.missing.is_not(None),
        "stored": Filing.fetched_at.is_not(None) & FilingReading.accession.is_(None),
        "read": FilingReading.object_key.is_not(None),
        "refused": FilingReading.accession.is_not(None) & FilingReading.object_key.is_(None),
    }
    if state:
        query = query.where(conditions[state])
    return [_record(filing, reading) for filing, reading in session.execute(query)]


def _newest_readings() -> Select[str, str, str | None]:
    return (
        select(FilingReading.accession, FilingReading.parser_version, FilingReading.object_key)
        .ext(distinct_on(FilingReading.accession))
        .order_by(FilingReading.accession, FilingReading.read_at.desc())
    )


def _record(filing: Filing, reading: FilingReading | None) -> FilingRecord:
    refusal = reading.refusal if reading else None
    return FilingRecord(
        filing=filing,
        state=_state(filing, reading),
        facts=reading.facts if reading else 0,
        findings=reading.findings if reading else {},
        parser_version=reading.parser_version if reading else None,
        read_at=reading.read_at if reading else None,
        problem=filing.missing or (_why(refusal) if refusal else None),
        url=address_of(filing),
        second_opinion=reading.second_opinion if reading else None,
    )


def _why(refusal: JsonObject) -> str:
    """What is the matter, and what may be done."""
    return " ".join(str(refusal[part]) for part in ("message", "hint") if refusal.get(part))


def _state(filing: Filing, reading: FilingReading | None) -> FilingState:
    if reading is not None:
        return "read" if reading.object_key else "refused"
    if filing.fetched_at is not None:
        return "stored"
    return "missing" if filing.missing else "listed"
