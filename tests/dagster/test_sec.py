"""The SEC's assets and their clock, in this process."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from dagster import (
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    RunRequest,
    ScheduleDefinition,
    SkipReason,
    build_schedule_context,
    build_sensor_context,
)
from sqlalchemy import func, select

from knowledger.dagster.assets.sec import QUARTERS as partitions  # noqa: N811 - this module has quarters of its own
from knowledger.dagster.definitions import definitions
from knowledger.domain.repositories.load import tags_of
from knowledger.domain.repositories.sec import SEC, sec_graph, sec_schema
from knowledger.domain.repositories.selection import Selection
from knowledger.domain.repositories.staging import quarter_as_read
from knowledger.domain.tenancy.organizations import create_organization
from knowledger.domain.tenancy.users import create_user
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.models import Company, Filing, Operation
from knowledger.models.filings import FilingReading, StagedPartition
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


def test_a_run_covers_quarters_that_there_are_whatever_days_are_asked_for() -> None:
    asked = tags_of(Selection(date(2001, 1, 1), date(2999, 12, 31)))
    assert asked["dagster/asset_partition_range_start"] == partitions.get_first_partition_key()
    assert asked["dagster/asset_partition_range_end"] == partitions.get_last_partition_key()


def test_a_rebuild_of_nothing_changes_nothing(wiring: Wiring, run_job: RunJob) -> None:
    with wiring.sessions.begin() as session:
        create_organization(session, "Keepers", create_user(session, "ada@example.org", "Ada", None).id)
        sec_graph(session)
    assert run_job("sec_rebuild", tags=QUARTERS).success
    with wiring.sessions() as session:
        assert session.execute(select(func.count()).select_from(Operation)).scalar_one() == 0


@dataclass(frozen=True)
class Finished:
    """Filings as they are known, stored and read, and what the sensor makes of them."""

    wiring: Wiring
    instance: DagsterInstance

    def file(self, accession: str, filed_on: date, *, is_read: bool = True) -> None:
        version = self.wiring.filings.parser_version
        with self.wiring.sessions.begin() as session:
            filing = Filing(accession=accession, cik="0000000011", filers=["0000000011"], form="10-K", has_xbrl=True)
            filing.filed_on, filing.fetched_at = filed_on, utc_now()
            session.add(filing)
            session.flush()
            if is_read:
                reading = FilingReading(accession=accession, parser_version=version, object_key=f"readings/{accession}")
                reading.tables, reading.findings, reading.missing_taxonomies = {}, {}, {}
                session.add(reading)

    def stage(self, quarter: str) -> None:
        """Record that the quarter is staged as it is read."""
        with self.wiring.sessions.begin() as session:
            found = quarter_as_read(session, quarter, self.wiring.filings.parser_version, sec_schema())
            session.add(
                StagedPartition(
                    repository=SEC,
                    partition=quarter,
                    digest=found.digest,
                    parser_version=self.wiring.filings.parser_version,
                    filings=len(found.keys),
                    files={},
                )
            )

    def look(self) -> RunRequest | SkipReason:
        with build_sensor_context(instance=self.instance, resources={"wiring": self.wiring}) as context:
            found = definitions.resolve_sensor_def("finished_filings")(context)
        assert isinstance(found, RunRequest | SkipReason)
        return found


@pytest.fixture
def finished(wiring: Wiring, instance: DagsterInstance) -> Finished:
    return Finished(wiring, instance)


def test_filings_that_were_read_and_not_staged_are_staged(finished: Finished) -> None:
    assert isinstance(finished.look(), SkipReason)
    finished.file("0000000011-24-000001", date(2024, 2, 20))
    finished.file("0000000011-24-000002", date(2024, 5, 2))
    due = finished.look()
    assert isinstance(due, RunRequest)
    assert {name: due.tags[name] for name in QUARTERS} == {
        "dagster/asset_partition_range_start": "2024-01-01",
        "dagster/asset_partition_range_end": "2024-04-01",
    }
    again = finished.look()
    assert isinstance(again, RunRequest)
    assert again.run_key == due.run_key, "one run for one state of them"
    finished.stage("2024-01-01")
    finished.stage("2024-04-01")
    assert isinstance(finished.look(), SkipReason)
    finished.file("0000000011-24-000003", date(2024, 5, 3))
    more = finished.look()
    assert isinstance(more, RunRequest)
    assert more.tags["dagster/asset_partition_range_start"] == "2024-04-01"
    assert more.run_key != due.run_key


def test_a_quarter_that_is_being_read_is_not_finished(finished: Finished) -> None:
    finished.file("0000000011-24-000001", date(2024, 2, 20))
    finished.file("0000000011-24-000002", date(2024, 2, 21), is_read=False)
    assert isinstance(finished.look(), SkipReason)


@pytest.mark.parametrize("job_name", ["sec_load", "sec_rebuild"])
def test_while_filings_are_loaded_their_run_does_the_staging(finished: Finished, job_name: str) -> None:
    finished.file("0000000011-24-000001", date(2024, 2, 20))
    run = DagsterRun(job_name=job_name, run_id=new_id("run"), status=DagsterRunStatus.STARTED)
    finished.instance.add_run(run)
    assert isinstance(finished.look(), SkipReason)
    finished.instance.report_run_failed(run)
    assert isinstance(finished.look(), RunRequest)
