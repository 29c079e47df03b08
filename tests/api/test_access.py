"""Every route of the OpenAPI document, asked by everybody: the answer follows from `x-min-role` alone.

| who asks | answer |
|---|---|
| nobody, or with a bad key | 401 |
| somebody for a foreign or a missing thing | 404 |
| a member of the organization whose role is too low | 403 |
| a key that may only read, to change what belongs to its user | 403 |
| a key confined to another graph, for a graph and what belongs to it | 404 |
| a key confined to some graphs, elsewhere than at these, its user, the list of graphs and operations | 403 or 404 |
| for operators: anybody of another organization than the first, or by a key that may not govern | 403 |
| everybody else | anything but these and 5xx (503: the host that the route needs is down) |
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from knowledger.api.access import PUBLIC, AsAdmin, AsMember, AsViewer, Router
from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from knowledger.domain.tenancy.api_keys import issue_api_key
from knowledger.domain.tenancy.roles import Role, Scope, allows
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonValue
from tests.api.openapi import Route, routes_of
from tests.api.samples import MISSING, SAMPLES
from tests.api.serving import serving
from tests.api.world import Person, Tenant, make_graph, make_tenant, make_world

DENIALS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}
ADMITTED = {status for status in range(200, 500) if status not in DENIALS} | {HTTPStatus.SERVICE_UNAVAILABLE}
STRANGERS: Mapping[str, Mapping[str, str]] = {
    "nobody": {},
    "an unknown key": {"X-API-Key": "kn_" + "0" * 64},
    "a garbled key": {"Authorization": "Bearer garbage"},
    "an unknown session": {"Cookie": "knowledger_session=" + "0" * 64},
}


@dataclass(frozen=True)
class Asker:
    """One of the own tenant's people, by the credential they use and the role that it leaves them."""

    person: str
    credential: str
    role: Role

    def __str__(self) -> str:
        return f"{self.person} by {self.credential}"


ASKERS = (
    *(Asker(role.value, credential, role) for role in Role for credential in ("key", "session_token")),
    Asker("admin", "reading_key", Role.VIEWER),
    Asker("admin", "writing_key", Role.MEMBER),
)

OPERATORS_CREDENTIALS = {"key": True, "session_token": True, "reading_key": False, "writing_key": False}

HEED_GRAPHS = {"GET /v1/user", "GET /v1/graphs", "GET /v1/operations", "GET /v1/events"}
OF_A_GRAPH = {name for name in SAMPLES if name not in ("graph_id", "org_id", "customer_id", "user_id", "job")}


class Inquiry:
    """Asks routes on behalf of everybody. Who may change something gets a fresh tenant to change."""

    def __init__(self, client: httpx.Client, sessions: sessionmaker[Session]) -> None:
        self._client = client
        self._sessions = sessions
        self._origin = str(client.base_url).rstrip("/")
        with sessions.begin() as session:
            self._world = make_world(session)

    def surprises(self, route: Route) -> Iterator[str]:
        if route.min_role == "public":
            yield from self._of_a_public_route(route)
        else:
            yield from self._by_strangers(route)
            yield from self._by_members(route)
            if route.min_role == "operator":  # what these name belongs to no tenant
                yield from self._by_operators(route)
                return
            yield from self._for_foreign_and_missing(route)
            yield from self._by_a_confined_key(route)

    def _of_a_public_route(self, route: Route) -> Iterator[str]:
        own = self._world.own
        status = self._ask(route, {}, self._ids(route, own, own.admin))
        if status in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND} or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            yield f"{route}, nobody: {status}"

    def _by_strangers(self, route: Route) -> Iterator[str]:
        own = self._world.own
        ids = self._ids(route, own, own.admin)
        for name, headers in STRANGERS.items():
            if (status := self._ask(route, {"Origin": self._origin, **headers}, ids)) != HTTPStatus.UNAUTHORIZED:
                yield f"{route}, {name}: {status}"

    def _by_members(self, route: Route) -> Iterator[str]:
        for asker in ASKERS:
            admitted = is_admitted(route, asker)
            own = self._fresh_tenant() if admitted and route.method != "GET" else self._world.own
            person: Person = getattr(own, asker.person)
            status = self._ask(route, self._headers(person, asker.credential), self._ids(route, own, person))
            if status not in (ADMITTED if admitted else {HTTPStatus.FORBIDDEN}):
                yield f"{route}, {asker}: {status}"

    def _by_operators(self, route: Route) -> Iterator[str]:
        operator = self._world.operator
        ids = self._ids(route, self._world.own, operator)
        for credential, admitted in OPERATORS_CREDENTIALS.items():
            status = self._ask(route, self._headers(operator, credential), ids)
            if status not in (ADMITTED if admitted else {HTTPStatus.FORBIDDEN}):
                yield f"{route}, operator by {credential}: {status}"

    def _for_foreign_and_missing(self, route: Route) -> Iterator[str]:
        """Each parameter in turn names what is not there while the others name what is."""
        own, foreign = self._world.own, self._world.foreign
        own_ids = self._ids(route, own, own.admin)
        foreign_ids = self._ids(route, foreign, foreign.admin)
        for name in own_ids:
            strangers = {"foreign": foreign_ids[name], "missing": MISSING}
            unstorable = {"NUL as": "%00"} if name in route.parameters else {}
            for kind, strange in {**strangers, **unstorable}.items():
                status = self._ask(route, self._headers(own.admin, "key"), {**own_ids, name: strange})
                if status != HTTPStatus.NOT_FOUND:
                    yield f"{route}, {kind} {name}: {status}"

    def _by_a_confined_key(self, route: Route) -> Iterator[str]:
        """An admin's, for a graph beside the one that has all the samples."""
        own = self._world.own
        beside, key = self._confined_key(own)
        headers, ids = {"X-API-Key": key}, self._ids(route, own, own.admin)
        status = self._ask(route, headers, ids)
        if "graph_id" in ids or set(ids) == {"operation_id"}:
            if status != HTTPStatus.NOT_FOUND:
                yield f"{route}, a key of another graph: {status}"
        elif str(route) in HEED_GRAPHS:
            if status not in ADMITTED:
                yield f"{route}, a confined key: {status}"
        elif status not in {HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
            yield f"{route}, a confined key: {status}"
        if "graph_id" in ids and OF_A_GRAPH & set(ids):
            status = self._ask(route, headers, {**ids, "graph_id": beside})
            if status != HTTPStatus.NOT_FOUND:
                yield f"{route}, a confined key for what another graph has: {status}"

    def _confined_key(self, own: Tenant) -> tuple[str, str]:
        with self._sessions.begin() as session:
            beside = make_graph(session, own.organization_id, new_id("Table"))
            where = (own.organization_id, own.admin.user_id)
            return beside, issue_api_key(session, *where, "confined", tuple(Scope), graph_ids=[beside]).key

    def _fresh_tenant(self) -> Tenant:
        with self._sessions.begin() as session:
            return make_tenant(session)

    def _ids(self, route: Route, tenant: Tenant, person: Person) -> dict[str, str]:
        with self._sessions.begin() as session:
            return {name: SAMPLES[name](session, tenant, person) for name in parameters_of(route)}

    def _headers(self, person: Person, credential: str) -> dict[str, str]:
        secret: str = getattr(person, credential)
        if credential == "session_token":
            return {"Cookie": f"knowledger_session={secret}", "Origin": self._origin}
        return {"X-API-Key": secret}

    def _ask(self, route: Route, headers: Mapping[str, str], ids: Mapping[str, str]) -> int:
        """The status; of a stream of events only the head is read."""
        self._client.cookies.clear()
        path, body = route.path.format_map(ids), body_of(route, ids)
        with self._client.stream(route.method, path, json=body, params=route.query, headers=dict(headers)) as answer:
            return answer.status_code


def parameters_of(route: Route) -> list[str]:
    return [*route.parameters, *route.ids_in_body.values()]


def body_of(route: Route, ids: Mapping[str, str]) -> JsonValue:
    if not isinstance(route.body, dict):
        return route.body
    return {**route.body, **{name: [ids[one]] for name, one in route.ids_in_body.items()}}


def is_admitted(route: Route, asker: Asker) -> bool:
    if route.min_role == "user":
        return asker.credential != "reading_key" or route.method == "GET"
    if route.min_role == "operator":
        return False  # the tenant is not the first organization
    return allows(asker.role, Role(route.min_role))


def surprises_of(app: FastAPI, url: str, sessions: sessionmaker[Session]) -> list[str]:
    with httpx.Client(base_url=url, timeout=60) as client:
        inquiry = Inquiry(client, sessions)
        return [surprise for route in routes_of(app.openapi()) for surprise in inquiry.surprises(route)]


def test_every_id_has_samples(app: FastAPI) -> None:
    unknown = {name for route in routes_of(app.openapi()) for name in parameters_of(route)} - SAMPLES.keys()
    assert unknown == set(), "tests/api/samples.py has to say what stands for it"


@pytest.mark.timeout(300)
def test_every_route_answers_everybody_by_its_minimal_role(
    app: FastAPI, url: str, sessions: sessionmaker[Session]
) -> None:
    assert surprises_of(app, url, sessions) == []


def test_routes_that_break_their_word_are_found(deps: ApiDeps, sessions: sessionmaker[Session]) -> None:
    liars = Router(tags=["liars"])

    @liars.get("/leak/{operation_id}")
    def leak(operation_id: str, access: AsViewer) -> str:
        return operation_id

    @liars.get("/crash")
    def crash(access: AsMember) -> str:
        return str(1 / 0)

    @liars.delete("/hide/{graph_id}", status_code=204)
    def hide(graph_id: str, access: AsAdmin) -> None:
        raise LookupError

    @liars.get("/public-but-not", dependencies=[PUBLIC])
    def public_but_not() -> None:
        raise PermissionError

    app = create_app(deps)
    app.router.routes.clear()
    app.include_router(liars)
    with serving(app) as url:
        found = surprises_of(app, url, sessions)
    assert {surprise.split(",")[0] for surprise in found} == {
        "GET /v1/leak/{operation_id}",
        "GET /v1/crash",
        "DELETE /v1/hide/{graph_id}",
        "GET /v1/public-but-not",
    }
    assert "GET /v1/leak/{operation_id}, foreign operation_id: 200" in found
