"""Passes requests on to Dagster's web server on its unix socket, and its answers back."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from knowledger.domain.operations.pipelines import PipelinesUnavailable

# The page brings a policy of its own, which lets it load what it likes; it needs nothing from elsewhere.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_PATIENCE: Final = httpx.Timeout(60, connect=5)
_HOP_BY_HOP: Final = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "content-length", "host"}
)
_CREDENTIALS: Final = frozenset({"cookie", "authorization", "x-api-key"})
_SAID_BY_US: Final = frozenset({"server", "date", "x-content-type-options", "referrer-policy"})


async def pass_on(request: Request, socket_path: Path) -> Response:
    """Dagster learns nothing of who asks. Raises PipelinesUnavailable."""
    transport = httpx.AsyncHTTPTransport(uds=str(socket_path), verify=False)
    client = httpx.AsyncClient(transport=transport, timeout=_PATIENCE, trust_env=False)
    asked = client.build_request(
        request.method,
        httpx.URL("http://dagster" + request.scope["path"], query=request.scope["query_string"]),
        headers=_without(request.headers.items(), _HOP_BY_HOP | _CREDENTIALS),
        content=await request.body() or None,
    )
    try:
        answer = await client.send(asked, stream=True)
    except httpx.HTTPError as error:
        await client.aclose()
        raise PipelinesUnavailable from error

    async def body() -> AsyncIterator[bytes]:
        try:
            async for piece in answer.aiter_raw():
                yield piece
        finally:
            await answer.aclose()
            await client.aclose()

    passed = StreamingResponse(body(), status_code=answer.status_code)
    for name, value in _without(answer.headers.multi_items(), _HOP_BY_HOP | _SAID_BY_US):
        passed.headers.append(name, value)
    passed.headers.append("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    return passed


async def talk(browser: WebSocket, socket_path: Path) -> None:
    """Until either side hangs up."""
    spoken = [Subprotocol(name) for name in browser.scope["subprotocols"]]
    uri = "ws://dagster" + browser.scope["path"]
    with suppress(OSError, WebSocketException, WebSocketDisconnect):
        async with unix_connect(str(socket_path), uri, subprotocols=spoken, max_size=None) as server:
            await browser.accept(server.subprotocol)
            await _relay(browser, server)


async def _relay(browser: WebSocket, server: ClientConnection) -> None:
    async def up() -> None:
        while True:
            await server.send(await browser.receive_text())

    async def down() -> None:
        async for said in server:
            await browser.send_text(said if isinstance(said, str) else said.decode())

    directions = [asyncio.create_task(up()), asyncio.create_task(down())]
    try:
        await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for direction in directions:
            direction.cancel()
        await asyncio.gather(*directions, return_exceptions=True)
        with suppress(RuntimeError):
            await browser.close()


def _without(headers: Iterable[tuple[str, str]], names: frozenset[str]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() not in names]
