"""How jobs are timed and bounded, the same for all of them."""

from datetime import timedelta
from typing import Final

from dagster import (
    Backoff,
    DagsterRunStatus,
    DefaultScheduleStatus,
    Jitter,
    JobDefinition,
    RetryPolicy,
    RunRequest,
    RunsFilter,
    ScheduleDefinition,
    ScheduleEvaluationContext,
    SkipReason,
    schedule,
)
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

RETRIES: Final = RetryPolicy(max_retries=3, delay=2, backoff=Backoff.EXPONENTIAL, jitter=Jitter.PLUS_MINUS)
"""For ops and assets: what failed by itself is tried again in its run."""

DUE_AT: Final = "knowledger/due_at"
"""The tag that says which tick of the clock a run belongs to; one that is started anew keeps it."""

UNDER_WAY: Final = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


def bounded(max_runtime: timedelta, *, restarts: int = 2) -> dict[str, str]:
    """Tags of a job: how long a run of it may take, and how often one whose process was lost starts anew."""
    return {"dagster/max_runtime": str(int(max_runtime.total_seconds())), "dagster/max_retries": str(restarts)}


def on_the_clock(
    job: JobDefinition | UnresolvedAssetJobDefinition, cron: str, *, timezone: str = "UTC", name: str | None = None
) -> ScheduleDefinition:
    """Runs the job at these times, on from the first start, under the tick's own time as its key.

    Ticks coalesce: one that comes while the job's last run is under way is skipped, and of those that were missed
    while nothing ran only the last is made up for. So a job does all that is due, not what one tick made due.
    """

    @schedule(
        job=job,
        cron_schedule=cron,
        execution_timezone=timezone,
        name=name or f"{job.name}_schedule",
        default_status=DefaultScheduleStatus.RUNNING,
    )
    def tick(context: ScheduleEvaluationContext) -> RunRequest | SkipReason:
        under_way = RunsFilter(job_name=job.name, statuses=UNDER_WAY)
        if context.instance.get_runs_count(under_way):
            return SkipReason(f"The last run of {job.name} is still under way.")
        due_at = context.scheduled_execution_time.isoformat()
        return RunRequest(run_key=due_at, tags={DUE_AT: due_at})

    return tick
