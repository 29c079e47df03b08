"""The files that a graph is given: what did not change is neither written otherwise nor staged again."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from knowledger.domain.banking.rows import ConnectionFacts
from knowledger.domain.banking.values import BankAccount, BankTransaction
from knowledger.domain.connections.feeding import files_of
from knowledger.domain.connections.tables import ROWS_A_FILE, RowsFile, write_state, write_tables
from tests.connections.asking import ask
from tests.connections.conftest import Fed
from tests.connections.customers import customer, spending
from tests.stand_ins.plaid import PlaidStandIn

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FACTS = ConnectionFacts("conn", "plaid", "ins", "Bank", None, NOW, NOW)
EVERYDAY = BankAccount("acc", "Everyday")
COUNT = "MATCH (t:BankTransaction) RETURN count(*), list_sum(collect(t.amount))"


def bought(number: int) -> BankTransaction:
    day = date(2026, 1, 1) + timedelta(days=number % 300)
    return BankTransaction(f"t{number}", "acc", Decimal(number % 9_973) / 100, day, f"SHOP {number % 7}")


def written(directory: Path, transactions: list[BankTransaction]) -> dict[str, RowsFile]:
    directory.mkdir()
    state = write_state(directory / "state", transactions)
    tables = write_tables(directory, state, [EVERYDAY], [EVERYDAY], FACTS, keeps_books=False)
    return {file.path.name: file for file in tables.files}


def test_rows_that_come_later_leave_the_files_before_them_as_they_were(tmp_path: Path) -> None:
    many = [bought(number) for number in range(ROWS_A_FILE + 5)]
    first, second = "conn.BankTransaction.jsonl.zst", "conn.BankTransaction.2.jsonl.zst"
    before = written(tmp_path / "before", many)
    after = written(tmp_path / "after", [*many, bought(ROWS_A_FILE + 5)])
    assert [(file.rows, after[name].rows) for name, file in before.items() if file.table == "BankTransaction"] == [
        (ROWS_A_FILE, ROWS_A_FILE),
        (5, 6),
    ]
    assert before[first].path.read_bytes() == after[first].path.read_bytes()
    assert before[second].path.read_bytes() != after[second].path.read_bytes()


def test_a_table_without_rows_is_no_file(tmp_path: Path) -> None:
    assert {file.table for file in written(tmp_path / "none", []).values()} == {
        "Institution",
        "Connection",
        "BankAccount",
    }


def stagings(fed: Fed, graph_id: str, connection_id: str) -> dict[str, str]:
    """By the files' names, without the connection's."""
    with fed.sessions() as session:
        found = files_of(session, graph_id, connection_id)
    return {file.name.partition(".")[2]: file.staging_id or "" for file in found}


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_only_files_that_changed_are_staged_again(fed: Fed, stand_in: PlaidStandIn) -> None:
    graph_id = fed.new_graph()
    connection_id, first = fed.link(graph_id, customer(("TEA", 12.5)))
    item_id = fed.connection(graph_id, connection_id).item_id
    new = [spending(stand_in.bank, item_id, "SHOP", 1) for _ in range(ROWS_A_FILE)]
    stand_in.bank.change(item_id, there=new)
    assert fed.run(first).status == "completed"
    before = stagings(fed, graph_id, connection_id)
    assert "BankTransaction.2.jsonl.zst" in before

    stand_in.bank.change(item_id, there=[spending(stand_in.bank, item_id, "SHOP", 2)])
    assert fed.sync(graph_id, connection_id)["added"] == 1
    after = stagings(fed, graph_id, connection_id)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"Connection.jsonl.zst", "BankTransaction.2.jsonl.zst"}
    assert ask(fed.graph_file(graph_id), COUNT) == [(ROWS_A_FILE + 2, Decimal("10014.50"))]
    assert fed.sync(graph_id, connection_id)["generation_id"] is None

    stand_in.bank.change(item_id, gone=[str(one["transaction_id"]) for one in new[:10]])
    assert fed.sync(graph_id, connection_id)["removed"] == 10
    assert "BankTransaction.2.jsonl.zst" not in stagings(fed, graph_id, connection_id)
    assert ask(fed.graph_file(graph_id), COUNT) == [(ROWS_A_FILE - 8, Decimal("10004.50"))]
