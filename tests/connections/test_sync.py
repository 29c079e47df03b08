"""A sync: what is at the bank is in the graph, changes and deletions included, by one commit with the cursor."""

from decimal import Decimal

import pytest

from knowledger.domain.connections.disconnect import disconnect
from knowledger.examples.plaid_sandbox.problems import broken
from tests.connections.asking import ask
from tests.connections.conftest import Fed
from tests.connections.customers import customer, spending
from tests.stand_ins.plaid import PlaidStandIn

ALL = "MATCH (t:BankTransaction) RETURN t.description, t.amount, t.is_pending ORDER BY t.description"
BOOKS = "MATCH (t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem) RETURN t.description, l.debit, l.credit"


def test_a_linked_bank_is_in_the_graph(fed: Fed) -> None:
    graph_id = fed.new_graph()
    _, first = fed.link(graph_id, customer(("TEA", 12.5), ("PAY", -900)))
    assert fed.run(first).status == "completed"
    there = [("PAY", Decimal("-900.00"), False), ("TEA", Decimal("12.50"), False)]
    assert ask(fed.graph_file(graph_id), ALL) == there


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_graph_stays_what_the_bank_says(fed: Fed, stand_in: PlaidStandIn) -> None:
    graph_id = fed.new_graph()
    connection_id, first = fed.link(graph_id, customer(("TEA", 12.5), ("PAY", -900)), keeps_books=True)
    assert fed.run(first).status == "completed"
    item_id = fed.connection(graph_id, connection_id).item_id
    pending = spending(stand_in.bank, item_id, "SHOP", 20, pending=True)
    stand_in.bank.change(item_id, there=[pending])
    assert fed.sync(graph_id, connection_id)["added"] == 1
    tea, pay = Decimal("12.50"), Decimal("-900.00")
    expected = [("PAY", pay, False), ("SHOP", Decimal("20.00"), True), ("TEA", tea, False)]
    assert ask(fed.graph_file(graph_id), ALL) == expected
    lines = {(name, debit - credit) for name, debit, credit in ask(fed.graph_file(graph_id), BOOKS)}  # type: ignore[operator]
    assert lines == {("TEA", tea), ("TEA", -tea), ("PAY", pay), ("PAY", -pay)}

    booked = spending(stand_in.bank, item_id, "SHOP BOOKED", 21.5, books=str(pending["transaction_id"]))
    known = next(item for item in stand_in.bank.transactions(item_id) if item["name"] == "PAY")
    stand_in.bank.change(item_id, there=[booked, {**known, "amount": -950}], gone=[str(pending["transaction_id"])])
    done = fed.sync(graph_id, connection_id)
    assert (done["added"], done["modified"], done["removed"], done["rows_rejected"]) == (1, 1, 1, 0)
    expected = [("PAY", Decimal("-950.00"), False), ("SHOP BOOKED", Decimal("21.50"), False), ("TEA", tea, False)]
    assert ask(fed.graph_file(graph_id), ALL) == expected

    assert fed.sync(graph_id, connection_id)["generation_id"] is None
    removed = disconnect(fed.sessions, fed.deps.banks, graph_id, connection_id, fed.access, forget=False)
    assert (removed.ended_at_bank, removed.accounts_kept, removed.transactions_kept) == (True, 1, 3)
    assert ask(fed.graph_file(graph_id), ALL) == expected


def test_a_sync_that_fails_leaves_the_cursor(fed: Fed, stand_in: PlaidStandIn) -> None:
    graph_id = fed.new_graph()
    connection_id, first = fed.link(graph_id, customer(("TEA", 12.5)))
    stand_in.api.happenings.append(broken())
    failed = fed.run(first)
    assert (failed.status, failed.error and failed.error["code"]) == ("failed", "BankFeedUnavailable")
    assert fed.connection(graph_id, connection_id).cursor is None


def test_a_bank_that_wants_its_customer_fails_the_sync_and_marks_the_connection(
    fed: Fed, stand_in: PlaidStandIn
) -> None:
    graph_id = fed.new_graph()
    connection_id, first = fed.link(graph_id, customer(("TEA", 12.5)))
    stand_in.bank.change(fed.connection(graph_id, connection_id).item_id, login=False)
    failed = fed.run(first)
    assert failed.error is not None
    assert failed.error["code"] == "BankSignInRequired"
    assert fed.connection(graph_id, connection_id).status == "sign_in_required"
