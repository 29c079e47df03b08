"""A household's bank feed, invented: two accounts and a card, five months with two refunds, the same at every run."""

import csv
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from knowledger.domain.graphs.extension import compose
from tests.agents.graphs import SealedGraph, seal

CATEGORIES = [
    ("food", "Food", "", "expense"),
    ("groceries", "Groceries", "food", "expense"),
    ("restaurants", "Restaurants", "food", "expense"),
    ("rent", "Rent", "", "expense"),
    ("transport", "Transport", "", "expense"),
    ("utilities", "Utilities", "", "expense"),
    ("software", "Software", "", "expense"),
    ("salary", "Salary", "", "income"),
    ("interest", "Interest", "", "income"),
    ("transfer", "Transfer", "", "transfer"),
]
MERCHANTS = [
    ("m1", "Green Grocer", "groceries"),
    ("m2", "Corner Market", "groceries"),
    ("m3", "Pasta House", "restaurants"),
    ("m4", "City Transit", "transport"),
    ("m5", "Brightwater Electric", "utilities"),
    ("m6", "Northwind Software", "software"),
    ("m7", "Harbour Estates", "rent"),
    ("m8", "Acme Manufacturing", "salary"),
]
ACCOUNTS = [
    ("a1", "Everyday Checking", "depository", "checking", "4318.22", "4218.22"),
    ("a2", "Rainy Day Savings", "depository", "savings", "12050.00", "12050.00"),
    ("a3", "Travel Card", "credit", "credit card", "640.15", "4359.85"),
]


def tables() -> dict[str, list[dict[str, str]]]:
    chance = random.Random(7)
    moved: list[dict[str, str]] = []

    def add(account: str, day: date, cents: int, merchant: str, category: str, text: str, **more: str) -> str:
        name = f"t{len(moved) + 1:04}"
        moved.append(
            {
                "bank_transaction_id": name,
                "bank_account_id": account,
                "merchant_id": merchant,
                "category_id": category,
                "amount": str(Decimal(cents) / 100),
                "currency": "USD",
                "posted_on": str(day),
                "description": text,
                "is_pending": "false",
                "transfer_transaction_id": "",
                **more,
            }
        )
        return name

    for month in range(1, 6):
        add("a1", date(2025, month, 1), 145000, "m7", "rent", "RENT")
        add("a1", date(2025, month, 25), -(320000 + month * 1000), "m8", "salary", "PAYROLL")
        add("a2", date(2025, month, 28), -(512 + month), "", "interest", "INTEREST")
        add("a1", date(2025, month, 6), 4999, "m6", "software", "SUBSCRIPTION")
        add("a1", date(2025, month, 12), chance.randint(6000, 14000), "m5", "utilities", "ELECTRIC")
        for _ in range(chance.randint(5, 9)):
            merchant, category = chance.choice(
                [("m1", "groceries"), ("m2", "groceries"), ("m3", "restaurants"), ("m4", "transport")]
            )
            account = chance.choice(["a1", "a3"])
            add(
                account,
                date(2025, month, chance.randint(1, 28)),
                chance.randint(350, 18000),
                merchant,
                category,
                merchant.upper(),
            )
        sent = add("a1", date(2025, month, 26), 50000, "", "transfer", "TO SAVINGS")
        add("a2", date(2025, month, 26), -50000, "", "transfer", "FROM CHECKING", transfer_transaction_id=sent)
    add("a3", date(2025, 3, 29), -4321, "m1", "groceries", "GREEN GROCER REFUND")
    add("a1", date(2025, 4, 29), -1299, "m6", "software", "SUBSCRIPTION REFUND")
    add("a1", date(2025, 5, 31), 9999, "m1", "groceries", "PENDING", is_pending="true")
    return {
        "Institution": [{"institution_id": "i1", "name": "First Platypus Bank"}],
        "Category": [
            {"category_id": c, "name": n, "parent_category_id": p, "direction": d} for c, n, p, d in CATEGORIES
        ],
        "Merchant": [{"merchant_id": m, "name": n, "category_id": c} for m, n, c in MERCHANTS],
        "BankAccount": [
            {
                "bank_account_id": a,
                "institution_id": "i1",
                "name": n,
                "account_kind": k,
                "account_subkind": s,
                "currency": "USD",
                "current_balance": b,
                "available_balance": v,
                "balance_at": "2025-05-31T12:00:00Z",
            }
            for a, n, k, s, b, v in ACCOUNTS
        ],
        "BankTransaction": moved,
    }


def write(directory: Path) -> dict[str, Path]:
    files = {}
    for name, rows in tables().items():
        files[name] = directory / f"{name}.csv"
        with files[name].open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return files


def graph(directory: Path) -> SealedGraph:
    return seal(directory, compose(["banking"]), write(directory))


def table(directory: Path) -> duckdb.DuckDBPyConnection:
    """Every file as a view of all text, and `Moved`: what is booked, with its amount as a number."""
    connection = duckdb.connect()
    for name, path in write(directory).items():
        connection.execute(
            f"CREATE VIEW \"{name}\" AS SELECT * FROM read_csv('{path}', header = true, all_varchar = true)"
        )
    connection.execute("""
        CREATE VIEW Moved AS
        SELECT t.* REPLACE (CAST(t.amount AS DECIMAL(18,2)) AS amount, CAST(t.posted_on AS DATE) AS posted_on),
               strftime(CAST(t.posted_on AS DATE), '%Y-%m') AS month, m.name AS merchant, c.name AS category,
               c.parent_category_id AS parent, c.direction AS direction
        FROM BankTransaction t LEFT JOIN Merchant m USING (merchant_id)
        LEFT JOIN Category c ON c.category_id = t.category_id WHERE t.is_pending = 'false'
    """)
    return connection
