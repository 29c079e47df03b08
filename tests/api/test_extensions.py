"""Extensions over HTTP: what there is, and graphs that are created with some of them."""

from typing import Any

import httpx
import pytest
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.graphs.extension import compose
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.json import JsonObject
from knowledger.models.operations import Operation
from tests.api.world import World


@pytest.fixture
def as_member(client: httpx.Client, world: World) -> httpx.Client:
    client.headers["X-API-Key"] = world.own.member.key
    return client


def test_every_extension_is_listed_with_its_types(client: httpx.Client, world: World) -> None:
    answer = client.get("/v1/graphs/extensions", headers={"X-API-Key": world.own.viewer.key})
    listed = {item["name"]: item for item in answer.json()["extensions"]}
    assert list(listed) == ["base", "banking", "investor", "ledger", "reporting"]
    ledger = listed["ledger"]
    assert ledger["requires"] == ["base"]
    assert ledger["description"].startswith("Double-entry books")
    line_item = next(item for item in ledger["nodes"] if item["name"] == "LineItem")
    assert line_item["properties"][4]["type"] == "decimal(18,2)"
    assert {"REVERSES", "SHOWS_BALANCE"} <= {item["name"] for item in ledger["relationships"]}


def test_the_document_names_the_extensions(client: httpx.Client) -> None:
    field = client.get("/openapi.json").json()["components"]["schemas"]["GraphRequest"]["properties"]["extensions"]
    assert field["items"]["enum"] == ["base", "banking", "investor", "ledger", "reporting"]
    assert "`ledger`: Double-entry books" in field["description"]


@pytest.mark.parametrize(
    "body",
    [
        {"name": "Books", "extensions": ["ledger"]},
        {"metadata": {"graph_name": "Books", "schema_extensions": ["roboledger"]}},
        {"metadata": {"graph_name": "Books", "schema_extensions": ["ledger"]}, "custom_schema": None},
    ],
)
def test_a_graph_takes_the_types_of_its_extensions(
    as_member: httpx.Client, sessions: sessionmaker[Session], body: dict[str, Any]
) -> None:
    assert _schema_asked_for(as_member, sessions, body) == compose(["ledger"])


def test_an_own_schema_stands_beside_the_extensions(as_member: httpx.Client, sessions: sessionmaker[Session]) -> None:
    own: JsonObject = {
        "name": "mine",
        "relationships": [{"name": "BOOKED_AS", "from": "BankTransaction", "to": "Transaction"}],
    }
    schema = _schema_asked_for(
        as_member, sessions, {"name": "Books", "extensions": ["ledger", "banking"], "schema": own}
    )
    assert schema == compose(["ledger", "banking"], GraphSchema.parse_part(own))


def test_an_unknown_extension_is_refused_with_those_there_are(as_member: httpx.Client) -> None:
    answer = as_member.post("/v1/graphs", json={"name": "Books", "extensions": ["ledgr"]})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "UnknownExtension")
    assert "base, banking, investor, ledger, reporting" in error["hint"]


def test_a_clash_with_an_extension_is_refused_at_its_place(as_member: httpx.Client) -> None:
    own = {"nodes": [{"name": "account", "key": ["id"], "properties": [{"name": "id", "type": "int"}]}]}
    answer = as_member.post("/v1/graphs", json={"name": "Books", "extensions": ["ledger"], "schema": own})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "ExtensionConflict")
    assert error["details"]["problems"] == [
        {"place": "nodes[0]", "problem": "the name 'account' is taken by Account: upper and lower case are the same"}
    ]


def _schema_asked_for(client: httpx.Client, sessions: sessionmaker[Session], body: dict[str, Any]) -> GraphSchema:
    answer = client.post("/v1/graphs", json=body)
    assert answer.status_code == 202, answer.text
    with sessions() as session:
        command = session.get_one(Operation, answer.json()["operation_id"]).command
    return GraphSchema.parse(command["graph_schema"])
