"""The household of the example bank as its feed fills a graph, and what the bank says as a table."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from knowledger.adapters.plaid_wire import account, transaction
from knowledger.domain.banking.rows import (
    ConnectionFacts,
    Mentioned,
    account_rows,
    category_rows,
    connection_rows,
    institution_rows,
    merchant_rows,
    transaction_row,
)
from knowledger.domain.graphs.extension import compose
from knowledger.examples.plaid_sandbox.seed import accounts_of, shipped, transactions_of
from knowledger.kernel.json import JsonObject
from tests.agents.graphs import TODAY, SealedGraph, seal

HOUSEHOLD, WORKSHOP = "ins_example_1", "ins_example_2"


class Told:
    """What the bank tells of a customer's accounts and of two years, up to today."""

    def __init__(self, customer_id: str = HOUSEHOLD, today: date = TODAY) -> None:
        customer = shipped()[customer_id]
        self.customer_id = customer_id
        self.name = str(customer["name"])
        self.accounts: list[JsonObject] = []
        self.transactions: list[JsonObject] = []
        for shown, override in accounts_of(customer):
            self.accounts.append(shown)
            self.transactions += transactions_of(str(shown["account_id"]), override, today)


def graph(directory: Path, told: Told) -> SealedGraph:
    facts = ConnectionFacts(
        "conn_1",
        "plaid",
        told.customer_id,
        told.name,
        None,
        datetime.combine(TODAY, datetime.min.time(), UTC),
        datetime.combine(TODAY, datetime.min.time(), UTC),
    )
    mentioned = Mentioned()
    moved = [transaction(_read(item)) for item in told.transactions]
    for one in moved:
        mentioned.note(one)
    rows: dict[str, Iterable[JsonObject]] = {
        "Institution": institution_rows(facts),
        "Connection": connection_rows(facts),
        "BankAccount": account_rows([account(_read(item)) for item in told.accounts], facts),
        "Category": category_rows(mentioned),
        "Merchant": merchant_rows(mentioned),
        "BankTransaction": (transaction_row(one, set()) for one in moved),
    }
    return seal(directory, compose(["banking"]), {name: _write(directory, name, rows[name]) for name in rows})


def table(told: Told) -> duckdb.DuckDBPyConnection:
    """`moved`: each transaction with its account, as the bank tells it; positive is money out."""
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE moved(day DATE, month TEXT, amount DECIMAL(18,2), name TEXT, merchant TEXT, wide TEXT, "
        "fine TEXT, account TEXT, channel TEXT)"
    )
    names = {item["account_id"]: item["name"] for item in told.accounts}
    for item in told.transactions:
        category: Any = item["personal_finance_category"]
        values = [
            item["date"], str(item["date"])[:7], str(item["amount"]), item["name"], item["merchant_name"],
            category["primary"], category["detailed"], names[item["account_id"]], item["payment_channel"],
        ]  # fmt: skip
        connection.execute("INSERT INTO moved VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    connection.execute(
        "CREATE VIEW spent AS SELECT * FROM moved WHERE wide NOT IN ('INCOME', 'TRANSFER_IN', "
        "'TRANSFER_OUT', 'LOAN_PAYMENTS', 'LOAN_DISBURSEMENTS')"
    )
    connection.execute("CREATE VIEW earned AS SELECT * REPLACE (-amount AS amount) FROM moved WHERE wide = 'INCOME'")
    return connection


def _read(item: JsonObject) -> dict[str, Any]:
    """As it comes over the wire: amounts are exact."""
    read: dict[str, Any] = json.loads(json.dumps(item), parse_float=Decimal)
    return read


def _write(directory: Path, name: str, rows: Iterable[JsonObject]) -> Path:
    path = directory / f"{name}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path
