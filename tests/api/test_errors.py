"""One shape for every error, and nothing of the inside in it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import sqlalchemy
from fastapi import HTTPException
from pydantic import BaseModel
from sqlalchemy.orm import sessionmaker
from starlette.types import Message, Receive

from knowledger.api.access import PUBLIC, Router
from knowledger.api.app import create_app
from knowledger.api.body import limited
from knowledger.api.deps import ApiDeps
from knowledger.api.lookups import Lookups
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonValue
from tests.api.serving import serving


class Teapot(KnowledgerError):
    """This is a teapot."""

    status = 418
    hint = "Ask a coffee machine."


class Amount(BaseModel):
    amount: int
    notes: list[int] = []


router = Router(tags=["odd"])


@router.get("/teapot", dependencies=[PUBLIC])
def brew() -> None:
    raise Teapot(spouts=1)


@router.get("/crash", dependencies=[PUBLIC])
def crash() -> None:
    raise RuntimeError("/etc/secret SELECT password")


@router.post("/amounts", dependencies=[PUBLIC])
def take(body: Amount, day: int = 1) -> Amount:
    return body


@pytest.fixture
def odd(deps: ApiDeps) -> Iterator[httpx.Client]:
    app = create_app(deps)
    app.include_router(router)
    with serving(app) as url, httpx.Client(base_url=url) as client:
        yield client


def blocks_of(block: bytes) -> Receive:
    """A body of three blocks."""
    messages = iter([{"type": "http.request", "body": block, "more_body": more} for more in (True, True, False)])

    async def receive() -> Message:
        return next(messages)

    return receive


async def read_all(receive: Receive) -> int:
    size_bytes = 0
    while True:
        message = await receive()
        size_bytes += len(message["body"])
        if not message["more_body"]:
            return size_bytes


def error_of(answer: httpx.Response) -> dict[str, JsonValue]:
    body = answer.json()
    assert body.keys() == {"error", "detail"}
    assert body["detail"] == body["error"]["message"]
    error: dict[str, JsonValue] = body["error"]
    return error


def test_our_own_error_says_code_message_hint_and_details(odd: httpx.Client) -> None:
    answer = odd.get("/v1/teapot")
    assert answer.status_code == 418
    assert error_of(answer) == {
        "code": "Teapot",
        "message": "This is a teapot.",
        "hint": "Ask a coffee machine.",
        "retryable": False,
        "details": {"spouts": 1},
    }


def test_a_malformed_request_names_each_place(odd: httpx.Client) -> None:
    answer = odd.post("/v1/amounts?day=today", json={"amount": "much", "notes": [1, "x"]})
    assert answer.status_code == 422
    error = error_of(answer)
    assert error["code"] == "InvalidInput"
    integer = "Input should be a valid integer, unable to parse string as an integer"
    assert error["details"] == {
        "problems": [
            {"place": "query.day", "problem": integer},
            {"place": "body.amount", "problem": integer},
            {"place": "body.notes.1", "problem": integer},
        ]
    }
    assert error["message"] == f"query.day: {integer} (and 2 more)"


def test_broken_json_is_malformed_too(odd: httpx.Client) -> None:
    answer = odd.post("/v1/amounts", content='{"amount": ', headers={"Content-Type": "application/json"})
    assert (answer.status_code, error_of(answer)["code"]) == (422, "InvalidInput")
    assert "is not JSON: " in str(error_of(answer)["message"])
    nothing = error_of(odd.post("/v1/amounts?day=1", json={}))
    assert nothing["message"] == "body.amount: is missing"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/v1/nowhere", 404, "NotFound"), ("DELETE", "/v1/teapot", 405, "MethodNotAllowed")],
)
def test_what_the_router_refuses_has_the_shape(
    odd: httpx.Client, method: str, path: str, status: int, code: str
) -> None:
    answer = odd.request(method, path)
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


def test_a_crash_tells_nothing_and_the_next_request_is_served(odd: httpx.Client) -> None:
    answer = odd.get("/v1/crash")
    assert (answer.status_code, error_of(answer)["code"]) == (500, "InternalError")
    assert "secret" not in answer.text
    assert "SELECT" not in answer.text
    assert odd.get("/livez").status_code == 200


def test_a_body_beyond_the_limit_is_refused(odd: httpx.Client) -> None:
    assert odd.post("/v1/amounts", json={"amount": 1, "padding": " " * 1_000_000}).status_code == 200
    with pytest.raises(HTTPException) as refused:
        asyncio.run(read_all(limited(blocks_of(b" " * 10), limit_bytes=29)))
    assert refused.value.status_code == 413
    assert asyncio.run(read_all(limited(blocks_of(b" " * 10), limit_bytes=30))) == 30


def test_nobody_knows_why_a_credential_failed(odd: httpx.Client) -> None:
    answer = odd.get("/v1/user", headers={"X-API-Key": "kn_x"})
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert error_of(answer)["code"] == "Unauthenticated"


def test_a_database_that_is_away_is_a_reason_to_try_again(deps: ApiDeps, tmp_path: Path) -> None:
    gone = sqlalchemy.create_engine(f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    with serving(create_app(replace(deps, sessions=sessionmaker(gone), lookups=Lookups(f"host={tmp_path}")))) as url:
        answer = httpx.get(f"{url}/v1/user", headers={"X-API-Key": "kn_" + "0" * 64})
    assert (answer.status_code, error_of(answer)["code"]) == (503, "DatabaseUnavailable")
    assert error_of(answer)["retryable"] is True
    assert str(tmp_path) not in answer.text
