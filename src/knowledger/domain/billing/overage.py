"""Use beyond what a plan includes, billed once a month is over: credits by their number, storage by its average."""

from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import lock_customer
from knowledger.domain.billing.grants import expire_grants
from knowledger.domain.billing.lines import Line, add_line
from knowledger.domain.billing.plans import GIB, catalogue
from knowledger.kernel.money import Money, priced
from knowledger.kernel.periods import Period, period_from
from knowledger.models.billing import StorageDay, Subscription
from knowledger.models.credits import CreditGrant, CreditReservation, CreditTransfer

DAYS_COUNTED = timedelta(hours=36)
"""From a day's end until its storage has been counted, with time to spare for what was late."""

_MICRO = 6


def organizations_over(session: Session, at: datetime) -> list[str]:
    """Those with a month, of credits or of storage, that is over and not billed for what was used beyond it."""
    grants = select(CreditGrant.organization_id).where(
        CreditGrant.kind == "overage", CreditGrant.expires_at <= at, CreditGrant.settled_at.is_(None)
    )
    storage = select(Subscription.organization_id).where(
        Subscription.resource_type == "graph",
        Subscription.storage_billed_until <= at - timedelta(days=28) - DAYS_COUNTED,
        func.coalesce(Subscription.ended_at > Subscription.storage_billed_until, True),
    )
    return sorted({*session.scalars(grants), *session.scalars(storage)})


def bill_overage(session: Session, organization_id: str, at: datetime) -> int:
    """Add a line for every month in which more was used than was included, and say how many."""
    lock_customer(session, organization_id)
    return _bill_credits(session, organization_id, at) + _bill_storage(session, organization_id, at)


def _bill_credits(session: Session, organization_id: str, at: datetime) -> int:
    expire_grants(session, organization_id, at=at)
    held = exists().where(
        CreditTransfer.source == CreditGrant.id,
        CreditTransfer.kind == "reserve",
        CreditReservation.transfer_id == CreditTransfer.transfer_id,
        CreditReservation.organization_id == organization_id,
        CreditReservation.status == "pending",
    )
    over = select(CreditGrant).where(
        CreditGrant.organization_id == organization_id,
        CreditGrant.kind == "overage",
        CreditGrant.expires_at <= at,
        CreditGrant.settled_at.is_(None),
        ~held,
    )
    lines = 0
    for grant in session.scalars(over.order_by(CreditGrant.position)):
        used = grant.amount - _expired(session, grant.id)
        lines += bool(used) and add_line(session, _credits_line(grant, used, at))
        grant.settled_at = at
    session.flush()
    return lines


def _expired(session: Session, grant_id: str) -> int:
    taken = select(func.coalesce(func.sum(CreditTransfer.amount), 0))
    return int(
        session.execute(taken.where(CreditTransfer.source == grant_id, CreditTransfer.kind == "expire")).scalar_one()
    )


def _credits_line(grant: CreditGrant, used: int, at: datetime) -> Line:
    terms, quantity = catalogue(), Decimal(used).scaleb(-_MICRO)
    assert grant.expires_at is not None
    return Line(
        organization_id=grant.organization_id,
        subscription_id=grant.subscription_id,
        key=f"credits:{grant.id}",
        description="Credits beyond the allowance",
        quantity=quantity,
        unit="credit",
        amount=priced(quantity, terms.credit_rate, terms.currency),
        start=grant.granted_at,
        end=grant.expires_at,
        bill_at=at,
    )


def _bill_storage(session: Session, organization_id: str, at: datetime) -> int:
    query = select(Subscription).where(
        Subscription.organization_id == organization_id,
        Subscription.resource_type == "graph",
        Subscription.resource_id.is_not(None),
    )
    return sum(
        _bill_graph(session, subscription, at) for subscription in session.scalars(query.order_by(Subscription.id))
    )


def _bill_graph(session: Session, subscription: Subscription, at: datetime) -> int:
    zone, lines = lock_customer(session, subscription.organization_id).zone, 0
    while subscription.ended_at is None or subscription.storage_billed_until < subscription.ended_at:
        month = period_from(subscription.anchor, zone, 1, subscription.storage_billed_until)
        if month.end + DAYS_COUNTED > at:
            break
        line = _storage_line(session, subscription, month, at)
        lines += line.amount.minor > 0 and add_line(session, line)
        subscription.storage_billed_until = month.end
    session.flush()
    return lines


def _storage_line(session: Session, subscription: Subscription, month: Period, at: datetime) -> Line:
    over = session.execute(
        select(func.coalesce(func.sum(StorageDay.over_byte_seconds), 0)).where(
            StorageDay.graph_id == subscription.resource_id,
            StorageDay.day >= month.first_day,
            StorageDay.day < month.end_day,
        )
    ).scalar_one()
    terms, seconds = catalogue(), (month.end - month.start) // timedelta(seconds=1)
    gib_months = Fraction(int(over), GIB * seconds)
    amount: Money = priced(gib_months, terms.storage_rate, terms.currency)
    return Line(
        organization_id=subscription.organization_id,
        subscription_id=subscription.id,
        key=f"storage:{subscription.id}:{month.first_day}",
        description="Storage beyond what is included",
        quantity=_shown(gib_months),
        unit="GiB-month",
        amount=amount,
        start=month.start,
        end=month.end,
        bill_at=at,
    )


def _shown(quantity: Fraction) -> Decimal:
    """To a millionth, for the page; the amount was reckoned from the exact one."""
    return Decimal(quantity.numerator * 10**_MICRO // quantity.denominator).scaleb(-_MICRO)
