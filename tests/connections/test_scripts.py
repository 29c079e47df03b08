"""Whatever happens at a bank and on the way, the end is what a first reading of the bank gives.

A thousand random scripts of changes, errors and lost attempts go through reading, applying and writing, by the real
SDK over a socket; some more go through whole operations, with database, engines and webhooks.
"""

import random
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from shutil import copy

import pytest

from knowledger.adapters.plaid import PlaidFeed
from knowledger.domain.banking.changes import Counts
from knowledger.domain.banking.rows import ConnectionFacts
from knowledger.domain.banking.values import BankAccount, BankTransaction
from knowledger.domain.connections.fetch import fetch
from knowledger.domain.connections.state import read_state
from knowledger.domain.connections.tables import write_state, write_tables
from knowledger.domain.operations.progress import result_of
from knowledger.examples.plaid_sandbox.bank import Bank
from knowledger.examples.plaid_sandbox.problems import broken, mutated, too_often
from knowledger.examples.plaid_sandbox.server import CLIENT_ID, SECRET
from knowledger.kernel.errors import KnowledgerError
from tests.connections.asking import ask
from tests.connections.conftest import HASTE, Fed
from tests.connections.customers import customer, spending
from tests.stand_ins.plaid import PlaidStandIn

SCRIPTS = 1_000
WHOLE_SCRIPTS = 8
EVERYTHING = (
    "MATCH (a:BankAccount)-[:HAS_BANK_TRANSACTION]->(t:BankTransaction) "
    "RETURN t.bank_transaction_id AS id, t.amount, t.description, t.is_pending, a.bank_account_id ORDER BY id"
)
FACTS = ConnectionFacts("conn", "plaid", "ins", "Bank", None, datetime.now(UTC), datetime.now(UTC))


def one_thing(chance: random.Random, bank: Bank, item_id: str) -> None:
    """Something comes, changes, goes, or is booked."""
    there = bank.transactions(item_id)
    new = partial(spending, bank, item_id, f"N{chance.randrange(1000)}", round(chance.uniform(-99, 99), 2))
    match chance.choice(("add", "add", "modify", "remove", "book", "again")):
        case "modify" if there:
            bank.change(item_id, there=[{**chance.choice(there), "amount": round(chance.uniform(-99, 99), 2)}])
        case "remove" if there:
            bank.change(item_id, gone=[str(chance.choice(there)["transaction_id"])])
        case "again" if there:
            again = chance.choice(there)
            bank.change(item_id, gone=[str(again["transaction_id"])])
            bank.change(item_id, there=[again])
        case "book" if pending := [item for item in there if item["pending"]]:
            bank.change(item_id, there=[new(books=str(pending[0]["transaction_id"]))])
            bank.change(item_id, gone=[str(pending[0]["transaction_id"])])
        case _:
            bank.change(item_id, there=[new(pending=chance.random() < 0.3)])


def troubles(chance: random.Random, stand_in: PlaidStandIn, item_id: str) -> None:
    """What the next pages meet: nothing, an error, or something that happens between them."""
    between = partial(one_thing, chance, stand_in.bank, item_id)
    kinds = (None, None, too_often(), broken(), mutated(), between)
    stand_in.api.happenings.clear()
    stand_in.api.happenings.extend(chance.choice(kinds) for _ in range(chance.randrange(4)))


@dataclass
class Books:
    """What is stored of a bank: the state as of a cursor."""

    directory: Path
    cursor: str | None = None
    state: Path | None = None
    accounts: tuple[BankAccount, ...] = ()

    def attempt(self, feed: PlaidFeed, token: str, *, is_lost: bool) -> None:
        """As a sync: all of it, or nothing where the attempt is lost before its commit."""
        fetched = result_of(fetch(feed, token, self.cursor, HASTE))
        new = write_state(self.directory / "new.zst", fetched.changes.applied_to(read_state(self.state), Counts()))
        written = write_tables(self.directory, new, self.accounts, fetched.accounts, FACTS, keeps_books=True)
        if is_lost:
            return
        self.state = Path(copy(new.path, self.directory / "state.zst"))
        self.cursor, self.accounts = fetched.cursor, written.accounts


def in_order(transactions: Iterable[BankTransaction]) -> list[BankTransaction]:
    return sorted(transactions, key=lambda item: item.transaction_id)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_thousand_scripts_end_as_a_first_reading(stand_in: PlaidStandIn, tmp_path: Path) -> None:
    feed = PlaidFeed(stand_in.url, CLIENT_ID, SECRET)
    lost = refused = 0
    for number in range(SCRIPTS):
        chance = random.Random(number)
        item = feed.exchange(feed.public_token("ins_test", customer(("TEA", 1), ("PAY", -2.5)), None))
        books = Books(tmp_path)
        books.attempt(feed, item.access_token, is_lost=False)
        for _ in range(chance.randrange(1, 5)):
            for _ in range(chance.randrange(4)):
                one_thing(chance, stand_in.bank, item.item_id)
            troubles(chance, stand_in, item.item_id)
            is_lost = chance.random() < 0.25
            try:
                books.attempt(feed, item.access_token, is_lost=is_lost)
                lost += is_lost
            except KnowledgerError:
                refused += 1
        stand_in.api.happenings.clear()
        books.attempt(feed, item.access_token, is_lost=False)
        afresh = result_of(fetch(feed, item.access_token, None, HASTE)).changes.there.values()
        assert in_order(read_state(books.state)) == in_order(afresh), f"script {number}"
        assert len(afresh) == len(stand_in.bank.transactions(item.item_id))
    assert min(lost, refused) > SCRIPTS / 10


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whole_syncs_end_as_a_clean_replay(fed: Fed, stand_in: PlaidStandIn) -> None:
    for number in range(WHOLE_SCRIPTS):
        chance = random.Random(number)
        graph_id = fed.new_graph()
        connection_id, first = fed.link(graph_id, customer(("TEA", 1), ("PAY", -2.5)))
        fed.run(first)
        item_id = fed.connection(graph_id, connection_id).item_id
        for _ in range(chance.randrange(1, 4)):
            one_thing(chance, stand_in.bank, item_id)
            troubles(chance, stand_in, item_id)
            news = {fed.submit(graph_id, connection_id) for _ in range(3)}
            assert len(news) == 1
            with suppress(KnowledgerError):
                fed.run(news.pop())
        stand_in.api.happenings.clear()
        fed.sync(graph_id, connection_id)
        assert _said(fed, graph_id) == _replayed(fed, graph_id, connection_id)


def _said(fed: Fed, graph_id: str) -> list[tuple[object, ...]]:
    return ask(fed.graph_file(graph_id), EVERYTHING)


def _replayed(fed: Fed, graph_id: str, connection_id: str) -> list[tuple[object, ...]]:
    """The same connection in another graph, from the first page on."""
    clean = fed.new_graph()
    with fed.sessions.begin() as session:
        connection = session.merge(fed.connection(graph_id, connection_id))
        connection.graph_id, connection.cursor, connection.state_key, connection.staging_ids = clean, None, None, []
    fed.sync(clean, connection_id, cause="replay")  # behind none of this graph, it would pass for the first one
    return _said(fed, clean)
