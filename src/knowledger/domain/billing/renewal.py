"""Periods that are over: the next one is charged, or the subscription ends with it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import Customer, lock_customer
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.subscriptions import SERVED, charge_period, let_go
from knowledger.kernel.periods import period_from
from knowledger.models.billing import Subscription


def organizations_to_renew(session: Session, at: datetime) -> list[str]:
    query = select(Subscription.organization_id).where(_due(at))
    return list(session.scalars(query.distinct().order_by(Subscription.organization_id)))


def renew(session: Session, organization_id: str, at: datetime) -> int:
    """Charge every period that has begun, each once, and say how many those were."""
    customer = lock_customer(session, organization_id)
    query = select(Subscription).where(Subscription.organization_id == organization_id, _due(at))
    due = session.scalars(query.order_by(Subscription.id)).all()
    charged = sum(_renew(session, customer, subscription, at) for subscription in due)
    session.flush()
    return charged


def _due(at: datetime) -> ColumnElement[bool]:
    return or_(
        and_(Subscription.period_end <= at, Subscription.status.in_(SERVED)),
        and_(Subscription.status == "suspended", Subscription.suspended_at <= at - _kept_suspended()),
    )


def _kept_suspended() -> timedelta:
    return timedelta(days=catalogue().suspended_days)


def _renew(session: Session, customer: Customer, subscription: Subscription, at: datetime) -> int:
    if subscription.status == "suspended":
        let_go(subscription, at)
        return 0
    charged, plan = 0, catalogue().plan(subscription.plan)
    while subscription.period_end <= at and not subscription.cancel_at_period_end:
        period = period_from(subscription.anchor, customer.zone, plan.months, subscription.period_end)
        charge_period(session, subscription, period, at)
        subscription.period_start, subscription.period_end = period.start, period.end
        charged += 1
    if subscription.period_end <= at:
        let_go(subscription, at)
    return charged
