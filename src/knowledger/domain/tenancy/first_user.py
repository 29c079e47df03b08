"""The user that a new installation begins with."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from knowledger.domain.tenancy.api_keys import issue_api_key
from knowledger.domain.tenancy.organizations import create_organization, organizations_of
from knowledger.domain.tenancy.roles import Role, Scope
from knowledger.domain.tenancy.users import create_user, find_user


@dataclass(frozen=True)
class FirstUser:
    user_id: str
    organization_id: str
    api_key: str


def create_first_user(session: Session, email: str, name: str) -> FirstUser:
    """An admin without a password. Run again it finds the same user and organization, and issues another key."""
    user = find_user(session, email) or create_user(session, email, name, None)
    governed = [place for place in organizations_of(session, user.id) if place.role is Role.ADMIN]
    organization = governed[0] if governed else create_organization(session, f"{name}'s organization", user.id)
    issued = issue_api_key(session, organization.organization_id, user.id, "first key", tuple(Scope))
    return FirstUser(user.id, organization.organization_id, issued.key)
