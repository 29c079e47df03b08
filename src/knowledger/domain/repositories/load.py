"""Load filings: somebody asks for companies, and a pipeline's run fetches, reads, stages and materializes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Final, Self

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.filings.quarters import FIRST
from knowledger.domain.graphs.catalogue import current_generation, find_graph
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command, Turn
from knowledger.domain.operations.mirror import mirrored_run
from knowledger.domain.operations.pipelines import PipelineRuns
from knowledger.domain.operations.progress import Conclusion, Progress, Steps, part_of
from knowledger.domain.operations.submit import submit
from knowledger.domain.repositories.access import require_may_load
from knowledger.domain.repositories.companies import ciks_of
from knowledger.domain.repositories.pages import Pages
from knowledger.domain.repositories.sec import SEC, sec_graph
from knowledger.domain.repositories.selection import FORMS, Selection
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import InvalidInput
from knowledger.kernel.json import JsonObject, JsonValue
from knowledger.models.filings import Filing, FilingReading
from knowledger.models.operations import Operation

JOB: Final = "sec_load"
"""The job that loads a selection, and the resource of it that takes the selection."""
SELECTION: Final = "selection"
_MOST_COMPANIES: Final = 500


class LoadRefused(InvalidInput):
    """This cannot be loaded."""


class LoadFilings(Command):
    """`names` are tickers or CIKs; the rest is a Selection's. It waits for the operations that its run submits."""

    kind: ClassVar[str] = "load_filings"
    turn: ClassVar[Turn] = Turn.FREE

    names: tuple[str, ...]
    first: date
    last: date
    years: tuple[int, int] | None = None
    forms: tuple[str, ...] = FORMS

    @classmethod
    def of_years(cls, names: tuple[str, ...], first: int, last: int, forms: tuple[str, ...] = FORMS) -> Self:
        wanted = Selection.of_years(first, last)
        return cls(names=names, first=wanted.first, last=wanted.last, years=wanted.years, forms=forms)


@dataclass(frozen=True)
class FilingsLoaded:
    """Of what was asked for: how many filings there are, how many of them are read, were refused, or are missing.

    `companies` are those that have filed any of them.
    """

    graph_id: str
    companies: list[str]
    filings: int
    read: int
    refused: int
    missing: int
    generation_id: str | None
    run_id: str


def request_load(session: Session, command: LoadFilings, by: Access, *, idempotency_key: str | None) -> Operation:
    """Submit a load. Raises LoadRefused, LoadingNotAllowed."""
    sec_graph(session)
    require_may_load(session, by.organization_id, SEC)
    _require_sensible(command)
    return submit(
        session,
        command,
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=SEC,
        idempotency_key=idempotency_key,
    )


def load_filings(
    command: LoadFilings, held: Claim, *, pages: Pages, sessions: sessionmaker[Session], runs: PipelineRuns
) -> Steps[FilingsLoaded]:
    """Find the companies, then start the run that does the work, and follow it."""
    yield Progress("Finding the companies", step="find", percent=0)
    selection = Selection(command.first, command.last, ciks_of(pages, command.names), command.forms, command.years)
    run = mirrored_run(runs, sessions, held, JOB, config=config_of(selection), tags=tags_of(selection))
    look = yield from part_of((2, 100), run)
    return _conclusion(selection, look.run_id)


def config_of(selection: Selection) -> JsonObject:
    """What the job's resource is told, so that all its assets know the selection."""
    chosen: dict[str, JsonValue] = {
        "ciks": list(selection.ciks or ()),
        "forms": list(selection.forms),
        "first": selection.first.isoformat(),
        "last": selection.last.isoformat(),
        "years": list(selection.years or ()),
    }
    return {"resources": {SELECTION: {"config": chosen}}}


def tags_of(selection: Selection) -> dict[str, str]:
    """One run for all quarters of the selection."""
    return range_of(selection.quarters)


def range_of(quarters: Sequence[str]) -> dict[str, str]:
    """One run for these quarters, in order, and all between."""
    return {"dagster/asset_partition_range_start": quarters[0], "dagster/asset_partition_range_end": quarters[-1]}


def _require_sensible(command: LoadFilings) -> None:
    today = utc_now().date() + timedelta(days=1)  # it may be tomorrow already where somebody asks
    if not command.names or len(command.names) > _MOST_COMPANIES:
        raise LoadRefused(f"Name one to {_MOST_COMPANIES} companies, by ticker or CIK.")
    if command.first > today:
        raise LoadRefused(f"Nothing has been filed since {command.first}: that day is to come.")
    if command.first > command.last:
        raise LoadRefused(f"{command.first} is after {command.last}.")
    if command.last < FIRST or (command.years and command.years[1] < FIRST.year):
        raise LoadRefused(f"There are no filings with XBRL before {FIRST}.", hint="Ask for later years.")
    if not command.forms:
        raise LoadRefused("Name at least one form, such as 10-K.")


def _conclusion(selection: Selection, run_id: str) -> Conclusion[FilingsLoaded]:
    def conclude(session: Session) -> FilingsLoaded:
        generation = current_generation(session, find_graph(session, SEC))
        readings = _readings(session, selection)
        return FilingsLoaded(
            graph_id=SEC,
            companies=_companies(session, selection),
            filings=_count(session, selection),
            read=sum(key is not None for key in readings),
            refused=sum(key is None for key in readings),
            missing=_count(session, selection, missing=True),
            generation_id=generation.id if generation else None,
            run_id=run_id,
        )

    return conclude


def _companies(session: Session, selection: Selection) -> list[str]:
    """Those of the selection that have such filings, in its order."""
    filers = set(session.scalars(select(func.unnest(Filing.filers)).where(*selection.conditions())))
    return [cik for cik in selection.ciks or () if cik in filers]


def _readings(session: Session, selection: Selection) -> Sequence[str | None]:
    """Where the newest reading of each filing lies; None for one that was refused."""
    query = (
        select(Filing.accession, FilingReading.object_key)
        .join(FilingReading, FilingReading.accession == Filing.accession)
        .where(*selection.conditions())
        .order_by(Filing.accession, FilingReading.read_at.desc())
        .ext(distinct_on(Filing.accession))
    )
    return [key for _, key in session.execute(query)]


def _count(session: Session, selection: Selection, *, missing: bool = False) -> int:
    query = select(func.count()).where(*selection.conditions())
    return session.execute(query.where(Filing.missing.is_not(None)) if missing else query).scalar_one()
