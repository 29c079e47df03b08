"""Dagster's own page, behind our sign-in: its web server itself asks nobody who they are.

Only operators get through. The browser sends its cookie whoever wrote the page, and Dagster takes changes by GET as
well, so whatever can change something has to come from our own origin.
"""

from typing import Final

from starlette.requests import HTTPConnection, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from knowledger.api.access import MinRole, authorize
from knowledger.api.deps import api_deps
from knowledger.api.errors import error_answer
from knowledger.api.origin import SAFE_METHODS, refuse_other_origins
from knowledger.domain.operations.pipelines import PipelinesOff
from knowledger.kernel.errors import KnowledgerError, Unauthenticated
from knowledger.settings import Settings

MOUNTED_AT: Final = "/dagster"
OPERATOR: Final = MinRole("operator")
_POLICY_VIOLATION: Final = 1008


def to_the_page(_: Request) -> Response:
    """The page's own addresses are relative to a directory."""
    return RedirectResponse(f"{MOUNTED_AT}/", status_code=307)


class DagsterPage:
    """An ASGI application, to be mounted at `/dagster`. What passes requests on is loaded for the first visitor."""

    def __init__(self, settings: Settings) -> None:
        self._socket = settings.dagster_web_socket
        self._is_on = settings.dagster == "on"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._talk(WebSocket(scope, receive, send))
        elif scope["type"] == "http":
            answer = await self._answer(Request(scope, receive))
            await answer(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        try:
            await self._admit(request, request.method)
            from knowledger.api.dagster_proxy import pass_on

            return await pass_on(request, self._socket)
        except Unauthenticated as error:
            is_visit = "text/html" in request.headers.get("accept", "")
            return RedirectResponse("/", status_code=303) if is_visit else error_answer(error)
        except KnowledgerError as error:
            return error_answer(error)

    async def _talk(self, browser: WebSocket) -> None:
        """Dagster's page hears of news over a WebSocket."""
        try:
            await self._admit(browser, "GET")
        except KnowledgerError:
            await browser.close(_POLICY_VIOLATION)
            return
        from knowledger.api.dagster_proxy import talk

        await talk(browser, self._socket)

    async def _admit(self, connection: HTTPConnection, method: str) -> None:
        """Raises Unauthenticated, Forbidden, ForeignOrigin or PipelinesOff."""
        caller = await authorize(connection, OPERATOR, method)
        may_change = connection.scope["type"] == "websocket" or connection.scope["path"].endswith("/graphql")
        if caller.kind == "session" and may_change and method in SAFE_METHODS:
            refuse_other_origins(connection, api_deps(connection).settings)
        if not self._is_on:
            raise PipelinesOff
