"""Operators: who runs this deployment, and sees what goes on behind all organizations."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.tenancy.access import Caller
from knowledger.domain.tenancy.roles import Role
from knowledger.kernel.errors import Forbidden
from knowledger.models.tenancy import Membership, Organization


class NotAnOperator(Forbidden):
    """This is for the operators of this deployment."""

    hint = "Operators are the admins of its first organization; one of them can add you there."


def governed_first(session: Session, user_id: str) -> str | None:
    """The first organization, if this user is one of its admins."""
    first = select(Organization.id).order_by(Organization.created_at, Organization.id).limit(1)
    return session.scalar(
        select(Membership.organization_id).where(
            Membership.organization_id == first.scalar_subquery(),
            Membership.user_id == user_id,
            Membership.role == Role.ADMIN,
        )
    )


def require_operator(session: Session, caller: Caller) -> None:
    """Raises NotAnOperator. A key or token is an operator's where it acts in the first organization and may govern."""
    governed = governed_first(session, caller.user_id)
    by_token = caller.kind != "session" and (caller.role is not Role.ADMIN or caller.organization_id != governed)
    if governed is None or by_token:
        raise NotAnOperator
