"""Who is asking and what they may do here, resolved in one statement."""

import re
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from knowledger.domain.tenancy.roles import Role, Scope, ceiling, lower
from knowledger.domain.tenancy.secrets import digest
from knowledger.kernel.errors import NotFound, Unauthenticated


class GraphNotFound(NotFound):
    """There is no such graph, or it is not yours."""


class OrganizationNotFound(NotFound):
    """There is no such organization, or you do not belong to it."""


@dataclass(frozen=True)
class Credential:
    """What a request proves itself with: an API key, or the token of a signed-in browser."""

    kind: Literal["api_key", "session"]
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
    None for somebody who belongs nowhere.
    """

    user_id: str
    credential_id: str
    kind: Literal["api_key", "session"]
    scopes: frozenset[Scope]
    organization_id: str | None
    role: Role | None
    graph_id: str | None


@dataclass(frozen=True)
class Access(Caller):
    """A caller with a role in one organization; on a graph's routes, in the organization that owns the graph.

    On a repository's routes it is the caller's own organization, and `is_shared` says that nobody's role writes there.
    """

    organization_id: str
    role: Role
    is_shared: bool = False


_WELL_FORMED = {"api_key": re.compile("kn_[0-9a-f]{64}"), "session": re.compile("[0-9a-f]{64}")}

_REACHES = """CASE WHEN g.is_repository
           THEN EXISTS (SELECT FROM repository_access a WHERE a.repository = g.id
                                                         AND coalesce(a.organization_id = {0}, true))
           ELSE g.organization_id = {0} END"""
"""Whether an organization may see a graph: its own, or a repository that it has access to."""

_BY_API_KEY = text(f"""
    SELECT k.id AS credential_id, k.user_id, k.scopes, k.organization_id, m.role, g.id AS graph_id, g.is_repository,
           coalesce(k.last_used_at < now() - interval '5 minutes', true) AS unmarked
      FROM api_keys k
      JOIN users u ON u.id = k.user_id AND u.disabled_at IS NULL
      JOIN memberships m ON m.user_id = k.user_id AND m.organization_id = k.organization_id
      LEFT JOIN graphs g ON g.id = :graph_id AND g.deleted_at IS NULL AND {_REACHES.format("k.organization_id")}
     WHERE k.hash = :digest AND k.revoked_at IS NULL AND coalesce(k.expires_at > now(), true)
""")

_BY_SESSION = text(f"""
    SELECT s.id AS credential_id, s.user_id, m.organization_id, m.role, g.is_repository,
           CASE WHEN m.role IS NOT NULL AND {_REACHES.format("m.organization_id")} THEN g.id END AS graph_id,
           false AS unmarked
      FROM sessions s
      JOIN users u ON u.id = s.user_id AND u.disabled_at IS NULL
      LEFT JOIN graphs g ON g.id = :graph_id AND g.deleted_at IS NULL
      LEFT JOIN LATERAL (
           SELECT organization_id, role
             FROM memberships
            WHERE user_id = s.user_id
              AND organization_id = coalesce(CASE WHEN NOT g.is_repository THEN g.organization_id END,
                                             :organization_id, organization_id)
            ORDER BY created_at, organization_id
            LIMIT 1) m ON true
     WHERE s.hash = :digest AND s.revoked_at IS NULL AND s.expires_at > now()
""")

_MARK_USED = text("""
    UPDATE api_keys SET last_used_at = now()
     WHERE id = :key_id AND coalesce(last_used_at < now() - interval '5 minutes', true)
""")


def resolve(session: Session, credential: Credential, place: Place) -> Caller:
    """The caller behind a credential, seen from the place that the request names.

    One round trip, and one more every five minutes to note when a key was last used. A foreign place is a missing one.
    """
    row = _look_up(session, credential, place)
    if row is None:
        raise Unauthenticated
    if row["unmarked"]:
        session.execute(_MARK_USED, {"key_id": row["credential_id"]})
    if place.graph_id is not None:
        if row["graph_id"] is None:
            raise GraphNotFound(f"There is no graph {place.graph_id!r} that you can see.")
    elif place.organization_id not in (None, row["organization_id"]):
        raise OrganizationNotFound(f"There is no organization {place.organization_id!r} that you belong to.")
    return _caller(credential, row)


def _look_up(session: Session, credential: Credential, place: Place) -> RowMapping | None:
    if not _WELL_FORMED[credential.kind].fullmatch(credential.secret):
        return None
    if credential.kind == "api_key":
        found = session.execute(
            _BY_API_KEY, {"digest": digest(credential.secret), "graph_id": _storable(place.graph_id)}
        )
    else:
        found = session.execute(
            _BY_SESSION,
            {
                "digest": digest(credential.secret),
                "graph_id": _storable(place.graph_id),
                "organization_id": _storable(place.organization_id),
            },
        )
    return found.mappings().one_or_none()


def _storable(identifier: str | None) -> str | None:
    """PostgreSQL takes no NUL in a text, so what holds one names nothing."""
    return identifier if identifier is None else identifier.replace("\0", "?")


def _caller(credential: Credential, row: RowMapping) -> Caller:
    scopes = frozenset(map(Scope, row["scopes"])) if credential.kind == "api_key" else frozenset(Scope)
    if row["role"] is None:
        return Caller(row["user_id"], row["credential_id"], credential.kind, scopes, None, None, None)
    return Access(
        user_id=row["user_id"],
        credential_id=row["credential_id"],
        kind=credential.kind,
        scopes=scopes,
        organization_id=row["organization_id"],
        role=lower(Role(row["role"]), ceiling(scopes)),
        graph_id=row["graph_id"],
        is_shared=row["graph_id"] is not None and row["is_repository"],
    )
