"""The books that are shipped are good books, before any graph is made of them."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from knowledger.domain.graphs.extension import compose
from knowledger.engine.guard.cypher import check_cypher
from tests.examples.accounting import ACCOUNTING, DATA, EXPECTED, QUERIES, books, rows

SCRIPT = Path(__file__).parents[2] / "scripts" / "make_accounting_data.py"
GENERATED = ["AccountingPeriod", "LineItem", "SHOWS_BALANCE", "Transaction", "TrialBalance"]
LEDGER = compose(["ledger"])


@pytest.fixture(scope="module")
def files() -> Iterator[duckdb.DuckDBPyConnection]:
    with books() as connection:
        yield connection


def none_of(files: duckdb.DuckDBPyConnection, statement: str) -> bool:
    return files.execute(statement).fetchall() == []


def header(path: Path) -> set[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return set(next(csv.reader(file)))


def test_the_script_writes_what_is_shipped(tmp_path: Path) -> None:
    copied = tmp_path / "scripts" / SCRIPT.name
    made = tmp_path / "src" / "knowledger" / "examples" / "accounting" / "data"
    copied.parent.mkdir()
    made.mkdir(parents=True)
    copied.write_bytes(SCRIPT.read_bytes())
    subprocess.run([sys.executable, str(copied)], check=True, timeout=30)
    assert sorted(path.stem for path in made.iterdir()) == GENERATED
    assert all(path.read_bytes() == (DATA / path.name).read_bytes() for path in made.iterdir())


def test_every_file_fits_its_table() -> None:
    columns = {node.name: {item.name for item in node.properties} for node in LEDGER.nodes}
    columns["SHOWS_BALANCE"] = {
        name
        for relationship in LEDGER.relationships
        if relationship.name == "SHOWS_BALANCE"
        for name in (
            *relationship.from_columns,
            *relationship.to_columns,
            *(item.name for item in relationship.properties),
        )
    }
    assert {path.stem for path in DATA.glob("*.csv") if not header(path) <= columns[path.stem]} == set()


def test_every_transaction_balances(files: duckdb.DuckDBPyConnection) -> None:
    unbalanced = "SELECT transaction_id FROM Posting GROUP BY ALL HAVING sum(debit) <> sum(credit)"
    assert none_of(files, unbalanced)
    assert none_of(files, 'SELECT transaction_id FROM "Transaction" ANTI JOIN LineItem USING (transaction_id)')


def test_every_line_has_one_side(files: duckdb.DuckDBPyConnection) -> None:
    assert none_of(files, "SELECT * FROM Posting WHERE least(debit, credit) <> 0 OR greatest(debit, credit) <= 0")


def test_every_line_finds_its_transaction_and_an_account_that_may_be_posted_to(
    files: duckdb.DuckDBPyConnection,
) -> None:
    assert (
        files.execute("SELECT count(*) FROM Posting").fetchall()
        == files.execute("SELECT count(*) FROM LineItem").fetchall()
    )
    posted_to_headings = "SELECT code FROM LineItem JOIN Account USING (account_id) WHERE is_active <> 'true'"
    assert none_of(files, posted_to_headings)


def test_every_transaction_is_in_the_period_of_its_day(files: duckdb.DuckDBPyConnection) -> None:
    assert none_of(
        files,
        'SELECT transaction_id FROM "Transaction" t ANTI JOIN AccountingPeriod p '
        "ON t.accounting_period_id = p.accounting_period_id AND t.transaction_date BETWEEN p.start_date AND p.end_date",
    )


def test_bank_and_till_are_never_overdrawn(files: duckdb.DuckDBPyConnection) -> None:
    held = """
        SELECT code, day, sum(sum(debit - credit)) OVER (PARTITION BY code ORDER BY day) AS balance
        FROM Posting WHERE account_subtype = 'cash' GROUP BY code, day
    """
    assert none_of(files, f"SELECT code, day FROM ({held}) WHERE balance < 0")


def test_nobody_pays_more_than_they_owe(files: duckdb.DuckDBPyConnection) -> None:
    assert none_of(
        files,
        "SELECT document_number FROM Posting WHERE account_subtype = 'receivable' "
        "GROUP BY ALL HAVING sum(debit) < sum(credit)",
    )


def test_the_trial_balances_are_those_of_the_line_items(files: duckdb.DuckDBPyConnection) -> None:
    posted = """
        SELECT trial_balance_id, account_id,
               coalesce(sum(debit - credit) FILTER (day < date_trunc('month', CAST(as_of AS DATE))), 0) AS opening,
               coalesce(sum(debit) FILTER (day >= date_trunc('month', CAST(as_of AS DATE))), 0) AS debits,
               coalesce(sum(credit) FILTER (day >= date_trunc('month', CAST(as_of AS DATE))), 0) AS credits,
               sum(debit - credit) AS closing
        FROM TrialBalance JOIN Posting ON day <= CAST(as_of AS DATE) GROUP BY ALL ORDER BY ALL
    """
    shown = """
        SELECT trial_balance_id, account_id, CAST(opening_balance AS DECIMAL(18,2)), CAST(debits AS DECIMAL(18,2)),
               CAST(credits AS DECIMAL(18,2)), CAST(closing_balance AS DECIMAL(18,2))
        FROM SHOWS_BALANCE ORDER BY ALL
    """
    assert files.execute(posted).fetchall() == files.execute(shown).fetchall()
    sums = """
        SELECT trial_balance_id FROM TrialBalance JOIN SHOWS_BALANCE USING (trial_balance_id)
        GROUP BY trial_balance_id, total_debit, total_credit
        HAVING sum(greatest(CAST(closing_balance AS DECIMAL(18,2)), 0)) <> CAST(total_debit AS DECIMAL(18,2))
            OR sum(least(CAST(closing_balance AS DECIMAL(18,2)), 0)) <> -CAST(total_credit AS DECIMAL(18,2))
    """
    assert none_of(files, sums)


def test_assets_are_what_is_owed_put_in_and_earned(files: duckdb.DuckDBPyConnection) -> None:
    assert rows(files, EXPECTED["balance_sheet_sum"]) == [
        {
            "assets": "132892.16",
            "liabilities": "70933.35",
            "equity": "60000.00",
            "profit": "1958.81",
            "difference": "0.00",
        }
    ]
    assert none_of(files, "SELECT 1 FROM Posting HAVING sum(debit) <> sum(credit)")


def test_every_query_may_be_asked_begins_with_what_it_is_and_is_told_of() -> None:
    told = (ACCOUNTING / "README.md").read_text(encoding="utf-8")
    queries = {path.stem: path.read_text(encoding="utf-8") for path in QUERIES.glob("*.cypher")}
    assert sorted(queries) == sorted(EXPECTED)
    for name, query in queries.items():
        check_cypher(query)
        assert query.startswith("// ")
        assert f"| `{name}` |" in told
