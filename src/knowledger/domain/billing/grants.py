"""Grants: how an organization comes by credits, and how those end that it did not use."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledger.domain.billing.ledger import (
    Leg,
    Transfer,
    account,
    lock,
    move,
    open_grant_account,
    require_amount,
    was_moved,
)
from knowledger.kernel.ids import new_id
from knowledger.models.credits import CreditAccount, CreditGrant, CreditTransfer

Kind = Literal["allocation", "purchase", "bonus", "refund", "overage"]

PRIORITY = 50
"""With the same priority, the grant that ends sooner is drawn first."""

LAST = 100
"""For credits that cost money when they are used."""


@dataclass(frozen=True)
class Grant:
    """Credits to give. `transfer_id` names the gift: giving it twice gives it once."""

    transfer_id: str
    kind: Kind
    amount: int
    granted_at: datetime
    expires_at: datetime | None = None
    priority: int = PRIORITY
    subscription_id: str | None = None


def grant_credits(session: Session, organization_id: str, grant: Grant) -> None:
    """Raises TransferConflict when the id was used for another transfer."""
    require_amount(grant.amount)
    lock(session, organization_id)
    if was_moved(session, grant.transfer_id, organization_id=organization_id, kind=grant.kind, amount=grant.amount):
        return
    grant_id = new_id("grant")
    open_grant_account(
        session,
        organization_id,
        {
            "id": grant_id,
            "subscription_id": grant.subscription_id,
            "kind": grant.kind,
            "priority": grant.priority,
            "amount": grant.amount,
            "granted_at": grant.granted_at,
            "expires_at": grant.expires_at,
        },
    )
    leg = Leg(account("granted", organization_id), grant_id, grant.amount)
    move(session, Transfer(grant.transfer_id, organization_id, grant.kind, [leg], grant.granted_at))


def organizations_with_ended_grants(session: Session, at: datetime) -> list[str]:
    """Those for whom `expire_grants` has something to do."""
    query = select(CreditGrant.organization_id).join(CreditAccount, CreditAccount.id == CreditGrant.id)
    ended = query.where(CreditGrant.expires_at <= at, CreditAccount.balance > 0)
    return list(session.scalars(ended.distinct().order_by(CreditGrant.organization_id)))


def expire_grants(session: Session, organization_id: str, at: datetime) -> int:
    """Take what grants past their end still hold, as transfers, and say how much that was.

    A reservation may give credits back to a grant that has ended, so a grant can end more than once.
    """
    lock(session, organization_id)
    query = select(CreditAccount.id, CreditAccount.balance).join(CreditGrant, CreditGrant.id == CreditAccount.id)
    ended = query.where(
        CreditGrant.organization_id == organization_id, CreditGrant.expires_at <= at, CreditAccount.balance > 0
    )
    taken = 0
    for grant_id, rest in session.execute(ended.order_by(CreditGrant.position)).all():
        transfer_id = f"expire:{grant_id}:{_times_ended(session, organization_id, grant_id) + 1}"
        leg = Leg(grant_id, account("expired", organization_id), rest)
        move(session, Transfer(transfer_id, organization_id, "expire", [leg], at))
        taken += rest
    return taken


def _times_ended(session: Session, organization_id: str, grant_id: str) -> int:
    query = select(func.count()).where(
        CreditTransfer.organization_id == organization_id,  # transfers are found by it
        CreditTransfer.source == grant_id,
        CreditTransfer.kind == "expire",
    )
    return session.execute(query).scalar_one()
