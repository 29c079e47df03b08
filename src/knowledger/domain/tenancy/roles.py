"""Roles in order, and how an API key's scopes cap them."""

from collections.abc import Collection
from enum import StrEnum

from knowledger.models.tenancy import Role

__all__ = ["Role", "Scope", "allows", "ceiling", "lower"]


class Scope(StrEnum):
    """What an API key may do at most, whatever its user's role."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


_RANK = {Role.VIEWER: 1, Role.MEMBER: 2, Role.ADMIN: 3}
_CEILING = {Scope.READ: Role.VIEWER, Scope.WRITE: Role.MEMBER, Scope.ADMIN: Role.ADMIN}


def ceiling(scopes: Collection[Scope]) -> Role:
    """The highest role that a key with these scopes can act in."""
    return max((_CEILING[scope] for scope in scopes), key=_RANK.__getitem__, default=Role.VIEWER)


def allows(role: Role, needed: Role) -> bool:
    return _RANK[role] >= _RANK[needed]


def lower(one: Role, other: Role) -> Role:
    return min(one, other, key=_RANK.__getitem__)
