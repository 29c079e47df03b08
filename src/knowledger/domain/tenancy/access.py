"""Who is asking and what they may do here, resolved in one statement."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from sqlalchemy import text
from sqlalchemy.orm import Session

from knowledger.domain.tenancy.bearers import Grant
from knowledger.domain.tenancy.roles import Role, Scope, ceiling, lower
from knowledger.domain.tenancy.secrets import digest
from knowledger.kernel.errors import NotFound, Unauthenticated

Kind: TypeAlias = Literal["api_key", "session", "token"]


class GraphNotFound(NotFound):
    """There is no such graph, or it is not yours."""


class OrganizationNotFound(NotFound):
    """There is no such organization, or you do not belong to it."""


@dataclass(frozen=True)
class Credential:
    """What a request proves itself with: an API key, the token of a signed-in browser, or one of another server's."""

    kind: Kind
    secret: str


@dataclass(frozen=True)
class Place:
    """What a request names: a graph, an organization, or nothing (then the caller's own organization)."""

    graph_id: str | None = None
    organization_id: str | None = None


@dataclass(frozen=True)
class Caller:
    """A person, or their API key, which is confined to its organization and to its scopes.

    `organization_id` is where they act and `role` what they may do there, the scopes already counted in; both are
    None for somebody who belongs nowhere. `graph_ids` are all graphs that a key reaches which is confined to some,
    their subgraphs counted in.
    """

    user_id: str
    credential_id: str
    kind: Kind
    scopes: frozenset[Scope]
    organization_id: str | None
    role: Role | None
    graph_id: str | None
    graph_ids: frozenset[str] | None = None


@dataclass(frozen=True)
class Access(Caller):
    """A caller with a role in one organization; on a graph's routes, in the organization that owns the graph.

    On a repository's routes it is the caller's own organization, and `is_shared` says that nobody's role writes there.
    `graph_file` is the id and the object key of the graph's current generation, which a query needs no trip for then.
    """

    organization_id: str
    role: Role
    is_shared: bool = False
    graph_file: tuple[str, str] | None = None


_WELL_FORMED = {"api_key": re.compile("kn_[0-9a-f]{64}"), "session": re.compile("[0-9a-f]{64}")}

_REACHES = """CASE WHEN g.is_repository
           THEN EXISTS (SELECT FROM repository_access a WHERE a.repository = g.id
                                                         AND coalesce(a.organization_id = {0}, true))
           ELSE g.organization_id = {0} END"""
"""Whether an organization may see a graph: its own, or a repository that it has access to."""

_BY_API_KEY = f"""
    SELECT k.id AS credential_id, k.user_id, k.scopes, k.organization_id, m.role, g.id AS graph_id, g.is_repository,
           f.id AS generation_id, f.object_key,
           CASE WHEN k.graph_ids IS NOT NULL THEN ARRAY(
                SELECT id FROM graphs WHERE id = ANY (k.graph_ids) OR parent_id = ANY (k.graph_ids)) END AS graph_ids,
           coalesce(k.last_used_at < now() - interval '5 minutes', true) AS unmarked
      FROM api_keys k
      JOIN users u ON u.id = k.user_id AND u.disabled_at IS NULL
      JOIN memberships m ON m.user_id = k.user_id AND m.organization_id = k.organization_id
      LEFT JOIN graphs g ON g.id = %(graph_id)s AND g.deleted_at IS NULL AND {_REACHES.format("k.organization_id")}
                        AND (k.graph_ids IS NULL OR g.id = ANY (k.graph_ids) OR g.parent_id = ANY (k.graph_ids))
      LEFT JOIN generations f ON f.id = g.generation_id
     WHERE k.hash = %(digest)s AND k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true)
"""

_BY_USER = f"""
    SELECT {{credential}} AS credential_id, u.id AS user_id, m.organization_id, m.role, g.is_repository,
           CASE WHEN m.role IS NOT NULL AND {_REACHES.format("m.organization_id")} THEN g.id END AS graph_id,
           f.id AS generation_id, f.object_key, NULL AS graph_ids, false AS unmarked
      FROM {{people}}
      LEFT JOIN graphs g ON g.id = %(graph_id)s AND g.deleted_at IS NULL
      LEFT JOIN generations f ON f.id = g.generation_id
      LEFT JOIN LATERAL (
           SELECT organization_id, role
             FROM memberships
            WHERE user_id = u.id
              AND organization_id = coalesce(CASE WHEN NOT g.is_repository THEN g.organization_id END,
                                             %(organization_id)s, organization_id)
            ORDER BY created_at, organization_id
            LIMIT 1) m ON true
     WHERE u.disabled_at IS NULL AND {{proof}}
"""

_BY_SESSION = _BY_USER.format(
    credential="s.id",
    people="sessions s JOIN users u ON u.id = s.user_id",
    proof="s.hash = %(digest)s AND s.revoked_at IS NULL AND s.expires_at > now()",
)

_BY_EMAIL = _BY_USER.format(credential="%(subject)s", people="users u", proof="lower(u.email) = lower(%(email)s)")

_REACHED = text(f"""
    SELECT 1 FROM graphs g WHERE g.id = :graph_id AND g.deleted_at IS NULL AND {_REACHES.format(":organization_id")}
""")

_MARK_USED = text("""
    UPDATE api_keys SET last_used_at = now()
     WHERE id = :key_id AND coalesce(last_used_at < now() - interval '5 minutes', true)
""")


@dataclass(frozen=True)
class Lookup:
    """The one statement that tells who is asking: in psycopg's words, because every request waits for it."""

    statement: str
    values: Mapping[str, object]


def lookup(credential: Credential, place: Place) -> Lookup:
    """Who is behind an API key or a session, seen from the place that the request names. Raises Unauthenticated."""
    if credential.kind == "token" or not _WELL_FORMED[credential.kind].fullmatch(credential.secret):
        raise Unauthenticated
    statement = _BY_API_KEY if credential.kind == "api_key" else _BY_SESSION
    return Lookup(statement, {"digest": digest(credential.secret), **_storable_names(place)})


def lookup_granted(grant: Grant, place: Place) -> Lookup:
    """Who is behind the email that an authorization server vouches for."""
    known = {"subject": grant.subject, "email": _storable(grant.email)}
    return Lookup(_BY_EMAIL, {**known, **_storable_names(place)})


def found(credential: Credential, place: Place, row: Mapping[str, Any] | None) -> Caller:
    """Whom the look-up of a key or a session found. Raises Unauthenticated; a foreign place is a missing one."""
    if row is None:
        raise Unauthenticated
    _require_place(row, place)
    scopes = frozenset(map(Scope, row["scopes"])) if credential.kind == "api_key" else frozenset(Scope)
    return _caller(credential.kind, scopes, row)


def found_granted(grant: Grant, place: Place, row: Mapping[str, Any] | None) -> Caller:
    """The user of the email that a token names, as far as the token's scopes go."""
    if row is None:
        raise Unauthenticated("Nobody is registered here by the email that the access token names.")
    _require_place(row, place)
    return _caller("token", grant.scopes, row)


def mark_used(session: Session, key_id: str) -> None:
    """Note that an API key is used, every five minutes (its look-up says `unmarked`)."""
    session.execute(_MARK_USED, {"key_id": key_id})


def _require_place(row: Mapping[str, Any], place: Place) -> None:
    if place.graph_id is not None:
        if row["graph_id"] is None:
            raise GraphNotFound(f"There is no graph {place.graph_id!r} that you can see.")
    elif place.organization_id not in (None, row["organization_id"]):
        raise OrganizationNotFound(f"There is no organization {place.organization_id!r} that you belong to.")


def require_reach(session: Session, organization_id: str, graph_id: str) -> None:
    """Raises GraphNotFound where the organization has no such graph, own or shared."""
    asked = {"organization_id": organization_id, "graph_id": _storable(graph_id)}
    if session.execute(_REACHED, asked).one_or_none() is None:
        raise GraphNotFound(f"There is no graph {graph_id!r} that you can see.")


def _storable_names(place: Place) -> dict[str, str | None]:
    return {"graph_id": _storable(place.graph_id), "organization_id": _storable(place.organization_id)}


def _storable(identifier: str | None) -> str | None:
    """PostgreSQL takes no NUL in a text, so what holds one names nothing."""
    return identifier if identifier is None else identifier.replace("\0", "?")


def _caller(kind: Kind, scopes: frozenset[Scope], row: Mapping[str, Any]) -> Caller:
    if row["role"] is None:
        return Caller(row["user_id"], row["credential_id"], kind, scopes, None, None, None)
    on_a_graph = row["graph_id"] is not None
    return Access(
        user_id=row["user_id"],
        credential_id=row["credential_id"],
        kind=kind,
        scopes=scopes,
        organization_id=row["organization_id"],
        role=lower(Role(row["role"]), ceiling(scopes)),
        graph_id=row["graph_id"],
        graph_ids=None if row["graph_ids"] is None else frozenset(row["graph_ids"]),
        is_shared=on_a_graph and row["is_repository"],
        graph_file=(row["generation_id"], row["object_key"]) if on_a_graph and row["generation_id"] else None,
    )
