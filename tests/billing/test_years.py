"""Three years of many organizations, billed by a process that is killed again and again.

`KNOWLEDGER_TEST_ORGANIZATIONS=200` for as many as there may be; the default fits a run of all tests.
"""

import os
import random
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.credits import InsufficientCredits, post, release, reserve
from knowledger.domain.billing.customers import set_zone
from knowledger.domain.billing.invariants import check_ledger
from knowledger.domain.billing.ledger import CREDIT
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.upkeep.provisioning import buy_on_invoice, order_of
from knowledger.models import CreditTransfer, Invoice, InvoiceLine, Organization, Subscription
from tests.billing.test_lifecycle import bean_check
from tests.billing.ticking import begun, everybody_pays, tick

Sessions = sessionmaker[Session]

ORGANIZATIONS = int(os.environ.get("KNOWLEDGER_TEST_ORGANIZATIONS", "24"))
KILLS = 8
START = datetime(2024, 1, 28, 9, tzinfo=UTC)
STEP = timedelta(days=5)
ZONES = ("UTC", "Asia/Kolkata", "America/Bogota", "Europe/Paris")
DAY = timedelta(days=1)


def organization(number: int) -> str:
    return f"org_{number:03}"


def settle(sessions: Sessions, chance: random.Random, at: datetime) -> None:
    """Everybody pays what they were asked for, and some use credits."""
    everybody_pays(sessions, at)
    for number in chance.sample(range(ORGANIZATIONS), 6):
        work = f"work:{number}:{at.isoformat()}"
        amount = chance.randrange(1, 12_000 * CREDIT)
        try:
            with sessions.begin() as session:
                reserve(session, organization(number), amount, transfer_id=work, expires_in=DAY, at=at)
                post(session, work, amount // 3, post_id=f"{work}:1", at=at)
                if number % 2:
                    release(session, work, at=at)
        except InsufficientCredits:
            continue


def strike_and_kill(database_url: str, at: datetime, delay_s: float) -> None:
    """Kill the billing process in the middle of its work, or, where it was faster, after it."""
    command = [sys.executable, "-m", "tests.billing.clockwork", database_url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.stdin.write(f"{at.isoformat()}\n")
        process.stdin.flush()
        try:
            process.wait(delay_s)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_three_years_and_many_kills(sessions: Sessions, emptied_database_url: str, tmp_path: Path) -> None:
    chance = random.Random(6)
    with sessions.begin() as session:
        session.execute(
            insert(Organization), [{"id": organization(n), "name": f"No. {n}"} for n in range(ORGANIZATIONS)]
        )
    for number in range(ORGANIZATIONS):
        with sessions.begin() as session:
            set_zone(session, organization(number), ZONES[number % len(ZONES)])
            plan = catalogue().plan("sec-advanced" if number % 3 else "sec-starter")
            bought_at = START + (number % 4) * DAY  # anchors 28 to 31 January
            buy_on_invoice(session, organization(number), order_of(plan, {}, key="order", user_id=None), bought_at)
    end = datetime(2027, 1, 28, 12, tzinfo=UTC)  # the 28th in every zone
    steps = [START + STEP * number for number in range(1, (end - START) // STEP)] + [end]
    killed = set(chance.sample(range(len(steps)), KILLS))
    for number, at in enumerate(steps):
        if number in killed:
            strike_and_kill(emptied_database_url, at, chance.uniform(0.05, 1.5))
        tick(sessions, at)
        settle(sessions, chance, at)
    tick(sessions, end)
    check(sessions, end, tmp_path)


def check(sessions: Sessions, end: datetime, directory: Path) -> None:
    with sessions() as session:
        lines = Counter(session.scalars(select(InvoiceLine.key).where(InvoiceLine.key.like("subscription:%"))))
        given = Counter(session.scalars(select(CreditTransfer.transfer_id).where(CreditTransfer.kind == "allocation")))
        bought = session.execute(select(Subscription.id, Subscription.anchor, Subscription.resource_type)).all()
        numbers = list(session.scalars(select(Invoice.number).order_by(Invoice.number)))
    months = {(found.id, day): found for found in bought for day in begun(found.anchor, end)}
    assert given == Counter(f"allocation:{subscription_id}:{day}" for subscription_id, day in months)
    assert lines == Counter(
        f"subscription:{subscription_id}:{day}"
        for (subscription_id, day), found in months.items()
        if found.resource_type == "repository"
    )
    assert numbers == [f"INV-{number:06}" for number in range(1, len(numbers) + 1)]
    with sessions.begin() as session:
        assert check_ledger(session).problems == []
        assert session.execute(text("SELECT sum(balance) FROM credit_accounts")).scalar_one() == 0
    assert bean_check(sessions, [organization(number) for number in range(0, ORGANIZATIONS, 10)], directory) == ""
