import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.kernel.ids import new_id
from tests.api.samples import SAMPLES
from tests.api.world import World, make_graph


def key(secret: str) -> dict[str, str]:
    return {"X-API-Key": secret}


def test_a_key_is_shown_once_and_works_until_it_is_revoked(client: httpx.Client, world: World) -> None:
    admin = key(world.own.admin.key)
    issued = client.post("/v1/user/api-keys", json={"name": "laptop"}, headers=admin).json()
    assert issued["api_key"]["scopes"] == ["read", "write"]
    assert issued["key"].startswith(issued["api_key"]["prefix"])
    listing = client.get("/v1/user/api-keys", headers=key(issued["key"]))
    assert listing.json()["api_keys"][0]["id"] == issued["api_key"]["id"]
    assert issued["key"] not in listing.text
    assert client.delete(f"/v1/user/api-keys/{issued['api_key']['id']}", headers=admin).status_code == 204
    assert client.get("/v1/user", headers=key(issued["key"])).status_code == 401


def test_a_key_expires(client: httpx.Client, world: World, sessions: sessionmaker[Session]) -> None:
    body = {"name": "short", "expires_at": "2999-01-01T00:00:00Z"}
    issued = client.post("/v1/user/api-keys", json=body, headers=key(world.own.admin.key)).json()
    assert client.get("/v1/user", headers=key(issued["key"])).status_code == 200
    with sessions.begin() as session:
        session.execute(text("UPDATE api_keys SET expires_at = now() WHERE id = :id"), {"id": issued["api_key"]["id"]})
    assert client.get("/v1/user", headers=key(issued["key"])).status_code == 401


@pytest.mark.parametrize("expires_at", ["2001-01-01T00:00:00Z", "2999-01-01T00:00:00"])
def test_an_expiry_lies_in_the_future_and_names_its_zone(client: httpx.Client, world: World, expires_at: str) -> None:
    body = {"name": "x", "expires_at": expires_at}
    assert client.post("/v1/user/api-keys", json=body, headers=key(world.own.admin.key)).status_code == 422


def test_a_key_cannot_make_or_revoke_a_mightier_one(client: httpx.Client, world: World) -> None:
    admin = world.own.admin
    made = client.post("/v1/user/api-keys", json={"name": "x", "scopes": ["admin"]}, headers=key(admin.writing_key))
    revoked = client.delete(f"/v1/user/api-keys/{admin.key_id}", headers=key(admin.writing_key))
    assert [made.json()["error"]["code"], revoked.json()["error"]["code"]] == ["BeyondYourKey", "BeyondYourKey"]


def test_a_key_that_may_only_read_changes_nothing(client: httpx.Client, world: World) -> None:
    refused = client.post("/v1/orgs", json={"name": "x"}, headers=key(world.own.admin.reading_key))
    assert refused.status_code == 403


def test_scopes_cap_the_role(client: httpx.Client, world: World) -> None:
    body = {"email": world.foreign.viewer.email}
    refused = client.post(
        f"/v1/orgs/{world.own.organization_id}/members", json=body, headers=key(world.own.admin.writing_key)
    )
    assert (refused.status_code, refused.json()["detail"]) == (403, "This needs the role admin; yours is member here.")
    assert "--scope" in refused.json()["error"]["hint"]


def test_a_key_knows_only_its_own_organization(client: httpx.Client, world: World) -> None:
    admin = world.own.admin
    elsewhere = client.post("/v1/orgs", json={"name": "Elsewhere"}, headers=key(admin.key)).json()["org_id"]
    assert [org["org_id"] for org in client.get("/v1/orgs", headers=key(admin.key)).json()["orgs"]] == [
        world.own.organization_id
    ]
    assert client.get(f"/v1/orgs/{elsewhere}", headers=key(admin.key)).status_code == 404
    cookie = {"Cookie": f"knowledger_session={admin.session_token}"}
    assert client.get(f"/v1/orgs/{elsewhere}", headers=cookie).status_code == 200


def test_a_browser_acts_where_its_header_says(client: httpx.Client, world: World) -> None:
    admin = world.own.admin
    cookie = {"Cookie": f"knowledger_session={admin.session_token}", "Origin": str(client.base_url).rstrip("/")}
    elsewhere = client.post("/v1/orgs", json={"name": "Elsewhere"}, headers=cookie).json()["org_id"]

    def organization_of_a_new_key(headers: dict[str, str]) -> str:
        made = client.post("/v1/user/api-keys", json={"name": "x"}, headers=cookie | headers)
        organization_id: str = made.json()["api_key"]["org_id"]
        return organization_id

    assert organization_of_a_new_key({}) == world.own.organization_id
    assert organization_of_a_new_key({"X-Organization-Id": elsewhere}) == elsewhere
    foreign = {"X-Organization-Id": world.foreign.organization_id}
    assert client.get("/v1/user/api-keys", headers=cookie | foreign).json()["error"]["code"] == "OrganizationNotFound"


def test_the_use_of_a_key_is_noted(client: httpx.Client, world: World) -> None:
    keys = client.get("/v1/user/api-keys", headers=key(world.own.admin.key)).json()["api_keys"]
    assert [one["last_used_at"] is not None for one in keys if one["id"] == world.own.admin.key_id] == [True]


def test_a_disabled_user_is_nobody(client: httpx.Client, world: World, sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        session.execute(text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": world.own.admin.user_id})
    cookie = {"Cookie": f"knowledger_session={world.own.admin.session_token}"}
    assert client.get("/v1/user", headers=key(world.own.admin.key)).status_code == 401
    assert client.get("/v1/user", headers=cookie).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"X-API-Key": "kn_"},
        {"X-API-Key": "kn_" + "0" * 64},
        {"Authorization": "Basic eDp5"},
        {"Authorization": "Bearer"},
    ],
)
def test_a_bad_key_is_not_mended_by_a_good_cookie(client: httpx.Client, world: World, headers: dict[str, str]) -> None:
    cookie = {"Cookie": f"knowledger_session={world.own.admin.session_token}"}
    assert client.get("/v1/user", headers=headers | cookie).status_code == 401


def test_a_key_can_be_confined_to_graphs(client: httpx.Client, world: World, sessions: sessionmaker[Session]) -> None:
    own = world.own
    with sessions.begin() as session:
        beside = make_graph(session, own.organization_id, new_id("Table"))
        name = SAMPLES["subgraph_name"](session, own, own.admin)
        operation_id = SAMPLES["operation_id"](session, own, own.admin)
    body = {"name": "one graph", "graph_ids": [own.graph_id]}
    issued = client.post("/v1/user/api-keys", json=body, headers=key(own.admin.key)).json()
    assert issued["api_key"]["graph_ids"] == [own.graph_id]
    confined = key(issued["key"])

    subgraph_id = client.get(f"/v1/graphs/{own.graph_id}/subgraphs/{name}", headers=confined).json()["graph_id"]
    assert client.get(f"/v1/graphs/{subgraph_id}", headers=confined).status_code == 200
    assert client.get(f"/v1/graphs/{beside}", headers=confined).json()["error"]["code"] == "GraphNotFound"
    listed = client.get("/v1/graphs", headers=confined).json()["graphs"]
    assert [graph["graph_id"] for graph in listed] == [own.graph_id]
    operations = client.get("/v1/operations", headers=confined).json()["operations"]
    assert operation_id in {operation["operation_id"] for operation in operations}
    assert {operation["graph_id"] for operation in operations} == {own.graph_id}
    more = client.post("/v1/user/api-keys", json={"name": "all of it"}, headers=confined)
    assert (more.status_code, more.json()["error"]["code"]) == (403, "KeyIsConfined")


def test_a_key_is_not_confined_to_what_one_cannot_see(client: httpx.Client, world: World) -> None:
    for graph_id in (world.foreign.graph_id, "nothing\0"):
        body = {"name": "x", "graph_ids": [world.own.graph_id, graph_id]}
        refused = client.post("/v1/user/api-keys", json=body, headers=key(world.own.admin.key))
        assert (refused.status_code, refused.json()["error"]["code"]) == (404, "GraphNotFound")
    none = client.post("/v1/user/api-keys", json={"name": "x", "graph_ids": []}, headers=key(world.own.admin.key))
    assert none.status_code == 422
