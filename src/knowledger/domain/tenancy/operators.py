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


def require_operator(session: Session, caller: Caller) -> None:
    """Raises NotAnOperator. An API key is an operator's where it belongs to the first organization and may govern it."""
    first = select(Organization.id).order_by(Organization.created_at, Organization.id).limit(1)
    is_admin = select(Membership.organization_id).where(
        Membership.organization_id == first.scalar_subquery(),
        Membership.user_id == caller.user_id,
        Membership.role == Role.ADMIN,
    )
    governed = session.scalar(is_admin)
    by_key = caller.kind == "api_key" and (caller.role is not Role.ADMIN or caller.organization_id != governed)
    if governed is None or by_key:
        raise NotAnOperator
