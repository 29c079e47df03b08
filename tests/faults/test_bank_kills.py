"""Kill anything while a bank's changes come in: the graph ends as the bank is."""

import random
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx
import pytest

from knowledger.adapters.plaid import PlaidFeed
from knowledger.examples.plaid_sandbox.bank import Item
from knowledger.examples.plaid_sandbox.server import CLIENT_ID, SECRET
from knowledger.examples.plaid_sandbox.webhooks import webhook
from tests.connections.customers import customer
from tests.connections.test_scripts import one_thing, troubles
from tests.faults.conftest import LEASE
from tests.faults.load import Persistent
from tests.faults.parts import Parts
from tests.stack import Stack, running_stack
from tests.stand_ins.plaid import PlaidStandIn, plaid

KILLS = 12
VICTIMS = ("worker child", "worker child", "worker", "api", "postgres", "sandbox")
ALL = "MATCH (t:BankTransaction) RETURN t.bank_transaction_id AS id, t.amount AS amount"


@pytest.fixture
def bank() -> Iterator[PlaidStandIn]:
    with plaid() as server:
        yield server


@pytest.fixture
def stack(bank: PlaidStandIn, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    access = {"plaid_url": bank.url, "plaid_client_id": CLIENT_ID, "plaid_secret": SECRET}
    with running_stack(tmp_path_factory.mktemp("banks"), lease=LEASE, dagster="off", **access) as stack:
        yield stack


def test_a_banks_changes_survive_kills(stack: Stack, bank: PlaidStandIn, user: Persistent, parts: Parts) -> None:
    chance = random.Random(20260801)
    graph, connection_id, item = linked(user, bank)
    killed = 0
    while killed < KILLS:
        one_thing(chance, bank.bank, item.item_id)
        troubles(chance, bank, item.item_id)
        for _ in range(2):
            tell(stack, bank, item)
        time.sleep(chance.uniform(0.1, 1.5))
        killed += parts.kill(chance.choice(VICTIMS))
    bank.api.happenings.clear()
    while (last := synced(user, graph, connection_id)) != "completed":
        assert last == "failed", last
    answer = user.ask("POST", f"{graph}/query", json={"query": ALL}).json()["data"]
    there = bank.bank.transactions(item.item_id)
    expected = {one["transaction_id"]: f"{one['amount']:.2f}" for one in there}
    assert {row["id"]: row["amount"] for row in answer} == expected


def linked(user: Persistent, bank: PlaidStandIn) -> tuple[str, str, Item]:
    created = user.ask("POST", "/graphs", json={"name": "bank", "extensions": ["banking"]}).json()
    assert user.wait(created["operation_id"]) == "completed"
    graph = f"/graphs/{created['graph_id']}"
    feed = PlaidFeed(bank.url, CLIENT_ID, SECRET)
    token = feed.public_token("ins_test", customer(("TEA", 1), ("PAY", -2.5)), None)
    made = user.ask("POST", f"{graph}/connections/link/exchange", json={"public_token": token}).json()
    with bank.store.transaction() as link:
        row = link.execute("SELECT access_token FROM items").fetchone()
    return graph, made["connection"]["connection_id"], bank.bank.item(row["access_token"])


def synced(user: Persistent, graph: str, connection_id: str) -> str:
    asked = user.ask("POST", f"{graph}/connections/{connection_id}/sync").json()
    return user.wait(asked["operation_id"])


def tell(stack: Stack, bank: PlaidStandIn, item: Item) -> None:
    """A webhook, which may come to a server that is down."""
    headers, body = webhook(bank.store, item, "SYNC_UPDATES_AVAILABLE")
    with suppress(httpx.TransportError):
        httpx.post(f"{stack.url}/v1/webhooks/plaid", content=body, headers=headers, timeout=10)
