"""Access tokens of an authorization server, where a session or an API key would do."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from knowledger.adapters.oauth import OAuthServer
from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from tests.api.serving import serving
from tests.api.world import World
from tests.stand_ins.authorization_server import AuthorizationServerStandIn

HERE = "https://knowledger.example.org"


@pytest.fixture(scope="module")
def issuer() -> Iterator[AuthorizationServerStandIn]:
    with AuthorizationServerStandIn() as server:
        yield server


@pytest.fixture(scope="module")
def taking_tokens(
    make_deps: Callable[[Path], ApiDeps], issuer: AuthorizationServerStandIn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    deps = make_deps(tmp_path_factory.mktemp("home"))
    settings = deps.settings.model_copy(update={"public_url": HERE})
    app = create_app(replace(deps, settings=settings, authorization_server=OAuthServer(issuer.issuer, HERE)))
    with serving(app) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_is_its_user_as_far_as_its_scopes_go(
    taking_tokens: httpx.Client, issuer: AuthorizationServerStandIn, world: World
) -> None:
    own, body = world.own, {"name": "Renamed"}
    reads = bearing(issuer.token(aud=HERE, email=own.admin.email.upper()))
    writes = bearing(issuer.token(aud=HERE, email=own.admin.email, scope="knowledger:write"))
    graph = f"/v1/graphs/{own.graph_id}"
    assert taking_tokens.get("/v1/user", headers=reads).json()["id"] == own.admin.user_id
    assert taking_tokens.get(graph, headers=reads).status_code == 200
    assert taking_tokens.patch(graph, json=body, headers=reads).status_code == 403
    assert taking_tokens.patch(graph, json=body, headers=writes).status_code == 200
    assert taking_tokens.delete(graph, headers=writes).status_code == 403
    assert taking_tokens.get(f"/v1/graphs/{world.foreign.graph_id}", headers=reads).status_code == 404
    assert taking_tokens.post("/v1/orgs", json=body, headers=reads).status_code == 403


def test_the_role_of_the_user_is_the_other_limit(
    taking_tokens: httpx.Client, issuer: AuthorizationServerStandIn, world: World
) -> None:
    mighty = bearing(issuer.token(aud=HERE, email=world.own.viewer.email, scope="knowledger:admin"))
    refused = taking_tokens.patch(f"/v1/graphs/{world.own.graph_id}", json={"name": "x"}, headers=mighty)
    assert refused.status_code == 403


def test_nobody_comes_in_by_an_email_that_is_not_registered(
    taking_tokens: httpx.Client, issuer: AuthorizationServerStandIn, email: str
) -> None:
    for stranger in (email, "%", "\0"):
        refused = taking_tokens.get("/v1/user", headers=bearing(issuer.token(aud=HERE, email=stranger)))
        assert refused.status_code == 401


def test_a_token_for_one_address_opens_no_other(
    taking_tokens: httpx.Client, issuer: AuthorizationServerStandIn, world: World
) -> None:
    graph = f"/v1/graphs/{world.own.graph_id}"
    for_one = bearing(issuer.token(aud=HERE + graph, email=world.own.admin.email))
    assert taking_tokens.get(graph, headers=for_one).status_code == 200
    assert taking_tokens.get(f"{graph}/info", headers=for_one).status_code == 401
    elsewhere = bearing(issuer.token(aud=f"http://evil.example.org{graph}", email=world.own.admin.email))
    assert taking_tokens.get(graph, headers={**elsewhere, "Host": "evil.example.org"}).status_code == 401


def test_a_client_learns_where_tokens_come_from(
    taking_tokens: httpx.Client, issuer: AuthorizationServerStandIn, world: World
) -> None:
    endpoint = f"/v1/graphs/{world.own.graph_id}/mcp"
    refused = taking_tokens.post(endpoint, json={})
    metadata = f"{HERE}/.well-known/oauth-protected-resource{endpoint}"
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"] == f'Bearer resource_metadata="{metadata}"'
    told = taking_tokens.get(metadata.removeprefix(HERE)).json()
    assert told["resource"] == HERE + endpoint
    assert told["authorization_servers"] == [issuer.issuer]
    assert taking_tokens.get("/v1/user").headers["www-authenticate"] == "Bearer"


def test_without_an_authorization_server_tokens_are_nothing(
    deps: ApiDeps, issuer: AuthorizationServerStandIn, world: World
) -> None:
    with serving(create_app(replace(deps, authorization_server=None))) as url, httpx.Client(base_url=url) as client:
        token = bearing(issuer.token(aud=HERE, email=world.own.admin.email))
        assert client.get("/v1/user", headers=token).status_code == 401
        endpoint = f"/v1/graphs/{world.own.graph_id}/mcp"
        assert client.get(f"/.well-known/oauth-protected-resource{endpoint}").status_code == 404
        assert client.post(endpoint, json={}).headers["www-authenticate"] == "Bearer"
