"""Organizations, the people in them, and what they prove themselves with."""

from knowledger.domain.tenancy.access import Access, Caller
from knowledger.domain.tenancy.first_user import FirstUser, create_first_user
from knowledger.domain.tenancy.roles import Role, Scope
from knowledger.domain.tenancy.signin import issue_signin_link

__all__ = [
    "Access",
    "Caller",
    "FirstUser",
    "Role",
    "Scope",
    "create_first_user",
    "issue_signin_link",
]
