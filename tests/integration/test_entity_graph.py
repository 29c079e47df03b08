"""Entity graphs on the whole stack: the entity is the first node and stays, by every way to create one."""

import httpx

from knowledger.client import Client
from tests.integration.waiting import staged

APPLE = {"name": "Apple Inc.", "cik": "320193", "lei": "HWUPKR0MPOU8FGXBT394", "fiscal_year_end": "--0928"}
KEY = "0000320193"


def test_the_entity_is_the_first_node_and_stays(client: Client) -> None:
    graph = client.graphs.create("Apple", entity=dict(APPLE), extensions=["ledger"]).result(timeout=60)
    asked = "MATCH (e:Entity) RETURN e.entity_id AS id, e.name AS name, e.fiscal_year_end AS fye ORDER BY id"
    first = {"id": KEY, "name": "Apple Inc.", "fye": "09-28"}
    assert graph.query(asked).rows == (first,)
    record = graph.record()
    assert (record.extensions, record.is_stale) == (("base", "ledger"), False)
    staged(graph, "Entity", "others.csv", b"entity_id,name\nE2,Birch\n")
    assert graph.materialize(rebuild=True).result(timeout=60).counts["Entity"] == 2
    assert graph.query(asked).rows == (first, {"id": "E2", "name": "Birch", "fye": None})
    assert [file.file_name for file in graph.files.list()] == ["others.csv", "entity.json"]


def test_a_published_clients_request_makes_an_entity_graph(client: Client, http: httpx.Client) -> None:
    body = {
        "metadata": {"graph_name": "Harbinger", "description": None, "schema_extensions": ["roboledger"]},
        "instance_tier": "ladybug-standard",
        "initial_entity": {"name": "Harbinger", "uri": "https://harb.example", "ticker": "HARB", "cik": None},
        "create_entity": True,
    }
    accepted = http.post("graphs", json=body)
    assert (accepted.status_code, accepted.json()["operation_type"]) == (202, "create_entity_graph")
    done = client.operations.get(accepted.json()["operation_id"]).result(timeout=60)
    graph = client.graphs.get(str(done["graph_id"]))
    assert graph.query("MATCH (e:Entity) RETURN e.website AS w, e.ticker AS t").rows == (
        {"w": "https://harb.example", "t": "HARB"},
    )


def test_an_entity_with_mistakes_is_refused_before_anything_is_made(http: httpx.Client) -> None:
    refused = http.post("graphs", json={"name": "X", "entity": {"name": "X", "ein": "00-1234567", "sic": "1"}})
    error = refused.json()["error"]
    assert (refused.status_code, error["code"]) == (422, "InvalidEntity")
    assert [item["place"] for item in error["details"]["problems"]] == ["entity.ein", "entity.sic"]
