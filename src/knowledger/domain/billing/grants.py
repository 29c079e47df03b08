"""Grants: how an organization comes by credits, and how those end that it did not use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from knowledger.domain.billing.ledger import (
    Leg,
    Transfer,
    account,
    lock,
    move,
    not_moved,
    require_amount,
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


def grant_credits(session: Session, organization_id: str, *grants: Grant) -> None:
    """Raises TransferConflict when an id was used for another transfer."""
    grant_each(session, {organization_id: grants})


def grant_each(session: Session, gifts: Mapping[str, Sequence[Grant]]) -> None:
    """To many organizations at once, by their ids. Raises TransferConflict."""
    lock(session, *gifts)
    named = {new_id("grant"): (whose, grant) for whose, grants in gifts.items() for grant in grants}
    given = [_gift(grant_id, whose, grant) for grant_id, (whose, grant) in named.items()]
    new = {gift.legs[0].target: gift for gift in not_moved(session, given)}
    if new:
        accounts = [{"id": it, "organization_id": gift.organization_id, "kind": "grant"} for it, gift in new.items()]
        session.execute(insert(CreditAccount), accounts)
        session.execute(insert(CreditGrant), [_row(grant_id, *named[grant_id]) for grant_id in new])
        move(session, *new.values())


def organizations_with_ended_grants(session: Session, at: datetime) -> list[str]:
    """Those for whom `expire_grants` has something to do."""
    query = select(CreditGrant.organization_id).join(CreditAccount, CreditAccount.id == CreditGrant.id)
    ended = query.where(CreditGrant.expires_at <= at, CreditAccount.balance > 0)
    return list(session.scalars(ended.distinct().order_by(CreditGrant.organization_id)))


def expire_grants(session: Session, *organization_ids: str, at: datetime) -> int:
    """Take what grants past their end still hold, as transfers, and say how much that was.

    A reservation may give credits back to a grant that has ended, so a grant can end more than once.
    """
    lock(session, *organization_ids)
    times = select(func.count()).where(CreditTransfer.source == CreditGrant.id, CreditTransfer.kind == "expire")
    query = (
        select(
            CreditGrant.id, CreditGrant.organization_id, CreditAccount.balance, times.scalar_subquery().label("times")
        )
        .join(CreditAccount, CreditAccount.id == CreditGrant.id)
        .where(CreditGrant.organization_id.in_(organization_ids), CreditGrant.expires_at <= at)
        .where(CreditAccount.balance > 0)
    )
    ended = [
        Transfer(
            f"expire:{row.id}:{row.times + 1}",
            row.organization_id,
            "expire",
            [Leg(row.id, account("expired", row.organization_id), row.balance)],
            at,
        )
        for row in session.execute(query.order_by(CreditGrant.position))
    ]
    move(session, *ended)
    return sum(leg.amount for transfer in ended for leg in transfer.legs)


def _gift(grant_id: str, organization_id: str, grant: Grant) -> Transfer:
    leg = Leg(account("granted", organization_id), grant_id, require_amount(grant.amount))
    return Transfer(grant.transfer_id, organization_id, grant.kind, [leg], grant.granted_at)


def _row(grant_id: str, organization_id: str, grant: Grant) -> dict[str, object]:
    return {
        "id": grant_id,
        "organization_id": organization_id,
        "subscription_id": grant.subscription_id,
        "kind": grant.kind,
        "priority": grant.priority,
        "amount": grant.amount,
        "granted_at": grant.granted_at,
        "expires_at": grant.expires_at,
    }
