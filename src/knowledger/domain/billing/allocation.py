"""Credits that come with a plan: given for each month from the subscription's anchor, and gone with it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import lock_customer
from knowledger.domain.billing.grants import LAST, PRIORITY, Grant, Kind, expire_grants, grant_credits
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


def allocate(session: Session, organization_id: str, at: datetime) -> int:
    """Give what is due, month by month, and take back what ended. Says how many months were given.

    A month that was missed is given and ends at once, so that the ledger shows every one.
    """
    customer = lock_customer(session, organization_id)
    query = select(Subscription).where(
        Subscription.organization_id == organization_id,
        Subscription.allocated_until <= at,
        Subscription.status.in_(SERVED),
    )
    given = 0
    for subscription in session.scalars(query.order_by(Subscription.id)):
        plan = catalogue().plan(subscription.plan)
        while subscription.allocated_until <= at and not _runs_out(subscription):
            month = period_from(subscription.anchor, customer.zone, 1, subscription.allocated_until)
            _give(session, subscription, plan, month)
            subscription.allocated_until = month.end
            given += 1
    session.flush()
    expire_grants(session, organization_id, at)
    return given


def give_what_is_due(session: Session, organization_id: str, at: datetime) -> None:
    """Open the organization's own subscription if it has none, and allocate: no spender waits for the clock."""
    open_customer(session, organization_id, at)
    allocate(session, organization_id, at)


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


def _give(session: Session, subscription: Subscription, plan: Plan, month: Period) -> None:
    gifts: tuple[tuple[Kind, int], ...] = (("allocation", plan.credits), ("overage", plan.overage_credits))
    for kind, amount in gifts:
        if amount:
            key = f"{kind}:{subscription.id}:{month.first_day}"
            grant = _grant(subscription, key, kind, amount, month.start, month.end)
            grant_credits(session, subscription.organization_id, grant)


def _grant(subscription: Subscription, key: str, kind: Kind, amount: int, start: datetime, end: datetime) -> Grant:
    priority = LAST if kind == "overage" else PRIORITY
    return Grant(key, kind, amount, start, expires_at=end, priority=priority, subscription_id=subscription.id)
