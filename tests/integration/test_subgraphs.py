"""Subgraphs on the whole stack: empty or forked, each a graph of its own that leaves its parent as it is."""

from collections.abc import Callable

import httpx
import pytest

from knowledger.client import ApiError, Graph, OperationFailed
from knowledger.client.json import JsonObject
from tests.integration.books import COMPANIES, OWNS, SCHEMA, companies
from tests.integration.conftest import NewGraph
from tests.integration.waiting import staged
from tests.stack import Stack

NAMES = "MATCH (c:Company) RETURN c.company_id AS id ORDER BY id"
TREE: JsonObject = {"nodes": [{"name": "Tree", "key": ["id"], "properties": [{"name": "id", "type": "int"}]}]}


@pytest.fixture
def books(new_graph: NewGraph) -> Graph:
    graph = new_graph(SCHEMA)
    staged(graph, "Company", "Company.csv", COMPANIES)
    staged(graph, "OWNS", "owns.csv", OWNS)
    graph.materialize().result(timeout=60)
    return graph


def forked(graph: Graph, name: str = "trial", *tables: str) -> Graph:
    return graph.subgraphs.create(name, fork=True, tables=tables).result(timeout=60)


def counts(graph: Graph) -> dict[str, int]:
    generation = graph.record().generation
    assert generation is not None
    return {name: count for name, count in generation.counts.items() if count}


def test_a_fork_begins_as_its_parent_and_leaves_it_unchanged(books: Graph, stack: Stack) -> None:
    before, objects = books.record(), objects_in(stack)
    fork = forked(books)
    assert objects_in(stack) == objects, "a fork copies no file"
    assert counts(fork) == {"Company": 3, "OWNS": 2}
    assert fork.record().is_stale is False
    staged(fork, "Company", "more.csv", companies(1, 5))
    built = fork.materialize().result(timeout=60)
    assert (built.appended, built.counts["Company"], built.number) == (True, 8, 2)
    assert len(fork.query(NAMES).rows) == 8
    after = books.record()
    assert (after.generation, after.is_stale) == (before.generation, False)
    assert [row["id"] for row in books.query(NAMES).rows] == ["C1", "C2", "C3"]
    assert [file.file_name for file in books.files.list()] == ["owns.csv", "Company.csv"]


def objects_in(stack: Stack) -> set[str]:
    return {str(path) for path in stack.settings.objects_directory.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_a_fork_has_what_is_staged_and_still_waits(books: Graph) -> None:
    staged(books, "Company", "more.csv", companies(1, 5))
    books.files.delete(books.files.list()[1].file_id)
    fork = forked(books)
    assert (counts(fork), fork.record().is_stale) == ({"Company": 3, "OWNS": 2}, True)
    status = fork.materialize_status()
    assert (len(status.files_added), len(status.files_removed)) == (1, 1)
    assert fork.materialize().result(timeout=60).counts["OWNS"] == 0
    assert len(fork.query(NAMES).rows) == 8


@pytest.mark.slow
def test_a_fork_outlives_its_parents_files(books: Graph) -> None:
    fork = forked(books)
    for file in books.files.list():
        books.files.delete(file.file_id)
    assert books.materialize().result(timeout=60).counts["Company"] == 0
    assert fork.materialize(rebuild=True).result(timeout=60).counts["Company"] == 3


@pytest.mark.slow
def test_a_fork_of_some_tables_holds_only_those(books: Graph) -> None:
    fork = forked(books, "companies", "Company")
    assert counts(fork) == {"Company": 3}
    assert [file.file_name for file in fork.files.list()] == ["Company.csv"]


def test_an_empty_subgraph_has_the_schema_which_they_share_from_then_on(books: Graph) -> None:
    empty = books.subgraphs.create("empty").result(timeout=60)
    assert (counts(empty), empty.schema.get()) == ({}, books.schema.get())
    empty.schema.extend(TREE)
    assert empty.schema.get() == books.schema.get()
    assert books.record().stale_reason == "The schema has grown."


@pytest.mark.slow
def test_subgraphs_are_listed_with_their_parent_only(books: Graph, http: httpx.Client) -> None:
    fork = forked(books, "b-trial")
    books.subgraphs.create("a_trial").result(timeout=60)
    assert [item.subgraph_name for item in books.subgraphs.list()] == ["a_trial", "b-trial"]
    assert books.subgraphs.get("b-trial").graph_id == fork.graph_id
    listed = http.get("graphs").json()["graphs"]
    assert fork.graph_id not in [item["graph_id"] for item in listed]
    assert http.get(f"graphs/{fork.graph_id}").json()["parent_id"] == books.graph_id


@pytest.mark.slow
def test_a_deleted_subgraph_is_gone_and_its_name_is_free(books: Graph) -> None:
    fork = forked(books)
    books.subgraphs.delete("trial")
    with pytest.raises(ApiError) as gone:
        fork.record()
    assert gone.value.code == "GraphNotFound"
    assert counts(forked(books)) == {"Company": 3, "OWNS": 2}


@pytest.mark.slow
def test_subgraphs_go_with_their_parent(books: Graph) -> None:
    fork = forked(books)
    books.delete()
    with pytest.raises(ApiError) as gone:
        fork.query(NAMES).rows  # noqa: B018
    assert gone.value.code == "GraphNotFound"


def test_what_cannot_be_is_refused_at_once(books: Graph) -> None:
    fork = forked(books)
    refusals: dict[str, Callable[[], object]] = {
        "SubgraphNameTaken": lambda: books.subgraphs.create("trial"),
        "InvalidSubgraphName": lambda: books.subgraphs.create("Trial"),
        "SubgraphOfSubgraph": lambda: fork.subgraphs.create("deeper"),
        "UnknownTable": lambda: books.subgraphs.create("other", tables=["Compnay"]),
        "SubgraphNotFound": lambda: books.subgraphs.get("other"),
    }
    for code, ask in refusals.items():
        with pytest.raises(ApiError) as refused:
            ask()
        assert refused.value.code == code


@pytest.mark.slow
def test_the_tier_bounds_the_number_of_subgraphs(books: Graph) -> None:
    for operation in [books.subgraphs.create(f"s{number}") for number in range(5)]:
        operation.result(timeout=60)
    with pytest.raises(ApiError) as refused:
        books.subgraphs.create("s5")
    assert (refused.value.status, refused.value.code) == (413, "TierLimit")
    assert (refused.value.details["limit"], refused.value.details["use"]) == (5, 6)


@pytest.mark.slow
def test_of_two_subgraphs_of_one_name_the_first_is_made(books: Graph) -> None:
    first, second = [books.subgraphs.create("same") for _ in range(2)]
    assert first.result(timeout=60).record().subgraph_name == "same"
    with pytest.raises(OperationFailed) as failed:
        second.result(timeout=60)
    assert failed.value.code == "SubgraphNameTaken"


@pytest.mark.slow
def test_the_same_key_again_gives_the_same_subgraph(books: Graph, http: httpx.Client) -> None:
    where, key = f"graphs/{books.graph_id}/subgraphs", {"Idempotency-Key": f"fork {books.graph_id}"}
    first = http.post(where, json={"name": "once", "fork_parent": True}, headers=key).json()
    again = http.post(where, json={"name": "once", "fork_parent": True}, headers=key).json()
    assert first["operation_id"] == again["operation_id"]
