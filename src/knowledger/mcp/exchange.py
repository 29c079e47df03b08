"""A request answered at once by one JSON message, in the protocol's revisions before 2026-07-28.

For these the SDK opens a session with tasks and streams of its own for every request, even where no session is kept,
which takes longer than most tools. A request that nobody follows by its progress needs none of it.
"""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import anyio
from mcp import types
from mcp.server import Server
from mcp.server.connection import Connection
from mcp.server.runner import serve_one
from mcp.server.streamable_http import check_accept_headers
from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from mcp.shared.dispatcher import CallOptions
from mcp.shared.exceptions import NoBackChannelError
from mcp.shared.jsonrpc_dispatcher import handler_exception_to_error_data, progress_token_from_params
from mcp.shared.message import ServerMessageMetadata
from mcp.shared.transport_context import TransportContext
from mcp.types.version import HANDSHAKE_PROTOCOL_VERSIONS
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from knowledger.kernel.errors import KnowledgerError

_VERSION_HEADER = "mcp-protocol-version"
_TRANSPORT = TransportContext(kind="streamable-http", can_send_request=False)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """A request that can be answered so, in the revision that it names."""

    message: types.JSONRPCRequest
    version: str
    request: Request


class Exchange:
    """`lasting` are tools that may take minutes, which only a stream survives."""

    def __init__(
        self, server: Server[Any], security: TransportSecuritySettings, *, lasting: frozenset[str] = frozenset()
    ) -> None:
        self._server = server
        self._security = TransportSecurityMiddleware(security)
        self._lasting = lasting

    async def read(self, request: Request, body: bytes) -> Asked | None:
        """None for whatever else there may be in a body, well or ill formed: the SDK has an answer to each."""
        version = request.headers.get(_VERSION_HEADER, types.DEFAULT_NEGOTIATED_VERSION)
        if version not in HANDSHAKE_PROTOCOL_VERSIONS or not all(check_accept_headers(request)):
            return None
        if await self._security.validate_request(request, is_post=True) is not None:
            return None
        try:
            message = types.JSONRPCRequest.model_validate_json(body, by_name=False)
        except ValidationError:
            return None
        return None if self._is_followed(message) else Asked(message, version, request)

    async def answer(self, asked: Asked) -> Response:
        context = _Once(asked.message.id, ServerMessageMetadata(request_context=asked.request))
        about, params = {"jsonrpc": "2.0", "id": asked.message.id}, asked.message.params
        connection = Connection.from_envelope(asked.version, None, None)
        try:
            result = await serve_one(
                self._server, context, asked.message.method, params, connection=connection, lifespan_state=None
            )
        except Exception as error:
            return _json({**about, "error": error_data(error).model_dump(mode="json", exclude_none=True)})
        return _json({**about, "result": result})

    def _is_followed(self, message: types.JSONRPCRequest) -> bool:
        params = message.params or {}
        lasts = message.method == "tools/call" and params.get("name") in self._lasting
        return lasts or progress_token_from_params(params) is not None


def error_data(error: Exception) -> types.ErrorData:
    """What a client is told: our own words, or the protocol's, and nothing of what went wrong inside."""
    if isinstance(error, KnowledgerError):
        return types.ErrorData(code=types.INVALID_PARAMS, message=error.message)
    told = handler_exception_to_error_data(error)
    if told is None:
        _log.error("a request of the Model Context Protocol failed", exc_info=error)
        return types.ErrorData(code=types.INTERNAL_ERROR, message="Internal server error")
    return told


def _json(message: dict[str, Any]) -> Response:
    return Response(json.dumps(message, ensure_ascii=False, separators=(",", ":")), media_type="application/json")


@dataclass
class _Once:
    """One request without a way back to its client but the answer."""

    request_id: types.RequestId
    message_metadata: ServerMessageMetadata
    transport: TransportContext = _TRANSPORT
    can_send_request: bool = False
    cancel_requested: anyio.Event = field(default_factory=anyio.Event)

    async def send_raw_request(
        self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None
    ) -> NoReturn:
        raise NoBackChannelError(method)

    async def notify(self, method: str, params: Mapping[str, Any] | None, opts: CallOptions | None = None) -> None:
        """Told to nobody."""

    async def progress(self, progress: float, total: float | None = None, message: str | None = None) -> None:
        """Followed by nobody."""
