"""The SEC's assets and their clock, in this process."""

from datetime import UTC, datetime

import pytest
from dagster import DagsterInstance, RunRequest, ScheduleDefinition, build_schedule_context
from sqlalchemy import func, select

from knowledger.dagster.definitions import definitions
from knowledger.domain.repositories.sec import sec_graph
from knowledger.domain.tenancy.organizations import create_organization
from knowledger.domain.tenancy.users import create_user
from knowledger.kernel.clock import utc_now
from knowledger.models import Company, Operation
from knowledger.wiring import Wiring
from tests.dagster.conftest import RunJob

MONDAY = datetime(2024, 4, 1, 4, 30, tzinfo=UTC)
QUARTERS = {"dagster/asset_partition_range_start": "2024-01-01", "dagster/asset_partition_range_end": "2024-07-01"}


def tick(wiring: Wiring, instance: DagsterInstance, name: str) -> list[RunRequest]:
    due = definitions.resolve_schedule_def(name)
    assert isinstance(due, ScheduleDefinition)
    context = build_schedule_context(instance, scheduled_execution_time=MONDAY, resources={"wiring": wiring})
    return list(due.evaluate_tick(context).run_requests or ())


@pytest.mark.parametrize("name", ["sec_daily_increment", "sec_weekly_check"])
def test_where_nothing_was_loaded_the_clock_loads_nothing(wiring: Wiring, instance: DagsterInstance, name: str) -> None:
    assert tick(wiring, instance, name) == []


def test_every_day_the_last_week_is_looked_at(wiring: Wiring, instance: DagsterInstance) -> None:
    with wiring.sessions.begin() as session:
        session.add(Company(cik="0000000011", name="Acorn", looked_up_at=utc_now()))
    [due] = tick(wiring, instance, "sec_daily_increment")
    chosen = due.run_config["resources"]["selection"]["config"]
    assert (chosen["ciks"], chosen["first"], chosen["last"]) == ([], "2024-03-25", "2024-04-01")
    assert due.tags["dagster/asset_partition_range_start"] == "2024-01-01"
    assert due.tags["dagster/asset_partition_range_end"] == "2024-04-01"


def test_a_rebuild_of_nothing_changes_nothing(wiring: Wiring, run_job: RunJob) -> None:
    with wiring.sessions.begin() as session:
        create_organization(session, "Keepers", create_user(session, "ada@example.org", "Ada", None).id)
        sec_graph(session)
    assert run_job("sec_rebuild", tags=QUARTERS).success
    with wiring.sessions() as session:
        assert session.execute(select(func.count()).select_from(Operation)).scalar_one() == 0
