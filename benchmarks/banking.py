"""A bank's first sync and a later one, against reading its pages by Plaid's SDK alone."""

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from benchmarks.figure import Bench, Line
from benchmarks.units import count, seconds
from knowledger.adapters.plaid import PlaidFeed
from knowledger.client import Client
from knowledger.domain.connections.fetch import fetch
from knowledger.domain.operations.progress import result_of
from knowledger.examples.plaid_sandbox.bank import Bank
from knowledger.examples.plaid_sandbox.seed import transaction
from knowledger.examples.plaid_sandbox.server import CLIENT_ID, SECRET
from knowledger.kernel.json import JsonObject
from tests.stack import running_stack
from tests.stand_ins.plaid import plaid

CUSTOMER: JsonObject = {"override_accounts": [{"type": "depository", "subtype": "checking"}]}
LATER = 100
PATIENCE_S = 600.0


def measure(bench: Bench) -> Iterator[Line]:
    rows = bench.size(100_000, 5_000)
    with plaid() as stand_in:
        access = {"plaid_url": stand_in.url, "plaid_client_id": CLIENT_ID, "plaid_secret": SECRET}
        with (
            running_stack(bench.directory / "home", dagster="off", **access) as stack,
            Client(stack.url, stack.api_key) as kn,
        ):
            graph = kn.graphs.create("Bank", extensions=["banking"]).result(PATIENCE_S)
            feed = PlaidFeed(stand_in.url, CLIENT_ID, SECRET)
            token = feed.public_token("ins_test", CUSTOMER, None)
            linked = graph.connections.exchange(token)
            assert linked.connection is not None
            assert linked.operation is not None
            connection_id = linked.connection.connection_id
            graph.connections.following(linked.operation.operation_id).wait(PATIENCE_S)
            item_id, access_token = _item(stand_in.bank)
            _spend(stand_in.bank, item_id, rows)
            raw = _timed(lambda: result_of(fetch(feed, access_token, None)))
            first = _timed(lambda: graph.connections.sync(connection_id).result(PATIENCE_S))
            _spend(stand_in.bank, item_id, LATER)
            later = _timed(lambda: graph.connections.sync(connection_id).result(PATIENCE_S))
            done = graph.connections.get(connection_id)
    assert done.transactions == rows + LATER
    what = f"sync of {count(rows)} transactions, from the request to the graph that has them; raw: the SDK's pages"
    yield Line(what, seconds(first), seconds(raw), f"{first / raw:.2f} ×")
    yield Line(f"a later sync of {LATER} more", seconds(later))


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _item(bank: Bank) -> tuple[str, str]:
    with bank.store.transaction() as link:
        row = link.execute("SELECT item_id, access_token FROM items").fetchone()
    return row["item_id"], row["access_token"]


def _spend(bank: Bank, item_id: str, rows: int) -> None:
    with bank.store.transaction() as link:
        account_id = link.execute("SELECT account_id FROM accounts WHERE item_id = ?", (item_id,)).fetchone()[0]
    bank.change(
        item_id,
        there=(
            transaction(
                account_id,
                amount=number % 9_973 / 100,
                name=f"SHOP {number % 500}",
                on=date(2026, 1, 1) + timedelta(days=number % 300),
                merchant=f"Shop {number % 500}",
            )
            for number in range(rows)
        ),
    )
