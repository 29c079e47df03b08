"""A schema is judged alone, beside extensions, and as an addition to a graph's."""

from knowledger.domain.graphs.evolve import judge
from knowledger.domain.graphs.extension import compose
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.json import JsonObject
from tests.graphs.schemas import node

LEDGER = compose(["ledger"])
NOTHING = GraphSchema()
ON_ACCOUNTS: JsonObject = {
    "nodes": [node("Budget", account_id="string")],
    "relationships": [{"name": "FOR", "from": "Budget", "to": "Account"}],
}


def test_an_addition_may_build_on_the_graphs_types() -> None:
    verdict = judge(ON_ACCOUNTS, LEDGER, ())
    assert (verdict.problems, verdict.conflicts) == ([], [])


def test_a_schema_may_build_on_extensions_that_the_graph_lacks() -> None:
    verdict = judge(ON_ACCOUNTS, NOTHING, ["ledger"])
    assert verdict.problems == []
    assert verdict.conflicts == [{"place": "relationships[0].to", "problem": "there is no node type 'Account'"}]


def test_a_schema_that_builds_on_nothing_there_is_wrong() -> None:
    assert judge(ON_ACCOUNTS, NOTHING, ()).problems == [
        {"place": "relationships[0].to", "problem": "there is no node type 'Account'"}
    ]


def test_what_is_valid_alone_need_not_fit() -> None:
    verdict = judge({"nodes": [node("Account", name="int")]}, LEDGER, ())
    assert verdict.problems == []
    assert verdict.conflicts != []


def test_an_export_is_judged_as_what_is_there() -> None:
    verdict = judge(LEDGER.as_json(), LEDGER, ())
    assert (verdict.problems, verdict.conflicts) == ([], [])


def test_a_malformed_schema_is_neither() -> None:
    verdict = judge({"nodes": [{"name": "1"}]}, LEDGER, ())
    assert verdict.problems
    assert verdict.problems == verdict.conflicts
