"""Schedules, and the watchdog over them, with what Dagster remembers in a real database."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from dagster import (
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    DefaultScheduleStatus,
    RunRequest,
    ScheduleDefinition,
    SkipReason,
    build_schedule_context,
    job,
    op,
)
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    GrpcServerCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, ScheduleInstigatorData

from knowledger.dagster.clockwork import DUE_AT, bounded, on_the_clock
from knowledger.dagster.definitions import definitions
from knowledger.dagster.history import forget_runs, last_dues, last_tick
from knowledger.domain.upkeep.watchdog import Due, compare
from knowledger.kernel.ids import new_id

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@op
def nothing() -> None: ...


@pytest.fixture
def hourly() -> ScheduleDefinition:
    """Of a job that no other test knows."""

    @job(name=new_id("job"), tags=bounded(timedelta(minutes=10)))
    def due() -> None:
        nothing()

    return on_the_clock(due, "0 * * * *")


@pytest.fixture
def schedules() -> Iterator[ScheduleDefinition]:
    found = definitions.get_repository_def().schedule_defs
    assert found
    return iter(found)


def test_every_schedule_is_on_from_the_first_start(schedules: Iterator[ScheduleDefinition]) -> None:
    assert {schedule.default_status for schedule in schedules} == {DefaultScheduleStatus.RUNNING}


def test_every_job_says_how_long_a_run_of_it_may_take() -> None:
    jobs = [item for item in definitions.get_repository_def().get_all_jobs() if not item.name.startswith("__")]
    assert [item.name for item in jobs if "dagster/max_runtime" not in item.tags] == []


@pytest.mark.slow
def test_a_tick_twice_is_a_tick_once(hourly: ScheduleDefinition, stored_instance: DagsterInstance) -> None:
    requests = [_tick(hourly, stored_instance, NOON) for _ in range(2)]
    assert [(request.run_key, request.tags[DUE_AT]) for request in requests if isinstance(request, RunRequest)] == [
        (NOON.isoformat(), NOON.isoformat())
    ] * 2


@pytest.mark.slow
@pytest.mark.parametrize("status", [DagsterRunStatus.STARTING, DagsterRunStatus.STARTED])
def test_a_tick_while_the_last_run_is_under_way_is_skipped(
    status: DagsterRunStatus, hourly: ScheduleDefinition, stored_instance: DagsterInstance
) -> None:
    stored_instance.add_run(DagsterRun(job_name=hourly.job_name, run_id=new_id("run"), status=status))
    assert isinstance(_tick(hourly, stored_instance, NOON), SkipReason)


@pytest.mark.parametrize(
    ("since", "now", "last"),
    [
        (NOON - timedelta(hours=3), NOON + timedelta(minutes=59), NOON),
        (NOON + timedelta(minutes=1), NOON + timedelta(minutes=59), None),
        (NOON - timedelta(days=400), NOON, NOON),
    ],
)
def test_the_last_tick_is_known_of_any_moment(
    hourly: ScheduleDefinition, since: datetime, now: datetime, last: datetime | None
) -> None:
    assert last_tick(hourly, since, now) == last


@pytest.mark.slow
def test_what_was_due_and_not_done_is_known(hourly: ScheduleDefinition, stored_instance: DagsterInstance) -> None:
    now = datetime.now(UTC)
    _turn_on(stored_instance, hourly, since=now - timedelta(hours=5))
    (due,) = last_dues(stored_instance, [hourly], now)
    assert (due.job, due.done_at, due.may_take) == (hourly.job_name, None, timedelta(minutes=10))
    done = DagsterRun(job_name=hourly.job_name, run_id=new_id("run"), status=DagsterRunStatus.SUCCESS)
    stored_instance.add_run(done)
    (due,) = last_dues(stored_instance, [hourly], now)
    assert due.done_at is not None


@pytest.mark.slow
def test_a_schedule_that_was_just_turned_on_owes_nothing(
    hourly: ScheduleDefinition, stored_instance: DagsterInstance
) -> None:
    now = datetime.now(UTC)
    _turn_on(stored_instance, hourly, since=now)
    assert list(last_dues(stored_instance, [hourly], now)) == []


def test_old_runs_are_forgotten_and_those_under_way_are_not(instance: DagsterInstance) -> None:
    ended, open_ = new_id("run"), new_id("run")
    instance.add_run(DagsterRun(job_name="a", run_id=ended, status=DagsterRunStatus.FAILURE))
    instance.add_run(DagsterRun(job_name="a", run_id=open_, status=DagsterRunStatus.STARTED))
    forget_runs(instance, datetime.now(UTC) + timedelta(minutes=1))
    assert instance.get_run_by_id(ended) is None
    assert instance.get_run_by_id(open_) is not None


@pytest.mark.parametrize(
    ("done_at", "missed"),
    [(None, ["not_done"]), (NOON - timedelta(minutes=1), ["not_done"]), (NOON, []), (NOON + timedelta(hours=1), [])],
)
def test_the_watchdog_compares_what_was_due_with_what_was_done(done_at: datetime | None, missed: list[str]) -> None:
    due = Due("cleanup", NOON, done_at, timedelta(minutes=10))
    assert [finding.code for finding in compare([due], NOON + timedelta(hours=2)).findings] == missed
    assert compare([due], NOON + timedelta(minutes=20)).findings == [], "it may still be at it"


def _tick(schedule: ScheduleDefinition, instance: DagsterInstance, at: datetime) -> object:
    context = build_schedule_context(instance=instance, scheduled_execution_time=at)
    found = schedule.evaluate_tick(context)
    return found.run_requests[0] if found.run_requests else SkipReason(found.skip_message)


def _turn_on(instance: DagsterInstance, schedule: ScheduleDefinition, since: datetime) -> None:
    location = GrpcServerCodeLocationOrigin(host="localhost", socket="code.sock", location_name="knowledger")
    origin = RemoteInstigatorOrigin(RemoteRepositoryOrigin(location, "__repository__"), schedule.name)
    data = ScheduleInstigatorData(str(schedule.cron_schedule), since.timestamp())
    instance.add_instigator_state(InstigatorState(origin, InstigatorType.SCHEDULE, InstigatorStatus.RUNNING, data))
