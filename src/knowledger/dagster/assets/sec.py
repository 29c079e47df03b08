"""The SEC's filings, from their companies to the graph of all. Each asset asks the domain what is due, and has it done.

The partitions are filing quarters. A run takes one of them or a range at once, and its `selection` narrows that to some
companies, days or forms.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TypeVar

from dagster import (
    AssetCheckResult,
    AssetChecksDefinition,
    AssetCheckSeverity,
    AssetCheckSpec,
    AssetExecutionContext,
    AssetSelection,
    DagsterExecutionInterruptedError,
    DefaultScheduleStatus,
    DefaultSensorStatus,
    Definitions,
    Failure,
    MaterializeResult,
    ResourceParam,
    RunRequest,
    RunsFilter,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SensorEvaluationContext,
    SkipReason,
    TimeWindowPartitionsDefinition,
    asset,
    asset_check,
    define_asset_job,
    schedule,
    sensor,
)

from knowledger.dagster.clockwork import DUE_AT, RETRIES, UNDER_WAY, bounded
from knowledger.dagster.operations import result_when_ended, tell
from knowledger.dagster.selection import SelectionResource
from knowledger.domain.filings.quarters import FIRST
from knowledger.domain.operations.progress import Work, part_of
from knowledger.domain.repositories.checks import BEFORE_SWAP, Check, checks_of_graph
from knowledger.domain.repositories.companies import followed
from knowledger.domain.repositories.increments import companies_of, look_up_all
from knowledger.domain.repositories.load import JOB, SELECTION, config_of, range_of, tags_of
from knowledger.domain.repositories.materialize import refused_by
from knowledger.domain.repositories.packages import fetch_packages, unfetched
from knowledger.domain.repositories.readings import read_filings, unread
from knowledger.domain.repositories.rebuild import quarters_to_stage, submit_materialization, submit_staging
from knowledger.domain.repositories.selection import Selection
from knowledger.domain.repositories.taxonomies import read_better
from knowledger.kernel.errors import KnowledgerError
from knowledger.wiring import Wiring

R = TypeVar("R")

QUARTERS = TimeWindowPartitionsDefinition(
    cron_schedule="0 0 1 1,4,7,10 *", start=FIRST.isoformat(), fmt="%Y-%m-%d", end_offset=1
)
"""The quarter under way is among them."""
_EDGAR = "edgar"
_EMPTY = "Nothing is loaded."


def done(context: AssetExecutionContext, wiring: Wiring, work: Work[R], whole: tuple[float, float]) -> R:
    """Do the work, and tell whoever waits for the run how far it is. What cannot pass by itself is not tried again."""
    steps = part_of(whole, work)
    try:
        while True:
            tell(context, wiring.sessions, next(steps))
    except StopIteration as finished:
        result: R = finished.value
        return result
    except DagsterExecutionInterruptedError:
        wiring.edgar.close()
        raise
    except KnowledgerError as error:
        if error.retryable:
            raise
        raise Failure(error.message, allow_retries=False) from error
    finally:
        steps.close()


@asset(partitions_def=QUARTERS, retry_policy=RETRIES, pool=_EDGAR)
def sec_companies(
    context: AssetExecutionContext, wiring: ResourceParam[Wiring], selection: SelectionResource
) -> MaterializeResult[None]:
    """Companies, as the SEC lists them, and what they have filed: tickers, exchanges, submissions."""
    wanted = selection.of(context)
    ciks = companies_of(wiring.pages, wanted, everybody=selection.everybody)
    found = done(context, wiring, look_up_all(wiring.pages, ciks, wanted.first), (0, 5))
    return MaterializeResult(metadata={"companies": found})


@asset(
    deps=[sec_companies],
    partitions_def=QUARTERS,
    retry_policy=RETRIES,
    pool=_EDGAR,
)
def sec_filings_raw(
    context: AssetExecutionContext, wiring: ResourceParam[Wiring], selection: SelectionResource
) -> MaterializeResult[None]:
    """The whole packages of filings, as original bytes."""
    with wiring.sessions() as session:
        due = unfetched(session, selection.of(context))
    stored = done(context, wiring, fetch_packages(wiring.pages, due), (5, 45))
    return MaterializeResult(metadata={"due": len(due), "stored": stored})


@asset(
    deps=[sec_filings_raw],
    partitions_def=QUARTERS,
    retry_policy=RETRIES,
)
def sec_filings_parsed(context: AssetExecutionContext, wiring: ResourceParam[Wiring]) -> MaterializeResult[None]:
    """Typed Parquet of each stored filing of the quarters, by this version of the parser.

    Only the standard taxonomies of a year are fetched where they are not here yet, if their publishers are in reach.
    """
    quarters, reader = sorted(context.partition_keys), wiring.filing_reader
    with wiring.sessions() as session:
        due = unread(session, quarters, wiring.filings.parser_version)
    reading = done(context, wiring, read_filings(reader, due), (45, 64))
    again = done(context, wiring, read_better(reader, wiring.taxonomy_pages, quarters), (64, 66))
    done(context, wiring, read_filings(reader, again), (66, 70))
    return MaterializeResult(
        metadata={"due": len(due), "read": reading.read, "refused": reading.refused, "read_again": len(again)}
    )


@asset(
    deps=[sec_filings_parsed],
    partitions_def=QUARTERS,
    retry_policy=RETRIES,
)
def sec_staged(context: AssetExecutionContext, wiring: ResourceParam[Wiring]) -> MaterializeResult[None]:
    """One staged file for each table and quarter, and what relates filings of any quarters."""
    with wiring.sessions.begin() as session:
        operation = submit_staging(session, sorted(context.partition_keys), wiring.filings.parser_version)
    return MaterializeResult(metadata=_followed(context, wiring, operation.id if operation else None, (70, 82)))


@asset(
    deps=[sec_staged],
    retry_policy=RETRIES,
    check_specs=[AssetCheckSpec(name, asset="sec_graph") for name in BEFORE_SWAP],
)
def sec_graph(
    context: AssetExecutionContext, wiring: ResourceParam[Wiring]
) -> Iterator[AssetCheckResult | MaterializeResult[None]]:
    """The next generation of the repository `sec`, which readers see once its checks pass."""
    with wiring.sessions.begin() as session:
        operation = submit_materialization(session)
    operation_id = operation.id if operation else None
    try:
        followed_by = _followed(context, wiring, operation_id, (82, 100))
    except Failure:
        with wiring.sessions() as session:
            refused = refused_by(session, str(operation_id))
        yield from map(_result, refused)
        raise
    yield from _passed(wiring)
    yield MaterializeResult(metadata=followed_by)


def _passed(wiring: Wiring) -> list[AssetCheckResult]:
    """Dagster wants a result of each; before anything is loaded nothing can be wrong."""
    with wiring.sessions() as session:
        found = [_result(check) for check in checks_of_graph(session) if check.name in BEFORE_SWAP]
    return found or [AssetCheckResult(check_name=name, passed=True, description=_EMPTY) for name in BEFORE_SWAP]


def _followed(
    context: AssetExecutionContext, wiring: Wiring, operation_id: str | None, whole: tuple[float, float]
) -> dict[str, str]:
    if operation_id is None:
        return {"operation": "nothing to do"}
    result_when_ended(
        wiring.sessions, operation_id, heard=lambda said: tell(context, wiring.sessions, said.within(*whole))
    )
    return {"operation": operation_id}


def _check(name: str) -> AssetChecksDefinition:
    @asset_check(asset=sec_graph, name=name)
    def look(wiring: ResourceParam[Wiring]) -> AssetCheckResult:
        with wiring.sessions() as session:
            found = next((check for check in checks_of_graph(session) if check.name == name), None)
        if found is None:
            return AssetCheckResult(passed=True, description=_EMPTY)
        return _result(found)

    return look


def _result(check: Check) -> AssetCheckResult:
    severity = AssetCheckSeverity.ERROR if check.grave else AssetCheckSeverity.WARN
    return AssetCheckResult(
        check_name=check.name,
        passed=check.passed,
        severity=severity,
        description=check.message,
        metadata={**check.figures},
    )


CHECKS = [_check(name) for name in ("dangling_ends", "calculations", "second_opinion")]
ASSETS = [sec_companies, sec_filings_raw, sec_filings_parsed, sec_staged, sec_graph]

sec_load = define_asset_job(
    JOB,
    AssetSelection.assets(*ASSETS),
    description="Fetch, read, stage and materialize filings: of the companies named in its `selection`, or of those "
    "loaded before; of whole quarters, or of the days named there.",
    tags=bounded(timedelta(hours=24)),
)
sec_rebuild = define_asset_job(
    "sec_rebuild",
    AssetSelection.assets(sec_filings_parsed, sec_staged, sec_graph),
    description="Read, stage and materialize what is stored, without the network: after a new version of the parser.",
    tags=bounded(timedelta(hours=24)),
)


def _loading_of_last(days: int, name: str, cron: str) -> ScheduleDefinition:
    """Loads what known companies have filed lately. The days overlap, so that a missed run is made up for."""

    @schedule(job=sec_load, cron_schedule=cron, name=name, default_status=DefaultScheduleStatus.RUNNING)
    def tick(context: ScheduleEvaluationContext, wiring: ResourceParam[Wiring]) -> RunRequest | SkipReason:
        with wiring.sessions() as session:
            if not followed(session):
                return SkipReason("No company was loaded yet.")
        today = context.scheduled_execution_time.date()
        lately = Selection(today - timedelta(days=days), today)
        due_at = context.scheduled_execution_time.isoformat()
        return RunRequest(due_at, run_config=config_of(lately), tags={**tags_of(lately), DUE_AT: due_at})

    return tick


@sensor(job=sec_rebuild, minimum_interval_seconds=60, default_status=DefaultSensorStatus.RUNNING)
def finished_filings(context: SensorEvaluationContext, wiring: ResourceParam[Wiring]) -> RunRequest | SkipReason:
    """Has filings staged that were read and not staged, as by a run that was cut short; once for each state of them."""
    for job in (sec_load, sec_rebuild):
        if context.instance.get_runs_count(RunsFilter(job_name=job.name, statuses=UNDER_WAY)):
            return SkipReason(f"A run of {job.name} is under way.")
    with wiring.sessions() as session:
        due = quarters_to_stage(session, wiring.filings.parser_version)
    if due is None:
        return SkipReason("All that was read is staged.")
    return RunRequest(due.digest, tags=range_of(due.quarters))


definitions = Definitions(
    assets=ASSETS,
    asset_checks=CHECKS,
    jobs=[sec_load, sec_rebuild],
    schedules=[
        # EDGAR closes its index of a day at ten in the evening in New York.
        _loading_of_last(7, "sec_daily_increment", "30 4 * * *"),
        _loading_of_last(100, "sec_weekly_check", "30 5 * * 0"),
    ],
    sensors=[finished_filings],
    resources={SELECTION: SelectionResource()},
)
