"""Credits that come with a plan: given for each month from the subscription's anchor, and gone with it."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import lock_customers
from knowledger.domain.billing.grants import LAST, PRIORITY, Grant, Kind, expire_grants, grant_credits, grant_each
from knowledger.domain.billing.plans import Plan, catalogue
from knowledger.domain.billing.subscriptions import SERVED, open_customer
from knowledger.kernel.periods import Period, period_from
from knowledger.models.billing import Subscription


def organizations_to_allocate(session: Session, at: datetime) -> list[str]:
    """Those with a subscription whose month is over."""
    query = select(Subscription.organization_id).where(
        Subscription.allocated_until <= at, Subscription.status.in_(SERVED)
    )
    return list(session.scalars(query.distinct().order_by(Subscription.organization_id)))


def allocate(session: Session, *organization_ids: str, at: datetime) -> None:
    """Give these organizations what is due, month by month, and take back what ended.

    A month that was missed is given and ends at once, so that the ledger shows every one.
    """
    customers = lock_customers(session, organization_ids)
    query = select(Subscription).where(
        Subscription.organization_id.in_(organization_ids),
        Subscription.allocated_until <= at,
        Subscription.status.in_(SERVED),
    )
    gifts = defaultdict[str, list[Grant]](list)
    for subscription in session.scalars(query.order_by(Subscription.organization_id, Subscription.id)):
        plan, zone = catalogue().plan(subscription.plan), customers[subscription.organization_id].zone
        while subscription.allocated_until <= at and not _runs_out(subscription):
            month = period_from(subscription.anchor, zone, 1, subscription.allocated_until)
            gifts[subscription.organization_id] += _of_month(subscription, plan, month)
            subscription.allocated_until = month.end
    grant_each(session, gifts)
    expire_grants(session, *organization_ids, at=at)


def give_what_is_due(session: Session, organization_id: str, at: datetime) -> None:
    """Open the organization's own subscription if it has none, and allocate: no spender waits for the clock."""
    open_customer(session, organization_id, at)
    allocate(session, organization_id, at=at)


def top_up(session: Session, subscription: Subscription, old: Plan, at: datetime) -> None:
    """What a larger plan gives beyond the smaller one, for the month that runs."""
    new = catalogue().plan(subscription.plan)
    key = f"change:{subscription.id}:{at.isoformat()}"
    gains: tuple[tuple[Kind, int], ...] = (
        ("allocation", new.credits - old.credits),
        ("overage", new.overage_credits - old.overage_credits),
    )
    for kind, more in gains:
        if more > 0:
            grant = _grant(subscription, f"{key}:{kind}", kind, more, at, subscription.allocated_until)
            grant_credits(session, subscription.organization_id, grant)


def _runs_out(subscription: Subscription) -> bool:
    """A subscription that was cancelled gets nothing for after its end."""
    return subscription.cancel_at_period_end and subscription.allocated_until >= subscription.period_end


def _of_month(subscription: Subscription, plan: Plan, month: Period) -> list[Grant]:
    gifts: tuple[tuple[Kind, int], ...] = (("allocation", plan.credits), ("overage", plan.overage_credits))
    return [
        _grant(subscription, f"{kind}:{subscription.id}:{month.first_day}", kind, amount, month.start, month.end)
        for kind, amount in gifts
        if amount
    ]


def _grant(subscription: Subscription, key: str, kind: Kind, amount: int, start: datetime, end: datetime) -> Grant:
    priority = LAST if kind == "overage" else PRIORITY
    return Grant(key, kind, amount, start, expires_at=end, priority=priority, subscription_id=subscription.id)
