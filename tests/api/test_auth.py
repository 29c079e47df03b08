import re
from dataclasses import replace

import httpx
import pytest
from sqlalchemy import func, text, update
from sqlalchemy.orm import Session, sessionmaker

from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from knowledger.domain.tenancy import create_first_user, issue_signin_link
from knowledger.domain.tenancy.secrets import digest
from knowledger.domain.tenancy.signin import ATTEMPTS
from knowledger.models import LoginAttempts, SigninLink
from tests.api.serving import serving
from tests.api.world import World

PASSWORD = "correct horse"


@pytest.fixture
def ada(email: str) -> dict[str, str]:
    return {"email": email, "password": PASSWORD, "name": "Ada"}


def attempts(session: Session, email: str) -> list[tuple[str, int]]:
    rows = session.execute(text("SELECT address, attempts FROM login_attempts WHERE email = :email"), {"email": email})
    return [(row.address, row.attempts) for row in rows]


def own_origin(client: httpx.Client) -> dict[str, str]:
    return {"Origin": str(client.base_url).rstrip("/")}


def test_registering_makes_a_user_with_an_organization_and_signs_in(client: httpx.Client, ada: dict[str, str]) -> None:
    registered = client.post("/v1/auth/register", json=ada)
    assert registered.status_code == 201
    assert registered.json()["org"] == registered.json()["user"]["organizations"][0]
    assert client.get("/v1/user").json() == registered.json()["user"]
    assert client.get("/v1/user").json()["organizations"][0]["role"] == "admin"


def test_a_closed_server_lets_nobody_register(deps: ApiDeps, ada: dict[str, str]) -> None:
    closed = replace(deps, settings=deps.settings.model_copy(update={"registration": False}))
    with serving(create_app(closed)) as url, httpx.Client(base_url=url) as client:
        refused = client.post("/v1/auth/register", json=ada)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "RegistrationClosed")
        assert "KNOWLEDGER_REGISTRATION" in refused.json()["error"]["hint"]
        login = client.post("/v1/auth/login", json={"email": ada["email"], "password": PASSWORD})
        assert login.json()["error"]["code"] == "WrongPassword"


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client: httpx.Client, ada: dict[str, str]) -> None:
    cookie = client.post("/v1/auth/register", json=ada).headers["set-cookie"]
    assert re.fullmatch(r"knowledger_session=[0-9a-f]{64}; HttpOnly; Max-Age=2592000; Path=/; SameSite=strict", cookie)


def test_an_email_is_taken_in_any_case(client: httpx.Client, ada: dict[str, str]) -> None:
    client.post("/v1/auth/register", json=ada)
    again = client.post("/v1/auth/register", json={**ada, "email": ada["email"].upper()})
    assert (again.status_code, again.json()["error"]["code"]) == (409, "EmailTaken")


@pytest.mark.parametrize(
    "change",
    [{"email": "ada"}, {"password": "short"}, {"name": " "}, {"name": "A\0a"}, {"email": "a\0@b"}, {"rôle": 1}],
)
def test_a_malformed_registration_is_refused(client: httpx.Client, change: dict[str, str], ada: dict[str, str]) -> None:
    refused = client.post("/v1/auth/register", json={**ada, **change})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "InvalidInput")


def test_logging_in_and_out(client: httpx.Client, ada: dict[str, str], email: str) -> None:
    client.post("/v1/auth/register", json=ada)
    client.cookies.clear()
    assert client.get("/v1/user").status_code == 401
    login = client.post("/v1/auth/login", json={"email": email, "password": PASSWORD})
    assert login.json()["user"]["name"] == "Ada"
    token = client.cookies["knowledger_session"]
    assert client.post("/v1/auth/logout", headers=own_origin(client)).status_code == 204
    assert "knowledger_session" not in client.cookies
    assert client.get("/v1/user", headers={"Cookie": f"knowledger_session={token}"}).status_code == 401


@pytest.mark.parametrize("prefix", ["", "nobody."])
def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(
    client: httpx.Client, ada: dict[str, str], prefix: str
) -> None:
    client.post("/v1/auth/register", json=ada)
    refused = client.post("/v1/auth/login", json={"email": prefix + ada["email"], "password": "guess"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "WrongPassword")
    assert refused.json()["detail"] == "Email and password do not match."


def test_guessing_is_stopped_and_time_heals_it(
    client: httpx.Client, sessions: sessionmaker[Session], ada: dict[str, str]
) -> None:
    client.post("/v1/auth/register", json=ada)
    login = {"email": ada["email"], "password": PASSWORD}
    with sessions.begin() as session:
        session.add(LoginAttempts(email=ada["email"], address="127.0.0.1", attempts=ATTEMPTS))
    stopped = client.post("/v1/auth/login", json=login)
    assert (stopped.status_code, stopped.json()["error"]["code"]) == (429, "TooManyLogins")
    assert 1 <= int(stopped.headers["Retry-After"]) <= 900
    with sessions.begin() as session:
        session.execute(text("UPDATE login_attempts SET since = now() - interval '16 minutes'"))
    assert client.post("/v1/auth/login", json=login).status_code == 200
    with sessions.begin() as session:
        assert attempts(session, ada["email"]) == []


def test_every_wrong_password_counts_whatever_the_case_of_the_email(
    client: httpx.Client, sessions: sessionmaker[Session], email: str
) -> None:
    for spelling in (email, email.upper()):
        client.post("/v1/auth/login", json={"email": spelling, "password": "guess"})
    with sessions.begin() as session:
        assert attempts(session, email) == [("127.0.0.1", 2)]


def test_a_signin_link_works_once(client: httpx.Client, sessions: sessionmaker[Session], email: str) -> None:
    with sessions.begin() as session:
        user = create_first_user(session, email, "Ada")
        token = issue_signin_link(session, user.user_id)
    signed_in = client.post("/v1/auth/link", json={"token": token})
    assert signed_in.json()["org"]["org_id"] == user.organization_id
    assert client.get("/v1/user").json()["id"] == user.user_id
    again = client.post("/v1/auth/link", json={"token": token})
    assert (again.status_code, again.json()["error"]["code"]) == (401, "SigninLinkInvalid")


def test_an_old_signin_link_lets_nobody_in(client: httpx.Client, sessions: sessionmaker[Session], email: str) -> None:
    with sessions.begin() as session:
        token = issue_signin_link(session, create_first_user(session, email, "Ada").user_id)
        session.execute(update(SigninLink).where(SigninLink.hash == digest(token)).values(expires_at=func.now()))
    assert client.post("/v1/auth/link", json={"token": token}).status_code == 401


def test_the_first_user_is_made_once_and_each_key_works(
    client: httpx.Client, sessions: sessionmaker[Session], email: str
) -> None:
    with sessions.begin() as session:
        one = create_first_user(session, email, "Ada")
    with sessions.begin() as session:
        other = create_first_user(session, email.upper(), "Ada")
    assert (one.user_id, one.organization_id) == (other.user_id, other.organization_id)
    for key in (one.api_key, other.api_key):
        assert client.get("/v1/user", headers={"Authorization": f"Bearer {key}"}).json()["id"] == one.user_id


@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
def test_another_sites_page_cannot_use_the_cookie(client: httpx.Client, world: World, origin: str | None) -> None:
    headers = {"Cookie": f"knowledger_session={world.own.admin.session_token}"}
    refused = client.post("/v1/orgs", json={"name": "x"}, headers=headers | ({"Origin": origin} if origin else {}))
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "ForeignOrigin")
    allowed = client.post("/v1/orgs", json={"name": "x"}, headers=headers | own_origin(client))
    assert allowed.status_code == 201


def test_another_sites_page_cannot_sign_its_visitor_in(client: httpx.Client) -> None:
    refused = client.post("/v1/auth/login", json={"email": "a@b", "password": "x"}, headers={"Origin": "https://e.vil"})
    assert refused.json()["error"]["code"] == "ForeignOrigin"
