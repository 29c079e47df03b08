"""What keeps the house in order. Each job writes a report for the operators to read."""

import asyncio
from datetime import timedelta

from dagster import Config, Definitions, JobDefinition, OpExecutionContext, ResourceParam, ScheduleDefinition, job, op

from knowledger.dagster.clockwork import RETRIES, bounded, on_the_clock
from knowledger.dagster.history import forget_runs, last_dues
from knowledger.dagster.reports import keep
from knowledger.domain.upkeep.backups import parse_keep, thin_out_backups, verify_new_backups
from knowledger.domain.upkeep.banks import unlink_deleted
from knowledger.domain.upkeep.cleanup import clean_up
from knowledger.domain.upkeep.database import sweep_database
from knowledger.domain.upkeep.events import forget_events
from knowledger.domain.upkeep.garbage import collect_files
from knowledger.domain.upkeep.health import check_every_graph
from knowledger.domain.upkeep.reports import together
from knowledger.domain.upkeep.watchdog import compare
from knowledger.kernel.clock import utc_now
from knowledger.wiring import Wiring


class Collecting(Config):
    """`dry_run` only tells what would go. Nothing younger than a day goes, whatever is asked."""

    dry_run: bool = False


@op(retry_policy=RETRIES)
def clean_up_expired(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    with wiring.sessions.begin() as session:
        keep(context, wiring, clean_up(session), within=session)


@op(retry_policy=RETRIES)
def collect_unreached_files(context: OpExecutionContext, config: Collecting, wiring: ResourceParam[Wiring]) -> None:
    unlinked = [] if config.dry_run else [unlink_deleted(wiring.sessions, wiring.banks)]
    with wiring.sessions() as session:
        collected = collect_files(session, wiring.objects, dry_run=config.dry_run)
    keep(context, wiring, together(collected, *unlinked))


@op(retry_policy=RETRIES)
def submit_verifications(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    with wiring.sessions.begin() as session:
        keep(context, wiring, verify_new_backups(session), within=session)


@op(retry_policy=RETRIES)
def delete_surplus_backups(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    keep(context, wiring, thin_out_backups(wiring.sessions, parse_keep(wiring.settings.backups_kept)))


@op(retry_policy=RETRIES)
def look_into_graphs(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    keep(context, wiring, asyncio.run(check_every_graph(wiring.sessions, wiring.reader)))


@op(retry_policy=RETRIES)
def forget_old_events(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    keep(context, wiring, forget_events(wiring.sessions, wiring.settings.events_kept))
    runs = forget_runs(context.instance, utc_now() - wiring.settings.events_kept)
    context.log.info(f"{runs:,} runs of pipelines.")


@op(retry_policy=RETRIES)
def sweep_tables(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    keep(context, wiring, sweep_database(wiring.database))


@op(retry_policy=RETRIES)
def compare_due_with_done(
    context: OpExecutionContext,
    wiring: ResourceParam[Wiring],
    schedules: ResourceParam[tuple[ScheduleDefinition, ...]],
) -> None:
    now = utc_now()
    keep(context, wiring, compare(last_dues(context.instance, schedules, now), now))


@job(tags=bounded(timedelta(minutes=10)))
def cleanup() -> None:
    """Delete expired keys, sessions, sign-in links and idempotency records."""
    clean_up_expired()


@job(tags=bounded(timedelta(hours=6)))
def garbage_collection() -> None:
    """Delete the files that no pointer reaches, once they are a day old, and unlink the banks of deleted graphs."""
    collect_unreached_files()


@job(tags=bounded(timedelta(minutes=10)))
def backup_verification() -> None:
    """See that every backup is verified within a day."""
    submit_verifications()


@job(tags=bounded(timedelta(hours=1)))
def backup_retention() -> None:
    """Delete backups that have expired, and those that the rule of retention does not keep."""
    delete_surplus_backups()


@job(tags=bounded(timedelta(hours=12)))
def graph_health() -> None:
    """Open and count every graph, and compare it with the catalogue and its limits."""
    look_into_graphs()


@job(tags=bounded(timedelta(hours=2)))
def event_retention() -> None:
    """Forget the events of operations that ended long ago, and the runs of pipelines of that time."""
    forget_old_events()


@job(tags=bounded(timedelta(hours=2)))
def database_upkeep() -> None:
    """Sweep tables with many dead rows, and report the database's size."""
    sweep_tables()


@job(tags=bounded(timedelta(minutes=10)))
def watchdog() -> None:
    """Compare what was due with what was done."""
    compare_due_with_done()


CLOCK: dict[JobDefinition, str] = {
    cleanup: "5 * * * *",
    garbage_collection: "20 * * * *",
    backup_verification: "40 * * * *",
    watchdog: "50 * * * *",
    event_retention: "30 2 * * *",
    backup_retention: "0 3 * * *",
    database_upkeep: "30 3 * * *",
    graph_health: "0 4 * * 0",
}
"""When each runs, in UTC."""

definitions = Definitions(jobs=list(CLOCK), schedules=[on_the_clock(due, cron) for due, cron in CLOCK.items()])
