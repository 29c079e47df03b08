"""Where MCP clients learn which authorization server gives tokens for a graph (RFC 9728). Only where there is one."""

from urllib.parse import quote

from fastapi import Request

from knowledger.api.access import PUBLIC, Router
from knowledger.api.deps import Deps, api_deps
from knowledger.api.shapes import Answer
from knowledger.domain.tenancy.bearers import AuthorizationServer
from knowledger.domain.tenancy.roles import Scope
from knowledger.kernel.errors import NotFound

_WELL_KNOWN = "/.well-known/oauth-protected-resource"

router = Router(tags=["mcp"], prefix="")


class NoAuthorizationServer(NotFound):
    """This server accepts no tokens of an authorization server."""

    hint = "Use an API key, or set KNOWLEDGER_OAUTH_ISSUER."


class ProtectedResource(Answer):
    """As RFC 9728, section 2, names things."""

    resource: str
    authorization_servers: list[str]
    scopes_supported: list[str]
    bearer_methods_supported: list[str]
    resource_name: str


@router.get(_WELL_KNOWN + "/v1/graphs/{graph_id}/mcp", dependencies=[PUBLIC])
def protected_resource(graph_id: str, request: Request, deps: Deps) -> ProtectedResource:
    """What a token for this graph has to be. Says nothing about whether there is such a graph."""
    server = _server_of(deps.authorization_server)
    return ProtectedResource(
        resource=f"{_base(request)}/v1/graphs/{graph_id}/mcp",
        authorization_servers=[server.issuer],
        scopes_supported=[f"knowledger:{scope}" for scope in Scope],
        bearer_methods_supported=["header"],
        resource_name="Knowledger",
    )


def challenge(request: Request) -> str:
    """What a caller who was not let in is told of how to get in (RFC 9728, section 5.1)."""
    if api_deps(request).authorization_server is None or not request.url.path.endswith("/mcp"):
        return "Bearer"
    return f'Bearer resource_metadata="{_base(request)}{_WELL_KNOWN}{quote(request.url.path)}"'


def _server_of(server: AuthorizationServer | None) -> AuthorizationServer:
    if server is None:
        raise NoAuthorizationServer
    return server


def _base(request: Request) -> str:
    return (api_deps(request).settings.public_url or str(request.base_url)).rstrip("/")
