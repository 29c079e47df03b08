"""The Model Context Protocol at each graph: who may read the graph may use its tools."""

import asyncio
from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import TYPE_CHECKING

from fastapi import HTTPException, Request, Response
from starlette.types import Receive, Scope, Send

from knowledger.api.access import AsViewer, Router
from knowledger.api.deps import Deps
from knowledger.settings import Settings

if TYPE_CHECKING:
    from knowledger.mcp.server import McpEndpoint
    from knowledger.mcp.visit import Visit

router = Router(tags=["mcp"])


class McpDoor:
    """The protocol's server, loaded for the first who comes. Belongs to one application and its event loop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._opening: asyncio.Future[McpEndpoint] | None = None
        self._closing = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    async def endpoint(self) -> "McpEndpoint":
        """Whoever comes first may go away again: others wait for the same. What failed to load is tried again."""
        if self._opening is None or (self._opening.done() and self._opening.exception() is not None):
            self._opening = asyncio.get_running_loop().create_future()
            self._keeper = asyncio.create_task(self._keep(self._opening))
        return await asyncio.shield(self._opening)

    async def close(self) -> None:
        self._closing.set()
        if self._keeper is not None:
            await self._keeper

    async def _keep(self, opened: "asyncio.Future[McpEndpoint]") -> None:
        """A task of its own: the protocol's tasks must not live inside the request that happened to come first."""
        async with AsyncExitStack() as stack:
            try:
                server = await asyncio.to_thread(self._load)
                opened.set_result(await stack.enter_async_context(server.running()))
            except BaseException as error:
                opened.set_exception(error)
                return
            await self._closing.wait()

    def _load(self) -> "McpEndpoint":
        from knowledger.mcp.server import McpEndpoint

        return McpEndpoint(self._settings.public_url, self._settings.host)


class McpAnswer(Response):
    """Lets the protocol's own server answer."""

    def __init__(self, endpoint: "McpEndpoint", visit: "Visit") -> None:
        self._endpoint, self._visit = endpoint, visit
        self.background = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._endpoint.serve(self._visit, scope, receive, send)


@router.post("/graphs/{graph_id}/mcp", response_class=Response)
async def mcp(graph_id: str, request: Request, access: AsViewer, deps: Deps) -> Response:
    """Streamable HTTP of the Model Context Protocol, without sessions: every message is answered by itself."""
    door: McpDoor = request.app.state.mcp
    endpoint = await door.endpoint()
    from knowledger.mcp.visit import Visit

    return McpAnswer(endpoint, Visit(graph_id, access, deps.sessions, deps.readings))


@router.api_route("/graphs/{graph_id}/mcp", methods=["GET", "DELETE"], include_in_schema=False)
async def neither_stream_nor_session(graph_id: str, access: AsViewer) -> Response:
    """What the protocol wants of a server that has none; 404 means a session that was lost.

    A route, because else the page behind the API would answer.
    """
    raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
