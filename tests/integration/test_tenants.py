"""Two organizations on one stack: what is foreign is not there."""

import re

import httpx
import pytest

from knowledger.client import Client, Graph
from tests.integration.books import COMPANIES, SCHEMA
from tests.integration.waiting import staged


@pytest.fixture(scope="module")
def books(client: Client) -> Graph:
    graph = client.graphs.create("Private", schema=SCHEMA).result(timeout=60)
    staged(graph, "Company", "Company.csv", COMPANIES)
    graph.materialize().result(timeout=60)
    return graph


def test_what_is_foreign_answers_as_what_is_missing(
    books: Graph, client: Client, http: httpx.Client, stranger: httpx.Client
) -> None:
    file_id = books.files.list()[0].file_id
    operation_id = client.operations.list(graph_id=books.graph_id).operations[0].operation_id
    for method, path, body in (
        ("GET", "graphs/{g}", None),
        ("PATCH", "graphs/{g}", {"name": "Mine"}),
        ("DELETE", "graphs/{g}", None),
        ("GET", "graphs/{g}/schema", None),
        ("GET", "graphs/{g}/files", None),
        ("GET", f"graphs/{{g}}/files/{file_id}", None),
        ("DELETE", f"graphs/{{g}}/files/{file_id}", None),
        ("POST", f"graphs/{{g}}/files/{file_id}/stage", {}),
        ("POST", "graphs/{g}/files?name=Company.csv", {}),
        ("PATCH", f"graphs/{{g}}/files/{file_id}?offset=0", {}),
        ("GET", "graphs/{g}/tables/Company", None),
        ("GET", "graphs/{g}/tables/Company/rejects", None),
        ("POST", "graphs/{g}/tables/query", {"sql": "FROM Company"}),
        ("POST", "graphs/{g}/query", {"query": "MATCH (c) RETURN c"}),
        ("POST", "graphs/{g}/materialize", {}),
    ):
        foreign = stranger.request(method, path.format(g=books.graph_id), json=body)
        missing = http.request(method, path.format(g="kg_00000000000000000000000000"), json=body)
        assert (foreign.status_code, shape(foreign)) == (404, shape(missing)), (method, path)
    for path in ("operations/{}", "operations/{}/events", "operations/{}/stream"):
        foreign, missing = stranger.get(path.format(operation_id)), http.get(path.format("op_nothing"))
        assert (foreign.status_code, shape(foreign)) == (404, shape(missing)), path
    assert stranger.delete(f"operations/{operation_id}").status_code == 404
    assert books.record().name == "Private"


def shape(answer: httpx.Response) -> str:
    """The answer with the ids that were asked for left out."""
    return re.sub(r"(kg|op|file)_\w+", "…", answer.text)


def test_nobody_sees_anothers_graphs_operations_and_files(books: Graph, stranger: httpx.Client) -> None:
    assert stranger.get("graphs").json() == {"graphs": []}
    assert stranger.get("operations").json()["operations"] == []


def test_sql_sees_the_tables_of_its_own_graph_only(client: Client, books: Graph, http: httpx.Client) -> None:
    other = client.graphs.create("Other", schema=SCHEMA).result(timeout=60)
    staged(other, "Company", "Company.csv", b"company_id,name\nS1,Secret\n")
    assert books.sql("SELECT count(*) AS n FROM Company WHERE name = 'Secret'").rows == ({"n": 0},)
    file = books.sql("SELECT DISTINCT _file_id AS id FROM Company").rows
    assert [row["id"] for row in file] == [item.file_id for item in books.files.list()]


def test_a_key_is_its_own_organizations(http: httpx.Client, stranger: httpx.Client) -> None:
    headers = {"Idempotency-Key": "the same key"}
    ours = http.post("graphs", json={"name": "Ours"}, headers=headers).json()
    theirs = stranger.post("graphs", json={"name": "Theirs"}, headers=headers).json()
    assert ours["operation_id"] != theirs["operation_id"]
    assert ours["graph_id"] != theirs["graph_id"]
