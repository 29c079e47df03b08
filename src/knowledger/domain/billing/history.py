"""Looking back: grants and what they have left, transfers, and what was used."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from knowledger.models.credits import CreditAccount, CreditGrant, CreditTransfer

_SAYS = {
    "allocation": "Given with the plan for its month",
    "overage": "May be used beyond the allowance, and is billed when it is",
    "purchase": "Bought",
    "bonus": "Given as a bonus",
    "refund": "Given back",
    "reserve": "Held for work under way",
    "post": "Used",
    "release": "No longer held",
    "expire": "Ended unused",
}
_TAKES = ("reserve", "expire")


@dataclass(frozen=True)
class Movement:
    """A leg of a transfer; `effect` is what it did to what may be spent."""

    position: int
    kind: str
    effect: int
    at: datetime
    transfer_id: str
    reservation_id: str | None

    @property
    def description(self) -> str:
        return _SAYS[self.kind]


def list_grants(session: Session, organization_id: str, at: datetime) -> Sequence[tuple[CreditGrant, int]]:
    """Those that have something left and have not ended, in the order in which they are drawn."""
    query = (
        select(CreditGrant, CreditAccount.balance)
        .join(CreditAccount, CreditAccount.id == CreditGrant.id)
        .where(
            CreditGrant.organization_id == organization_id,
            CreditAccount.balance > 0,
            func.coalesce(CreditGrant.expires_at > at, True),
        )
        .order_by(CreditGrant.priority, CreditGrant.expires_at.nulls_last(), CreditGrant.position)
    )
    return [(grant, remaining) for grant, remaining in session.execute(query)]


def list_transfers(session: Session, organization_id: str, *, limit: int, before: int | None) -> list[Movement]:
    """The newest first."""
    query = select(CreditTransfer).where(CreditTransfer.organization_id == organization_id)
    if before is not None:
        query = query.where(CreditTransfer.position < before)
    found = session.scalars(query.order_by(CreditTransfer.position.desc()).limit(limit))
    return [
        Movement(row.position, row.kind, _effect(row), row.at, row.transfer_id, row.reservation_id) for row in found
    ]


def used_since(session: Session, organization_id: str, since: datetime) -> int:
    used = select(func.coalesce(func.sum(CreditTransfer.amount), 0)).where(
        CreditTransfer.organization_id == organization_id, CreditTransfer.kind == "post", CreditTransfer.at >= since
    )
    return int(session.execute(used).scalar_one())


def _effect(transfer: CreditTransfer) -> int:
    if transfer.kind == "post":
        return 0
    return -transfer.amount if transfer.kind in _TAKES else transfer.amount
