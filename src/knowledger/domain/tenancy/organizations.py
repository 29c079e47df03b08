"""Organizations and who belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.domain.tenancy.access import OrganizationNotFound
from knowledger.domain.tenancy.users import find_user
from knowledger.kernel.errors import Conflict, NotFound
from knowledger.kernel.ids import new_id
from knowledger.models.tenancy import ApiKey, Membership, Organization, Role, User


class MemberNotFound(NotFound):
    """There is no such member in this organization."""


class NoSuchUser(NotFound):
    """Nobody is registered with this email."""

    hint = "Let them register first, then add them."


class AlreadyMember(Conflict):
    """This user is a member already."""

    hint = "Change their role instead."


class LastAdmin(Conflict):
    """An organization keeps at least one admin."""

    hint = "Make somebody else admin first."


@dataclass(frozen=True)
class Belonging:
    """One organization of a user, and their role there."""

    organization_id: str
    name: str
    role: Role
    created_at: datetime


@dataclass(frozen=True)
class Member:
    user_id: str
    email: str
    name: str
    role: Role
    joined_at: datetime


def require_organization(session: Session, organization_id: str) -> None:
    """Raises OrganizationNotFound; for operators, who reach organizations that they do not belong to."""
    if session.get(Organization, organization_id) is None:
        raise OrganizationNotFound(f"There is no organization {organization_id!r}.")


def create_organization(session: Session, name: str, admin_id: str) -> Belonging:
    organization = Organization(id=new_id("org"), name=name)
    session.add(organization)
    session.flush()
    session.add(Membership(organization_id=organization.id, user_id=admin_id, role=Role.ADMIN))
    session.flush()
    return Belonging(organization.id, organization.name, Role.ADMIN, organization.created_at)


def organizations_of(session: Session, user_id: str, only: str | None = None) -> list[Belonging]:
    """In the order in which the user joined; the first is where their browser acts unless it says otherwise."""
    statement = (
        select(Organization.id, Organization.name, Membership.role, Organization.created_at)
        .join(Membership, Membership.organization_id == Organization.id)
        .where(Membership.user_id == user_id)
        .order_by(Membership.created_at, Membership.organization_id)
    )
    if only is not None:
        statement = statement.where(Organization.id == only)
    return [Belonging(*row) for row in session.execute(statement)]


def members_of(session: Session, organization_id: str) -> list[Member]:
    rows = session.execute(
        select(User.id, User.email, User.name, Membership.role, Membership.created_at)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organization_id == organization_id)
        .order_by(Membership.created_at, User.id)
    )
    return [Member(*row) for row in rows]


def add_member(session: Session, organization_id: str, email: str, role: Role) -> Member:
    user = find_user(session, email)
    if user is None:
        raise NoSuchUser(f"Nobody is registered as {email}.")
    added = session.execute(
        insert(Membership)
        .values(organization_id=organization_id, user_id=user.id, role=role)
        .on_conflict_do_nothing()
        .returning(Membership.created_at)
    ).scalar_one_or_none()
    if added is None:
        raise AlreadyMember(f"{email} is a member already.")
    return Member(user.id, user.email, user.name, role, added)


def change_role(session: Session, organization_id: str, user_id: str, role: Role) -> Member:
    admins = _lock_admins(session, organization_id)
    if role is not Role.ADMIN:
        _keep_an_admin(admins, user_id)
    session.execute(
        update(Membership)
        .where(Membership.organization_id == organization_id, Membership.user_id == user_id)
        .values(role=role)
    )
    return _member(session, organization_id, user_id)


def remove_member(session: Session, organization_id: str, user_id: str) -> None:
    """Takes their API keys of this organization with them: coming back does not revive a key."""
    _keep_an_admin(_lock_admins(session, organization_id), user_id)
    _member(session, organization_id, user_id)
    session.execute(
        delete(Membership).where(Membership.organization_id == organization_id, Membership.user_id == user_id)
    )
    session.execute(
        update(ApiKey)
        .where(ApiKey.organization_id == organization_id, ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )


def _lock_admins(session: Session, organization_id: str) -> Sequence[str]:
    """The admins, while nobody else may change them: two admins cannot remove each other at once."""
    session.execute(select(Organization.id).where(Organization.id == organization_id).with_for_update())
    return session.scalars(
        select(Membership.user_id).where(Membership.organization_id == organization_id, Membership.role == Role.ADMIN)
    ).all()


def _keep_an_admin(admins: Sequence[str], leaving_id: str) -> None:
    if list(admins) == [leaving_id]:
        raise LastAdmin


def _member(session: Session, organization_id: str, user_id: str) -> Member:
    for member in members_of(session, organization_id):
        if member.user_id == user_id:
            return member
    raise MemberNotFound(f"There is no member {user_id!r} in this organization.")
