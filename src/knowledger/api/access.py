"""Every route says in its signature who may call it; this is what holds it to that.

    def read_graph(graph_id: str, access: AsViewer) -> Graph: ...

The caller is known before anything of the body is read. `{graph_id}` and `{org_id}` in a path are the places that a
role is looked up for; elsewhere an API key acts in its own organization, a browser in the one that the header
`X-Organization-Id` names or else in the first that its user belongs to.
"""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.requests import HTTPConnection

from knowledger.api.body import limited
from knowledger.api.deps import ApiDeps, api_deps
from knowledger.api.origin import SAFE_METHODS, refuse_other_origins
from knowledger.api.transaction import reading
from knowledger.api.trip import in_one_trip
from knowledger.domain.tenancy.access import (
    Access,
    Caller,
    Credential,
    Place,
    found,
    found_granted,
    lookup,
    lookup_granted,
    mark_used,
)
from knowledger.domain.tenancy.bearers import Grant
from knowledger.domain.tenancy.operators import require_operator
from knowledger.domain.tenancy.roles import Role, Scope, allows, ceiling
from knowledger.kernel.errors import Forbidden, NotFound, Unauthenticated

SESSION_COOKIE: Final = "knowledger_session"
_DOTS_OF_A_JWT: Final = 2


class RepositoryReadOnly(Forbidden):
    """A repository is shared: everybody reads it, and only the operations that load it write."""

    hint = "Make a graph of your own for what is yours."


class KeyIsConfined(Forbidden):
    """This API key reaches only the graphs that it was made for."""

    hint = "Use a key that was made without `graph_ids`, or sign in."


class MinRole:
    """The least that a caller needs: `public` nothing, `user` any credential, else a role in the place named.

    `operator` is no role in an organization: it is who runs this deployment. What `reads` a graph, as everything for
    viewers does, may be done with a repository as well. A key that is confined to some graphs comes in at these graphs'
    routes, and elsewhere only where the route `heeds_graphs`: shows nothing beyond `caller.graph_ids`.
    """

    def __init__(
        self,
        name: Literal["public", "user", "viewer", "member", "admin", "operator"],
        *,
        reads: bool = False,
        heeds_graphs: bool = False,
    ) -> None:
        self.name = name
        self.reads = reads or name == "viewer"
        self.heeds_graphs = heeds_graphs

    async def __call__(self, request: Request) -> Caller | None:
        caller: Caller | None = request.state.caller
        return caller

    def admit(self, caller: Caller, method: str) -> None:
        """Raises Forbidden. A key that may only read changes nothing, not even what belongs to its user."""
        if caller.graph_ids is not None and caller.graph_id is None and not self.heeds_graphs:
            raise KeyIsConfined
        if self.name in ("public", "user"):
            if method not in SAFE_METHODS and caller.scopes <= {Scope.READ}:
                raise Forbidden("This API key may only read.", hint="Use a key with the scope `write`.")
        elif not isinstance(caller, Access):
            raise Forbidden("You belong to no organization.", hint="Create one, or ask to be added to one.")
        elif self.name != "operator" and not allows(caller.role, Role(self.name)):
            raise Forbidden(
                f"This needs the role {self.name}; yours is {caller.role} here.",
                hint=_key_s_fault(caller, Role(self.name)),
            )
        elif caller.is_shared and not self.reads:
            raise RepositoryReadOnly


def _key_s_fault(caller: Caller, needed: Role) -> str | None:
    """Whose key cannot do it may well have the role."""
    if allows(ceiling(caller.scopes), needed):
        return None
    return "The API key allows no more: `knowledger key create NAME --scope …` makes one that does."


PUBLIC = Depends(MinRole("public"))
AsUser = Annotated[Caller, Depends(MinRole("user"))]
AsViewer = Annotated[Access, Depends(MinRole("viewer"))]
AsMember = Annotated[Access, Depends(MinRole("member"))]
AsAsker = Annotated[Access, Depends(MinRole("member", reads=True))]
"""A member who asks a graph, own or shared, and whose organization pays for the answer."""
AsUserOfGraphs = Annotated[Caller, Depends(MinRole("user", heeds_graphs=True))]
AsViewerOfGraphs = Annotated[Access, Depends(MinRole("viewer", heeds_graphs=True))]
AsMemberOfGraphs = Annotated[Access, Depends(MinRole("member", heeds_graphs=True))]
AsAdmin = Annotated[Access, Depends(MinRole("admin"))]
AsOperator = Annotated[Access, Depends(MinRole("operator"))]


class GuardedRoute(APIRoute):
    """A route that cannot exist without its minimal role, and shows it in OpenAPI as `x-min-role`."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, in_one_trip(endpoint), **options)
        self.openapi_extra = {**(self.openapi_extra or {}), "x-min-role": self.min_role.name}

    @property
    def min_role(self) -> MinRole:
        declared = [call for call in _calls(self.dependant) if isinstance(call, MinRole)]
        if len(declared) != 1:
            raise TypeError(f"{self.path} declares {len(declared)} minimal roles; a route has exactly one.")
        return declared[0]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        min_role = self.min_role
        reads_body = self.body_field is not None

        async def guarded(request: Request) -> Response:
            request.state.caller = None
            if min_role.name != "public":
                request.state.caller = await authorize(request, min_role, request.method)
            return await handle(Request(request.scope, limited(request.receive)) if reads_body else request)

        return guarded


class Router(APIRouter):
    """The routes of one noun, under `/v1`."""

    def __init__(self, *, tags: list[str], prefix: str = "/v1") -> None:
        super().__init__(prefix=prefix, tags=[*tags], route_class=GuardedRoute)


def _calls(dependant: Dependant) -> list[object]:
    return [dependant.call, *(call for part in dependant.dependencies for call in _calls(part))]


async def authorize(request: HTTPConnection, min_role: MinRole, method: str) -> Caller:
    """Who asks, where they may do so by such a method. Raises Unauthenticated, NotFound, Forbidden or ForeignOrigin."""
    deps = api_deps(request)
    credential = _credential(request)
    if credential.kind == "session" and method not in SAFE_METHODS:
        refuse_other_origins(request, deps.settings)
    caller = await _resolve(deps, credential, request)
    if any("\0" in str(value) for value in request.path_params.values()):
        raise NotFound  # PostgreSQL takes no NUL in a text, so nothing has such a name
    min_role.admit(caller, method)
    if min_role.name == "operator":
        await reading(deps, lambda session: require_operator(session, caller))
    return caller


async def _resolve(deps: ApiDeps, credential: Credential, request: HTTPConnection) -> Caller:
    """One round trip, but for tokens, and once in five minutes to note that a key is used."""
    place = _place(request)
    if credential.kind == "token":
        grant = await run_in_threadpool(_grant, deps, credential, request)
        asked = lookup_granted(grant, place)
        return found_granted(grant, place, await deps.lookups.row(asked.statement, asked.values))
    asked = lookup(credential, place)
    row = await deps.lookups.row(asked.statement, asked.values)
    if row and row["unmarked"]:
        key_id = row["credential_id"]
        await reading(deps, lambda session: mark_used(session, key_id))
    return found(credential, place, row)


def _grant(deps: ApiDeps, credential: Credential, request: HTTPConnection) -> Grant:
    """A token may be for this one address. Which that is, is not for the caller's `Host` header to say."""
    if deps.authorization_server is None:
        raise Unauthenticated
    base = deps.settings.public_url
    url = None if base is None else base.rstrip("/") + str(request.scope["path"])
    return deps.authorization_server.grant(credential.secret, url)


def _credential(request: HTTPConnection) -> Credential:
    """An API key sent on purpose goes before the cookie that a browser sends by itself."""
    if key := request.headers.get("x-api-key"):
        return Credential("api_key", key)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme:
        return _bearer(key.strip() if scheme.lower() == "bearer" else "")
    if token := request.cookies.get(SESSION_COOKIE):
        return Credential("session", token)
    raise Unauthenticated


def _bearer(secret: str) -> Credential:
    """A JWT has three parts (RFC 7519); everything else can only be an API key."""
    return Credential("token" if secret.count(".") == _DOTS_OF_A_JWT else "api_key", secret)


def _place(request: HTTPConnection) -> Place:
    return Place(
        graph_id=request.path_params.get("graph_id"),
        organization_id=request.path_params.get("org_id") or request.headers.get("x-organization-id"),
    )
