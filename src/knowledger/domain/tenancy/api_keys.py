"""API keys: shown once when issued, then known only by prefix and hash."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from knowledger.domain.tenancy.access import Caller, require_reach
from knowledger.domain.tenancy.roles import Scope, allows, ceiling
from knowledger.domain.tenancy.secrets import digest, new_api_key
from knowledger.kernel.errors import Forbidden, InvalidInput, NotFound
from knowledger.kernel.ids import new_id
from knowledger.models.tenancy import ApiKey

_PREFIX_LENGTH = len("kn_") + 8


class ApiKeyNotFound(NotFound):
    """There is no such API key among yours."""


class BeyondYourKey(Forbidden):
    """An API key can make or revoke only keys that may do no more than itself."""

    hint = "Sign in, or use a key with wider scopes."


@dataclass(frozen=True)
class IssuedKey:
    """The one time that the key itself is known."""

    key: str
    api_key: ApiKey


def issue_api_key(
    session: Session,
    organization_id: str,
    user_id: str,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime | None = None,
    graph_ids: Collection[str] | None = None,
) -> IssuedKey:
    key = new_api_key()
    api_key = ApiKey(
        id=new_id("key"),
        organization_id=organization_id,
        user_id=user_id,
        name=name,
        prefix=key[:_PREFIX_LENGTH],
        hash=digest(key),
        scopes=sorted(scopes),
        expires_at=expires_at,
        graph_ids=None if graph_ids is None else sorted(set(graph_ids)),
    )
    session.add(api_key)
    session.flush()
    return IssuedKey(key, api_key)


def issue_own_key(
    session: Session,
    caller: Caller,
    name: str,
    scopes: Collection[Scope],
    expires_at: datetime | None,
    graph_ids: Collection[str] | None = None,
) -> IssuedKey:
    """A key for the caller, in the organization where they act; with `graph_ids` confined to these.

    Raises Forbidden, BeyondYourKey, GraphNotFound or InvalidInput.
    """
    if caller.organization_id is None:
        raise Forbidden("You belong to no organization.", hint="Create one, or ask to be added to one.")
    _refuse_more_than_own(caller, scopes)
    if expires_at is not None and session.scalars(select(func.now() >= expires_at)).one():
        raise InvalidInput("expires_at lies in the past.")
    for graph_id in graph_ids or ():
        require_reach(session, caller.organization_id, graph_id)
    return issue_api_key(session, caller.organization_id, caller.user_id, name, scopes, expires_at, graph_ids)


def own_keys(session: Session, caller: Caller) -> list[ApiKey]:
    """The caller's keys that still work, newest first."""
    return list(session.scalars(_own(caller).order_by(ApiKey.created_at.desc(), ApiKey.id.desc())))


def revoke_own_key(session: Session, caller: Caller, key_id: str) -> None:
    """Raises ApiKeyNotFound or BeyondYourKey."""
    api_key = session.scalar(_own(caller).where(ApiKey.id == key_id))
    if api_key is None:
        raise ApiKeyNotFound(f"There is no API key {key_id!r} among yours.")
    _refuse_more_than_own(caller, [Scope(scope) for scope in api_key.scopes])
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(revoked_at=func.now()))


def _own(caller: Caller) -> Select[ApiKey]:
    statement = select(ApiKey).where(
        ApiKey.user_id == caller.user_id,
        ApiKey.revoked_at.is_(None),
        func.coalesce(ApiKey.expires_at > func.now(), True),
    )
    if caller.kind == "api_key":
        statement = statement.where(ApiKey.organization_id == caller.organization_id)
    return statement


def _refuse_more_than_own(caller: Caller, scopes: Collection[Scope]) -> None:
    if not allows(ceiling(caller.scopes), ceiling(scopes)):
        raise BeyondYourKey
