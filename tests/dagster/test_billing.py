"""Billing and provisioning as Dagster runs them, in this process, on a real database."""

from datetime import timedelta

import pytest
from dagster import DagsterInstance, RunRequest, SkipReason, build_sensor_context
from sqlalchemy.orm import Session

from knowledger.dagster.clockwork import DUE_AT
from knowledger.dagster.jobs.billing import CLOCK
from knowledger.dagster.jobs.provisioning import pending
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.subscriptions import list_subscriptions, subscribe
from knowledger.domain.repositories.access import has_access
from knowledger.domain.upkeep.provisioning import order_of
from knowledger.domain.upkeep.reports import list_reports
from knowledger.kernel.clock import utc_now
from knowledger.models import Subscription
from knowledger.wiring import Wiring
from tests.api.world import Tenant, make_tenant
from tests.dagster.conftest import RunJob

TICK = {DUE_AT: "2026-05-01T00:05:00+00:00"}


@pytest.fixture
def tenant(wiring: Wiring) -> Tenant:
    with wiring.sessions.begin() as session:
        return make_tenant(session)


def subscribed(session: Session, tenant: Tenant) -> Subscription:
    order = order_of(catalogue().plan("sec-starter"), {}, key="order", user_id=None)
    return subscribe(session, tenant.organization_id, order, utc_now(), paid=True)


@pytest.mark.parametrize("name", [job.name for job in CLOCK])
def test_every_job_writes_one_report_for_each_time_it_was_due(
    name: str, run_job: RunJob, wiring: Wiring, tenant: Tenant
) -> None:
    for _ in range(2):
        assert run_job(name, tags=TICK).success
    with wiring.sessions() as session:
        reports = list_reports(session, job=name, limit=10)
    assert [(report.job, report.key, report.findings) for report in reports] == [(name, TICK[DUE_AT], [])]


def test_a_ledger_that_is_wrong_is_a_finding(run_job: RunJob, wiring: Wiring, tenant: Tenant) -> None:
    run_job("credit_allocation")
    with wiring.sessions.begin() as session:
        session.connection().exec_driver_sql("UPDATE credit_accounts SET balance = balance + 1 WHERE kind = 'used'")
    run_job("ledger_invariants")
    with wiring.sessions() as session:
        (report,) = list_reports(session, job="ledger_invariants", limit=1)
    assert {finding["code"] for finding in report.findings} == {"ledger_wrong"}


def test_the_sensor_asks_for_a_run_while_somebody_waits(
    run_job: RunJob, wiring: Wiring, tenant: Tenant, instance: DagsterInstance
) -> None:
    look = pending("repository", "look_for_tests")
    with wiring.sessions.begin() as session:
        subscription = subscribed(session, tenant)
        subscription.provision_at = utc_now() - timedelta(seconds=1)
    for answer in (RunRequest, SkipReason):
        with build_sensor_context(instance=instance, resources={"wiring": wiring}) as context:
            assert isinstance(look(context), answer)
        run_job("provisioning")
    with wiring.sessions() as session:
        assert [found.status for found in list_subscriptions(session, tenant.organization_id)] == ["active"]
        assert has_access(session, tenant.organization_id, "sec")
