"""Pull the plug while subscriptions are bought and months pass: each is provided once and billed once."""

import os
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from knowledger.client.json import JsonObject
from knowledger.domain.billing.invariants import check_ledger
from knowledger.models import CreditTransfer, Graph, InvoiceLine, Subscription
from knowledger.settings import Settings
from knowledger.up import background
from knowledger.up.port import free_port
from knowledger.up.stack import embedded_postgres
from tests.billing.ticking import begun
from tests.faults.conftest import LEASE
from tests.faults.load import Persistent
from tests.faults.parts import pull_the_plug
from tests.stack import Stack

CRASHES = int(os.environ.get("KNOWLEDGER_TEST_CRASHES", "8"))
"""Twenty take a quarter of an hour on a busy machine."""
STRIKES_A_RUN = 6
STEP = timedelta(days=5)
MOMENTS = 75
PATIENCE_S = 600
PAUSE_S = (0.5, 1.5)
UP_FOR_S = (0.0, 2.5)


class Machine:
    """What survives a crash: the data directory, and what time it is."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(home=home, port=free_port("127.0.0.1"), dagster="off", lease=LEASE)
        noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
        self.moments = [noon + STEP * number for number in range(1, MOMENTS + 1)]
        self.struck = 0
        self.database = sqlalchemy.create_engine(embedded_postgres(self.settings).url(), poolclass=sqlalchemy.NullPool)

    def clock(self, moments: list[datetime]) -> subprocess.Popen[str]:
        """A process that lets these moments come as fast as it can do what is due at each."""
        url = self.database.url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "tests.billing.clockwork", url]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert process.stdin is not None
        process.stdin.write("".join(f"{moment.isoformat()}\n" for moment in moments))
        process.stdin.flush()
        return process

    def strike(self, moments: list[datetime]) -> None:
        with self.clock(moments) as clock:
            clock.communicate()
        assert clock.returncode == 0

    def run_until_the_crash(self, chance: random.Random) -> None:
        with background.stack(self.settings) as started:
            assert started.ours is not None
            with self.clock(self.moments[self.struck : self.struck + STRIKES_A_RUN]) as clock:
                assert clock.stdout is not None
                assert clock.stdout.readline() == "ready\n"
                time.sleep(chance.uniform(*UP_FOR_S))
                pull_the_plug(started.ours.pid, clock.pid)
                said, _ = clock.communicate()
        self.struck += said.count("done")


@pytest.mark.timeout(3600)
def test_what_is_bought_between_crashes_is_there_once_and_billed_once(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    machine, chance = Machine(tmp_path_factory.mktemp("crash")), random.Random(20261123)
    over, orders, errors = threading.Event(), list[str](), list[BaseException]()
    with background.stack(machine.settings) as started:
        assert started.ours is not None
        credentials = started.credentials
        stack = Stack(started.url, credentials.api_key, credentials.user_id, machine.database, machine.settings, 0)
        pull_the_plug(started.ours.pid)

    def shop() -> None:
        try:
            while not over.is_set():
                orders.append(bought(stack, len(orders)))
                over.wait(chance.uniform(*PAUSE_S))
        except BaseException as error:
            errors.append(error)

    customer = threading.Thread(target=shop)
    customer.start()
    try:
        for _ in range(CRASHES - 1):
            machine.run_until_the_crash(chance)
        with background.stack(machine.settings):
            over.set()
            customer.join()
            machine.strike(machine.moments[machine.struck :])
            provided(machine)
            assert errors == []
            check(machine, orders)
    finally:
        over.set()
        customer.join()


def bought(stack: Stack, number: int) -> str:
    """One more subscription: to the repository first, to graphs from then on."""
    wanted: JsonObject = {"plan_name": "sec-advanced"}
    if number:
        wanted = {"plan_name": "large", "resource_config": {"graph_name": f"graph {number}"}}
    with Persistent(stack) as user:
        key = {"Idempotency-Key": f"order:{number}"}
        order_id: str = user.ask("POST", "/billing/subscriptions", json=wanted, headers=key).json()["id"]
        return order_id


def provided(machine: Machine) -> None:
    """Minutes pass until nobody waits any more; hours must not."""
    waiting = text("SELECT count(*) FROM subscriptions WHERE status <> 'active'")
    ends_at, at = time.monotonic() + PATIENCE_S, machine.moments[-1]
    while True:
        at += timedelta(minutes=1)
        machine.strike([at])
        with machine.database.connect() as connection:
            if not connection.execute(waiting).scalar_one():
                return
        assert time.monotonic() < ends_at, "somebody waits in vain"


def check(machine: Machine, orders: list[str]) -> None:
    end = machine.moments[-1]
    with Session(machine.database) as session:
        found = list(session.scalars(select(Subscription)))
        lines = Counter(session.scalars(select(InvoiceLine.key).where(InvoiceLine.key.like("subscription:%"))))
        given = Counter(session.scalars(select(CreditTransfer.transfer_id).where(CreditTransfer.kind == "allocation")))
        graphs = Counter(session.scalars(select(Graph.id).where(Graph.is_repository.is_(False))))
        numbers = list(session.scalars(text("SELECT number FROM invoices ORDER BY number")))
    with Session(machine.database) as session:
        assert check_ledger(session).problems == []
    paid = [subscription for subscription in found if subscription.resource_type != "organization"]
    assert len(orders) > CRASHES
    assert sorted(subscription.id for subscription in paid) == sorted(orders)
    assert {subscription.status for subscription in found} == {"active"}
    mine = [str(subscription.resource_id) for subscription in paid if subscription.resource_type == "graph"]
    assert graphs == Counter(mine)
    assert lines == Counter(f"subscription:{one.id}:{day}" for one in paid for day in begun(one.anchor, end))
    assert given == Counter(f"allocation:{one.id}:{day}" for one in found for day in begun(one.anchor, end))
    assert numbers == [f"INV-{number:06}" for number in range(1, len(numbers) + 1)]
