"""Names that mean harm or mean something else: of files, of columns, of types."""

import httpx
import pytest

from knowledger.client import Client, Graph
from knowledger.client.json import JsonValue
from tests.integration.books import COMPANIES, SCHEMA
from tests.integration.conftest import NewGraph
from tests.integration.waiting import staged


def node(name: str) -> dict[str, JsonValue]:
    return {"name": name, "key": ["id"], "properties": [{"name": "id", "type": "string"}]}


def test_a_null_byte_goes_through_to_the_graph(new_graph: NewGraph) -> None:
    graph = new_graph(SCHEMA)
    staged(graph, "Company", "c.csv", b"company_id,name\nX\0A,B\0d\nX,B\n")
    assert graph.materialize().result(timeout=30).counts["Company"] == 2
    asked = graph.query("MATCH (c:Company {company_id: $key}) RETURN c.name AS name", {"key": "X\0A"})
    assert asked.rows == ({"name": "B\0d"},)


@pytest.fixture(scope="module")
def books(client: Client) -> Graph:
    return client.graphs.create("Names", schema=SCHEMA).result(timeout=60)


WORDS = ("Order", "Match", "Select", "Node", "Table")


def test_names_that_are_keywords_and_headers_that_mean_harm_are_names(new_graph: NewGraph) -> None:
    header = """quo"te's `tick` ../up; DROP"""
    graph = new_graph(
        {
            "name": "words",
            "nodes": [
                {
                    "name": word,
                    "key": ["from"],
                    "properties": [
                        {"name": "from", "type": "string"},
                        {"name": "where", "type": "int"},
                        {"name": "return", "type": "string", "column": header},
                    ],
                }
                for word in WORDS
            ],
            "relationships": [
                {"name": "GROUP", "from": "Order", "to": "Match", "from_columns": ["a"], "to_columns": ["b"]}
            ],
        }
    )
    quoted = header.replace('"', '""')
    for word in WORDS:
        staged(graph, word, f"{word}.csv", f'from,where,"{quoted}"\n1,2,3\n'.encode())
    staged(graph, "GROUP", "group.csv", b"a,b\n1,1\n")
    assert graph.materialize().result(timeout=30).counts == {**dict.fromkeys(WORDS, 1), "GROUP": 1}
    cypher = "MATCH (o:`Order`)-[:`GROUP`]->(m:`Match`) RETURN o.`where` AS `where`, m.`return` AS `return`"
    assert graph.query(cypher).rows == ({"where": 2, "return": "3"},)
    assert graph.sql('SELECT "from", "return" FROM "Select"').rows == ({"from": "1", "return": "3"},)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\boot.csv", "boot.csv"),
        ("a'b\"c;--.csv", "a'b\"c;--.csv"),
        ("käse 🧀.csv", "käse 🧀.csv"),
        ("*.csv", "*.csv"),
        ("a\0b.csv", None),
        ("..", None),
        ("/", None),
        ("x" * 300 + ".csv", None),
    ],
)
def test_a_file_keeps_its_name_and_leaves_its_folders(
    books: Graph, http: httpx.Client, name: str, kept: str | None
) -> None:
    answer = http.post(f"graphs/{books.graph_id}/files", params={"name": name, "table": "Company"}, content=COMPANIES)
    assert (answer.json().get("file") or {}).get("file_name") == kept
    assert answer.status_code == (201 if kept else 422)
    if kept:
        file_id = answer.json()["file"]["file_id"]
        assert books.files.stage(file_id).result(timeout=30).rows_accepted == 3


BAD_SCHEMAS: dict[str, JsonValue] = {
    "no object": [1, 2],
    "a name with a quote": {"name": "x", "nodes": [node("Comp`any")]},
    "a name with a null byte": {"name": "x", "nodes": [node("A\0")]},
    "a name that climbs": {"name": "x", "nodes": [node("../x")]},
    "a key that is no property": {"name": "x", "nodes": [{**node("A"), "key": ["b"]}]},
    "a type that is none": {"name": "x", "nodes": [{**node("A"), "properties": [{"name": "id", "type": "money"}]}]},
    "the same type twice": {"name": "x", "nodes": [node("A"), node("A")]},
    "an end that is nowhere": {
        "name": "x",
        "nodes": [node("A")],
        "relationships": [{"name": "R", "from": "A", "to": "B", "from_columns": ["a"], "to_columns": ["b"]}],
    },
}


@pytest.mark.parametrize("schema", BAD_SCHEMAS.values(), ids=BAD_SCHEMAS.keys())
def test_a_bad_schema_is_refused_with_the_place_of_its_mistake(http: httpx.Client, schema: JsonValue) -> None:
    refused = http.post("graphs", json={"name": "Bad", "schema": schema})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "InvalidSchema")
    assert refused.json()["error"]["details"]["problems"][0]["problem"]
