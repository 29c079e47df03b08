"""What Dagster remembers of its runs: when a job was last due and done; and forgetting it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter, ScheduleDefinition
from dagster._core.storage.dagster_run import FINISHED_STATUSES
from dagster._utils.schedules import schedule_execution_time_iterator

from knowledger.domain.upkeep.watchdog import Due

LONGEST_PERIOD: Final = timedelta(days=32)
_BATCH: Final = 100


def last_dues(instance: DagsterInstance, schedules: Sequence[ScheduleDefinition], now: datetime) -> Iterator[Due]:
    """Of each schedule that is on and has been due since it was turned on."""
    states = {state.instigator_name: state for state in instance.all_instigator_state()}
    for schedule in schedules:
        state = states.get(schedule.name)
        if state is None or not state.is_running or state.instigator_data is None:
            continue
        since = datetime.fromtimestamp(getattr(state.instigator_data, "start_timestamp", None) or 0, now.tzinfo)
        due_at = last_tick(schedule, since, now)
        if due_at is not None:
            yield Due(schedule.job_name, due_at, _last_done(instance, schedule.job_name), _may_take(schedule))


def last_tick(schedule: ScheduleDefinition, since: datetime, now: datetime) -> datetime | None:
    begin = max(since, now - LONGEST_PERIOD)
    ticks = schedule_execution_time_iterator(
        begin.timestamp(), schedule.cron_schedule, schedule.execution_timezone or "UTC"
    )
    last = None
    for tick in ticks:
        if tick > now:
            return last
        last = tick
    return last


def forget_runs(instance: DagsterInstance, before: datetime) -> int:
    """Delete the runs that ended before this moment, with all that they said."""
    count = 0
    which = RunsFilter(statuses=FINISHED_STATUSES, updated_before=before)
    while runs := instance.get_runs(which, limit=_BATCH):
        for run in runs:
            instance.delete_run(run.run_id)
        count += len(runs)
    return count


def _last_done(instance: DagsterInstance, job_name: str) -> datetime | None:
    """When the last run that succeeded began: what was due before that moment is done."""
    done = instance.get_run_records(RunsFilter(job_name=job_name, statuses=[DagsterRunStatus.SUCCESS]), limit=1)
    return done[0].create_timestamp if done else None


def _may_take(schedule: ScheduleDefinition) -> timedelta:
    return timedelta(seconds=int((schedule.job.tags or {}).get("dagster/max_runtime", 0)))
