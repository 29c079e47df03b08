"""A graph that is paid for no longer goes; its last backup stays for as long as the plan says."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.subscriptions import cancel_at_period_end
from knowledger.domain.upkeep.billing import renew_subscriptions
from knowledger.domain.upkeep.provisioning import provision_due
from knowledger.kernel.clock import utc_now
from knowledger.models import Backup, Graph, Subscription
from tests.faults.load import Persistent
from tests.stack import Stack, running_stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PLAN = "standard"


@pytest.fixture(scope="module")
def stack(server_directory: Path) -> Iterator[Stack]:
    with running_stack(server_directory / "taken_back") as started:
        yield started


def done(stack: Stack, sessions: sessionmaker[Session], subscription_id: str, at: datetime) -> Subscription:
    """The subscription once the operation for it has ended and was looked at."""
    provision_due(sessions, at)
    with sessions() as session:
        operation_id = session.get_one(Subscription, subscription_id).operation_id
    if operation_id is not None:
        with Persistent(stack) as user:
            assert user.wait(operation_id) == "completed"
        provision_due(sessions, at)
    with sessions() as session:
        return session.get_one(Subscription, subscription_id)


def test_the_last_backup_outlives_the_graph(stack: Stack) -> None:
    sessions = sessionmaker(stack.database, expire_on_commit=False)
    wanted = {"plan_name": PLAN, "resource_config": {"graph_name": "Filings"}}
    with Persistent(stack) as user:
        subscription_id = user.ask("POST", "/billing/subscriptions", json=wanted).json()["id"]
    bought = done(stack, sessions, subscription_id, utc_now())
    assert bought.status == "active"
    with sessions.begin() as session:
        cancel_at_period_end(session, session.get_one(Subscription, subscription_id), utc_now())
    end = bought.period_end + timedelta(hours=1)
    renew_subscriptions(sessions, end)
    with sessions() as session:
        graph = session.get_one(Graph, bought.resource_id)
        assert graph.deleted_at is None, "nothing is deleted before its backup is made"
    assert done(stack, sessions, subscription_id, end).status == "canceled"
    with sessions() as session:
        assert session.get_one(Graph, bought.resource_id).deleted_at is not None
        (kept,) = session.scalars(select(Backup).where(Backup.graph_id == bought.resource_id))
    assert kept.expires_at == end + timedelta(days=catalogue().plan(PLAN).retention_days)
