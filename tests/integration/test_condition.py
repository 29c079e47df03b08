"""What a graph holds, may hold and uses, and whether it is well."""

import pytest
from sqlalchemy import text

from knowledger.client import Graph
from knowledger.client.records import Limit
from tests.integration.books import COMPANIES, OWNS, SCHEMA
from tests.integration.conftest import NewGraph
from tests.integration.waiting import staged
from tests.stack import Stack


@pytest.fixture
def books(new_graph: NewGraph) -> Graph:
    graph = new_graph(SCHEMA)
    staged(graph, "Company", "Company.csv", COMPANIES)
    staged(graph, "OWNS", "owns.csv", OWNS)
    graph.materialize().result(timeout=60)
    return graph


def test_info_sums_a_graph_up(books: Graph) -> None:
    info = books.info()
    assert (info["node_count"], info["relationship_count"], info["file_count"]) == (3, 2, 2)
    types = info["node_types"]
    assert isinstance(types, list)
    assert types[0] == {"name": "Company", "description": "", "properties": 7, "count": 3}


def test_limits_say_what_is_allowed_and_used(books: Graph) -> None:
    books.subgraphs.create("one").result(timeout=60)
    limits = {item.name: item for item in books.limits()}
    assert limits["files"] == Limit("files", 1_000, 2)
    assert limits["staged_rows"] == Limit("staged_rows", 100_000_000, 5)
    assert limits["subgraphs"] == Limit("subgraphs", 5, 1)
    assert limits["file_bytes"].use == len(COMPANIES)
    assert limits["stored_bytes"].use > len(COMPANIES) + len(OWNS)


def test_usage_counts_each_layer_and_what_was_done(books: Graph) -> None:
    usage = books.usage()
    assert (usage["uploaded_bytes"], usage["staged_rows"], usage["rows"]) == (len(COMPANIES) + len(OWNS), 5, 5)
    layers = ("uploaded_bytes", "staged_bytes", "generation_bytes")
    assert usage["stored_bytes"] == sum(int(str(usage[name])) for name in layers)
    assert usage["operations"] == [
        {"kind": "create_graph", "status": "completed", "count": 1},
        {"kind": "materialize", "status": "completed", "count": 1},
        {"kind": "stage_file", "status": "completed", "count": 2},
    ]


def test_a_graph_that_holds_what_it_should_is_healthy(books: Graph) -> None:
    health = books.health()
    assert (health.status, health.findings) == ("healthy", ())
    staged(books, "Company", "more.csv", COMPANIES)
    assert [(item.severity, item.code) for item in books.health().findings] == [("note", "stale")]
    assert books.health().status == "healthy"


def test_counts_that_differ_from_the_catalogue_are_a_problem(books: Graph, stack: Stack) -> None:
    wrong = text("""UPDATE generations SET counts = counts || '{"Company": 4}' WHERE graph_id = :graph""")
    with stack.database.begin() as connection:
        connection.execute(wrong, {"graph": books.graph_id})
    health = books.health()
    assert health.status == "unhealthy"
    assert [item.message for item in health.findings] == ["Company: 3 rows instead of 4."]


def test_a_generation_whose_file_is_gone_is_a_problem(books: Graph, stack: Stack) -> None:
    found = text("SELECT object_key FROM generations WHERE graph_id = :graph ORDER BY number DESC LIMIT 1")
    with stack.database.begin() as connection:
        key = connection.execute(found, {"graph": books.graph_id}).scalar_one()
    (stack.settings.objects_directory / key).unlink()
    health = books.health()
    assert (health.status, [item.code for item in health.findings]) == ("unhealthy", ["not_opened"])


def test_a_file_that_failed_degrades(books: Graph) -> None:
    books.tables["Company"].load(b"not,these\n1,2\n", name="wrong.csv").wait(timeout=60)
    health = books.health()
    assert (health.status, health.findings[0].code) == ("degraded", "file_not_staged")
    assert "wrong.csv" in health.findings[0].message
