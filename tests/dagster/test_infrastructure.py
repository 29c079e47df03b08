"""What keeps the house in order: each job does what is due, once, and says so."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from knowledger.dagster.clockwork import DUE_AT
from knowledger.dagster.jobs.infrastructure import CLOCK
from knowledger.domain.graphs.health import Finding
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.events import event
from knowledger.domain.upkeep.reports import Report, current_findings, list_reports, record
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.models import Backup, Operation, OperationEvent, SigninLink, UpkeepReport, UserSession
from knowledger.wiring import Wiring
from tests.api.samples import backup_id
from tests.api.world import Tenant, make_tenant
from tests.dagster.conftest import RunJob

TICK = {DUE_AT: "2026-05-01T00:05:00+00:00"}


@pytest.fixture
def tenant(wiring: Wiring) -> Tenant:
    with wiring.sessions.begin() as session:
        return make_tenant(session)


@pytest.mark.parametrize("name", [job.name for job in CLOCK if job.name != "watchdog"])
def test_every_job_writes_one_report_for_each_time_it_was_due(name: str, run_job: RunJob, wiring: Wiring) -> None:
    for _ in range(2):
        assert run_job(name, tags=TICK).success
    with wiring.sessions() as session:
        reports = list_reports(session, job=name, limit=10)
    assert [(report.job, report.key, report.findings) for report in reports] == [(name, TICK[DUE_AT], [])]


def test_cleaning_up_deletes_what_has_expired_and_nothing_else(run_job: RunJob, wiring: Wiring, tenant: Tenant) -> None:
    long_ago = func.now() - timedelta(days=40)
    with wiring.sessions.begin() as session:
        session.execute(
            update(UserSession).where(UserSession.user_id == tenant.viewer.user_id).values(expires_at=long_ago)
        )
        session.execute(
            insert(SigninLink).values(hash=b"old", user_id=tenant.admin.user_id, expires_at=long_ago, used_at=None)
        )
        for user_id in (tenant.admin.user_id, None):
            _operation(session, tenant, user_id, ended_at=long_ago, idempotency_key=f"key of {user_id}")
    run_job("cleanup")
    with wiring.sessions() as session:
        assert set(session.scalars(select(UserSession.user_id))) == {tenant.admin.user_id, tenant.member.user_id}
        assert session.scalars(select(SigninLink.hash)).all() == []
        assert session.scalars(select(Operation.idempotency_key).order_by(Operation.position)).all() == [
            None,
            "key of None",
        ]


def test_the_last_event_of_an_operation_outlives_the_others(run_job: RunJob, wiring: Wiring, tenant: Tenant) -> None:
    with wiring.sessions.begin() as session:
        old = _operation(session, tenant, None, ended_at=func.now() - timedelta(days=31), last_seq=3)
        recent = _operation(session, tenant, None, ended_at=func.now() - timedelta(days=29), last_seq=3)
        for operation_id in (old, recent):
            for seq in (1, 2, 3):
                said = event(operation_id, tenant.organization_id, seq, EventType.PROGRESS, {})
                session.execute(
                    insert(OperationEvent).values(operation_id=operation_id, seq=seq, type=said.type, data=said.data)
                )
    run_job("event_retention")
    with wiring.sessions() as session:
        kept = session.execute(select(OperationEvent.operation_id, OperationEvent.seq)).all()
    assert {(row.operation_id, row.seq) for row in kept} == {(old, 3), (recent, 1), (recent, 2), (recent, 3)}


def test_a_new_backup_is_verified_once_however_often_the_clock_ticks(
    run_job: RunJob, wiring: Wiring, tenant: Tenant
) -> None:
    with wiring.sessions.begin() as session:
        made = backup_id(session, tenant, tenant.admin)
    for _ in range(3):
        run_job("backup_verification")
    with wiring.sessions() as session:
        asked = session.scalars(select(Operation).where(Operation.kind == "verify_backup")).all()
    assert [(operation.command["backup_id"], operation.user_id) for operation in asked] == [(made, None)]


def test_a_damaged_backup_is_found_until_it_is_gone(run_job: RunJob, wiring: Wiring, tenant: Tenant) -> None:
    with wiring.sessions.begin() as session:
        made = backup_id(session, tenant, tenant.admin)
        session.execute(update(Backup).values(verification={"sound": False, "problems": ["it is torn"]}))
    run_job("backup_verification")
    with wiring.sessions() as session:
        (found,) = current_findings(session, utc_now())
    assert (found.severity, found.code) == ("problem", "backup_damaged")
    assert made in found.message
    with wiring.sessions.begin() as session:
        session.execute(update(Backup).values(deleted_at=func.now()))
    run_job("backup_verification")
    with wiring.sessions() as session:
        assert current_findings(session, utc_now()) == []


def test_only_backups_that_have_expired_go_where_there_is_no_rule(
    run_job: RunJob, wiring: Wiring, tenant: Tenant
) -> None:
    with wiring.sessions.begin() as session:
        kept, expired = (backup_id(session, tenant, tenant.admin) for _ in range(2))
        session.execute(update(Backup).where(Backup.id == expired).values(expires_at=func.now()))
    run_job("backup_retention")
    with wiring.sessions() as session:
        assert session.scalars(select(Backup.id).where(Backup.deleted_at.is_(None))).all() == [kept]


def test_a_dry_collection_deletes_nothing(run_job: RunJob, wiring: Wiring, tmp_path: object) -> None:
    config = {"ops": {"collect_unreached_files": {"config": {"dry_run": True}}}}
    run_job("garbage_collection", run_config=config)
    with wiring.sessions() as session:
        (report,) = list_reports(session, job="garbage_collection", limit=2)
    assert report.figures["dry_run"] == "true"


def test_a_silent_watchdog_is_itself_a_finding(wiring: Wiring) -> None:
    with wiring.sessions.begin() as session:
        record(session, "watchdog", "tick", Report("All is done."))
        assert current_findings(session, utc_now()) == []
        (found,) = current_findings(session, utc_now() + timedelta(hours=4))
    assert found.code == "watchdog_silent"


def test_a_finding_stands_until_the_next_report(wiring: Wiring) -> None:
    with wiring.sessions.begin() as session:
        record(session, "graph_health", "1", Report("One.", findings=[Finding("problem", "ill", "kg: it is ill.")]))
        assert [found.code for found in current_findings(session, utc_now())] == ["ill"]
        record(session, "graph_health", "2", Report("None."))
        assert current_findings(session, utc_now()) == []
        assert session.scalar(select(func.count()).select_from(UpkeepReport)) == 2


def _operation(session: Session, tenant: Tenant, user_id: str | None, **values: object) -> str:
    made = insert(Operation).values(
        id=new_id("op"),
        organization_id=tenant.organization_id,
        user_id=user_id,
        kind="create_graph",
        turn="none",
        command={},
        request_hash="",
        status="completed",
        **values,
    )
    return session.execute(made.returning(Operation.id)).scalar_one()
