"""Schemas over the wire: a graph created from an export is equal, and what is checked may build on what is there."""

from knowledger.client import Client
from knowledger.client.json import JsonObject

BUDGET: JsonObject = {
    "nodes": [
        {
            "name": "Budget",
            "key": ["budget_id"],
            "properties": [{"name": "budget_id", "type": "string"}, {"name": "account_id", "type": "string"}],
        }
    ],
    "relationships": [
        {"name": "PLANS", "from": "Budget", "to": "Account", "source": "Budget", "to_columns": ["account_id"]}
    ],
}


def test_a_graph_created_from_an_export_is_equal(client: Client) -> None:
    graph = client.graphs.create("Books", extensions=["ledger"]).result(timeout=60)
    graph.schema.extend(BUDGET)
    exported = graph.schema.export()
    schema = exported["schema"]
    assert isinstance(schema, dict)
    again = client.graphs.create("Again", schema=schema).result(timeout=60)
    assert again.schema.export() == exported
    assert (graph.record().extensions, again.record().extensions) == (("base", "ledger"), ())


def test_a_schema_is_checked_beside_extensions_and_as_an_addition(client: Client) -> None:
    empty = client.graphs.create("Empty").result(timeout=60)
    assert empty.schema.validate(BUDGET).valid is False
    verdict = empty.schema.validate(BUDGET, extensions=["ledger"])
    assert (verdict.valid, verdict.fits) == (True, False)
    assert verdict.conflicts[0].problem == "there is no node type 'Account'"
    books = client.graphs.create("Books", extensions=["ledger"]).result(timeout=60)
    assert (books.schema.validate(BUDGET).valid, books.schema.validate(BUDGET).fits) == (True, True)
