"""How a request is answered: at once by one message, or by a stream where somebody follows it; and in whose words."""

import json
from typing import Any, NoReturn

import anyio
import httpx
import pytest
from sqlalchemy.orm import sessionmaker
from starlette.types import Receive, Scope, Send

from knowledger.domain.tenancy.access import Access
from knowledger.domain.tenancy.roles import Role
from knowledger.domain.tenancy.roles import Scope as KeyScope
from knowledger.kernel.json import JsonObject
from knowledger.mcp.server import McpEndpoint
from knowledger.mcp.visit import Visit

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]

SECRET = "/srv/somewhere/inside"
ACCESS = Access("user", "key", "api_key", frozenset(KeyScope), "org", Role.VIEWER, "kg")
MODERN = "2026-07-28"
TOLD = {"protocolVersion": MODERN, "clientCapabilities": {}}
REVISIONS = ("2025-03-26", "2025-06-18", "2025-11-25", MODERN)


def broken(graph_id: str, organization_id: str) -> NoReturn:
    raise RuntimeError(f"cannot open {SECRET}")


def posted(body: JsonObject | bytes, revision: str, **headers: str) -> httpx.Response:
    """The answer of a server whose graphs cannot be opened."""
    visit = Visit("kg", ACCESS, sessionmaker(), broken)

    async def post() -> httpx.Response:
        async with McpEndpoint(None, "127.0.0.1").running() as endpoint:

            async def app(scope: Scope, receive: Receive, send: Send) -> None:
                await endpoint.serve(visit, scope, receive, send)

            sent = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": revision, **headers}
            content = body if isinstance(body, bytes) else json.dumps(body)
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app)) as client:
                return await client.post(
                    "http://127.0.0.1/", content=content, headers={"Content-Type": "application/json", **sent}
                )

    return anyio.run(post)


def request(method: str, params: dict[str, Any], revision: str) -> tuple[JsonObject, dict[str, str]]:
    headers: dict[str, str] = {}
    if revision == MODERN:
        about = {f"io.modelcontextprotocol/{name}": told for name, told in TOLD.items()}
        params["_meta"] = {**params.get("_meta", {}), **about}
        headers = {"Mcp-Method": method, "Mcp-Name": params["name"]}
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": params}, headers


def message_of(answer: httpx.Response) -> JsonObject:
    text = answer.text
    if answer.headers["content-type"].startswith("text/event-stream"):
        text = next(line for line in answer.text.splitlines() if line.startswith("data: {")).removeprefix("data: ")
    message: JsonObject = json.loads(text)
    return message


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_breaks_inside_is_not_told(revision: str) -> None:
    for followed in (False, True):
        params: dict[str, Any] = {"name": "get_schema", "arguments": {}}
        if followed:
            params["_meta"] = {"progressToken": 1}
        body, headers = request("tools/call", params, revision)
        answer = posted(body, revision, **headers)
        assert SECRET not in answer.text
        message = message_of(answer)
        assert (message["id"], message["error"]) == (7, {"code": -32603, "message": "Internal server error"})


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_only_a_request_that_is_followed_is_answered_by_a_stream(revision: str) -> None:
    asked: list[tuple[str, dict[str, Any], str]] = [
        ("ping", {}, "application/json"),
        ("tools/list", {}, "application/json"),
        ("tools/list", {"_meta": {"progressToken": "a"}}, "text/event-stream"),
        ("tools/call", {"name": "watch_operation", "arguments": {}}, "text/event-stream"),
    ]
    for method, params, kind in asked:
        body, _ = request(method, params, revision)
        answer = posted(body, revision)
        assert answer.headers["content-type"].partition(";")[0] == kind
        assert message_of(answer)["id"] == 7


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"{", {}, 400),
        (b"[]", {}, 400),
        (b'{"jsonrpc": "2.0", "method": "notifications/initialized"}', {}, 202),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}', {"Accept": "text/html"}, 406),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}', {"Content-Type": "text/plain"}, 400),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}', {"Host": "evil.example.org"}, 421),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}', {"Origin": "http://evil.example.org"}, 403),
        (b'{"jsonrpc": "2.0", "id": 1, "method": "ping"}' + b" " * (5 << 20), {}, 413),
    ],
)
def test_what_is_no_request_or_comes_from_elsewhere_is_refused(
    body: bytes, headers: dict[str, str], status: int
) -> None:
    assert posted(body, "2025-11-25", **headers).status_code == status
