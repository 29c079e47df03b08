"""What is paid for comes to be. Two sensors look every few seconds; the run does one look at each that waits."""

from datetime import timedelta

from dagster import (
    DefaultSensorStatus,
    Definitions,
    OpExecutionContext,
    ResourceParam,
    RunRequest,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    job,
    op,
    sensor,
)

from knowledger.dagster.clockwork import RETRIES, UNDER_WAY, bounded
from knowledger.domain.upkeep.provisioning import provision_due, subscriptions_to_provision
from knowledger.kernel.clock import utc_now
from knowledger.wiring import Wiring

LOOK_EVERY_S = 10


@op(retry_policy=RETRIES)
def look_at_waiting(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    context.log.info(f"{provision_due(wiring.sessions, utc_now())} looked at.")


@job(tags=bounded(timedelta(minutes=10)))
def provisioning() -> None:
    """Make what was paid for, and take back what is paid for no longer."""
    look_at_waiting()


def pending(resource_type: str, name: str) -> SensorDefinition:
    """Starts a run while a subscription to such a resource waits to be provided or taken back."""

    @sensor(
        name=name,
        job_name=provisioning.name,
        minimum_interval_seconds=LOOK_EVERY_S,
        default_status=DefaultSensorStatus.RUNNING,
    )
    def look(context: SensorEvaluationContext, wiring: ResourceParam[Wiring]) -> RunRequest | SkipReason:
        if context.instance.get_runs_count(RunsFilter(job_name=provisioning.name, statuses=UNDER_WAY)):
            return SkipReason("The last run is still under way.")
        with wiring.sessions() as session:
            waiting = subscriptions_to_provision(session, utc_now(), resource_type)
        return RunRequest(tags={"knowledger/waiting": str(len(waiting))}) if waiting else SkipReason("Nobody waits.")

    return look


definitions = Definitions(
    jobs=[provisioning],
    sensors=[pending("graph", "pending_subscriptions"), pending("repository", "pending_repository_access")],
)
