"""Subscriptions: what an organization agreed to, and how that agreement begins, changes and ends.

`docs/billing.md` draws the states. Every change here happens under the customer's lock.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import DEFAULT_KEY, Customer, lock_customer, lock_customers
from knowledger.domain.billing.lines import Line, add_line
from knowledger.domain.billing.plans import Plan, catalogue
from knowledger.domain.billing.proration import prorate
from knowledger.kernel.errors import Conflict, NotFound
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject
from knowledger.kernel.money import Money
from knowledger.kernel.periods import Period, day_of, numbered_period, period_from
from knowledger.models.billing import Subscription

LIVE = ("pending_payment", "provisioning", "active", "past_due", "suspended", "deprovisioning")
SERVED = ("active", "past_due")
OVER = ("canceled", "expired", "failed")

TRANSITIONS: dict[str, tuple[str, ...]] = {
    "pending_payment": ("provisioning", "expired"),
    "provisioning": ("active", "failed", "deprovisioning"),
    "active": ("past_due", "deprovisioning"),
    "past_due": ("active", "suspended", "deprovisioning"),
    "suspended": ("active", "deprovisioning"),
    "failed": ("provisioning", "canceled"),
    "deprovisioning": ("canceled",),
    "canceled": (),
    "expired": (),
}


class SubscriptionNotFound(NotFound):
    """There is no such subscription, or it is not yours."""


class AlreadySubscribed(Conflict):
    """There is a subscription to this already."""

    hint = "Change its plan instead."


class SubscriptionState(Conflict):
    """The subscription is not in a state that allows this."""


@dataclass(frozen=True)
class Order:
    """What somebody wants to subscribe to. The same `key` is the same order."""

    plan: Plan
    resource_id: str | None = None
    resource_config: JsonObject = field(default_factory=dict)
    key: str | None = None
    user_id: str | None = None


def subscribe(session: Session, organization_id: str, order: Order, at: datetime, *, paid: bool) -> Subscription:
    """A new subscription: waiting for its payment, or begun. The same order again gives the one it made.

    Raises AlreadySubscribed when the resource has a live subscription, or the key was used for another order.
    """
    customer = lock_customer(session, organization_id)
    earlier = _by_key(session, organization_id, order.key)
    if earlier is not None:
        if (earlier.plan, earlier.resource_config) != (order.plan.name, order.resource_config):
            raise AlreadySubscribed("This Idempotency-Key was used for another order.", hint="Use a key of its own.")
        return earlier
    _require_free(session, organization_id, order)
    subscription = _record(customer, order, at)
    session.add(subscription)
    session.flush()
    if paid:
        begin(session, customer, subscription, at)
    return subscription


def open_customer(session: Session, organization_id: str, at: datetime) -> Subscription:
    """The organization's own subscription, on the default plan until it takes another."""
    return open_customers(session, organization_id, at=at)[organization_id]


def open_customers(session: Session, *organization_ids: str, at: datetime) -> dict[str, Subscription]:
    """Each organization's own subscription, made where it has none."""
    plan, customers = catalogue().plan(catalogue().default_plan), lock_customers(session, organization_ids)
    query = select(Subscription).where(
        Subscription.organization_id.in_(organization_ids), Subscription.idempotency_key == DEFAULT_KEY
    )
    own = {subscription.organization_id: subscription for subscription in session.scalars(query)}
    new = [
        _record(customers[organization_id], Order(plan, resource_id=organization_id, key=DEFAULT_KEY), at)
        for organization_id in sorted(customers.keys() - own.keys())
    ]
    session.add_all(new)
    session.flush()
    for subscription in new:
        begin(session, customers[subscription.organization_id], subscription, at)
    return own | {subscription.organization_id: subscription for subscription in new}


def begin(session: Session, customer: Customer, subscription: Subscription, at: datetime) -> None:
    """Paid for, or to be paid by invoice: the first period begins, and what it is for is to be provided."""
    plan = catalogue().plan(subscription.plan)
    period = _anchor(customer, subscription, plan, at)
    subscription.started_at = at
    subscription.allocated_until = subscription.storage_billed_until = period.start
    charge_period(session, subscription, period, at)
    if plan.resource_type == "organization":
        subscription.status = "active"
        return
    move_to(subscription, "provisioning")
    subscription.provision_at = at


def charge_period(session: Session, subscription: Subscription, period: Period, at: datetime) -> None:
    """One line for one period, once. What costs nothing has none."""
    plan = catalogue().plan(subscription.plan)
    if plan.price.minor:
        key = f"subscription:{subscription.id}:{period.first_day}"
        add_line(session, _line(subscription, key, plan.title, plan.price, period.start, period.end, at))


def change_plan(session: Session, subscription: Subscription, new: Plan, at: datetime) -> None:
    """Take another plan from this day on: the days left are given back and those of the new plan billed.

    Changing to the plan it has changes nothing. Raises SubscriptionState.
    """
    customer = lock_customer(session, subscription.organization_id)
    session.refresh(subscription)
    old = catalogue().plan(subscription.plan)
    if old == new:
        return
    require_state(subscription, *SERVED)
    if new.resource_type != old.resource_type or new.repository != old.repository:
        raise SubscriptionState(f"The plan {new.name} is for something else than {old.name}.")
    period = current_period(subscription, old, customer)
    parts = prorate(old, new, period, day_of(at, customer.zone))
    end = period.end if new.interval == old.interval else _anchor(customer, subscription, new, at).end
    key = f"change:{subscription.id}:{at.isoformat()}"
    given_back = _line(subscription, f"{key}:back", f"{old.title}: days left", -parts.credited, at, period.end, at)
    add_line(session, given_back)
    add_line(
        session, _line(subscription, f"{key}:new", f"{new.title}: until the period ends", parts.debited, at, end, at)
    )
    subscription.plan = new.name


def cancel_at_period_end(session: Session, subscription: Subscription, at: datetime) -> None:
    """Let it run out. One that waits for its payment, or failed, ends at once. Twice is once."""
    lock_customer(session, subscription.organization_id)
    session.refresh(subscription)
    if subscription.idempotency_key == DEFAULT_KEY:
        raise SubscriptionState("An organization's own subscription cannot be cancelled.", hint="Change its plan.")
    match subscription.status:
        case "pending_payment":
            end(subscription, "expired", at)
        case "failed":
            end(subscription, "canceled", at)
        case "provisioning" | "active" | "past_due" | "suspended":
            subscription.cancel_at_period_end = True
            subscription.canceled_at = subscription.canceled_at or at
        case _:
            return


def keep(session: Session, subscription: Subscription) -> None:
    """Take a cancellation back while the period runs."""
    lock_customer(session, subscription.organization_id)
    session.refresh(subscription)
    require_state(subscription, "provisioning", *SERVED)
    subscription.cancel_at_period_end = False
    subscription.canceled_at = None


def move_to(subscription: Subscription, status: str) -> None:
    """Raises SubscriptionState for a transition that the drawing does not have."""
    if status not in TRANSITIONS[subscription.status]:
        raise SubscriptionState(f"A subscription that is {subscription.status} does not become {status}.")
    subscription.status = status


def end(subscription: Subscription, status: str, at: datetime) -> None:
    move_to(subscription, status)
    subscription.ended_at = at
    subscription.provision_at = None


def let_go(subscription: Subscription, at: datetime) -> None:
    """Paid no longer: what it was for is taken back."""
    move_to(subscription, "deprovisioning")
    subscription.provision_at = at
    subscription.provision_attempts = 0
    subscription.operation_id = None


def restart(session: Session, customer: Customer, subscription: Subscription, at: datetime) -> None:
    """Served again after a suspension, from a new anchor: the time in between is not billed."""
    move_to(subscription, "active")
    subscription.suspended_at = None
    period = _anchor(customer, subscription, catalogue().plan(subscription.plan), at)
    subscription.allocated_until = subscription.storage_billed_until = period.start
    charge_period(session, subscription, period, at)


def current_period(subscription: Subscription, plan: Plan, customer: Customer) -> Period:
    return period_from(subscription.anchor, customer.zone, plan.months, subscription.period_start)


def find_subscription(session: Session, organization_id: str, subscription_id: str) -> Subscription:
    """Raises SubscriptionNotFound."""
    found = session.get(Subscription, subscription_id)
    if found is None or found.organization_id != organization_id:
        raise SubscriptionNotFound
    return found


def find_by_checkout(session: Session, organization_id: str, checkout_id: str) -> Subscription:
    """By the checkout's session, or by the subscription's own id. Raises SubscriptionNotFound."""
    query = select(Subscription.id).where(Subscription.checkout_session_id == checkout_id)
    return find_subscription(session, organization_id, session.scalar(query) or checkout_id)


def list_subscriptions(session: Session, organization_id: str) -> list[Subscription]:
    """The newest first."""
    query = select(Subscription).where(Subscription.organization_id == organization_id)
    return list(session.scalars(query.order_by(Subscription.created_at.desc(), Subscription.id.desc())))


def require_state(subscription: Subscription, *allowed: str) -> None:
    if subscription.status not in allowed:
        raise SubscriptionState(f"The subscription is {subscription.status}; this needs {' or '.join(allowed)}.")


def _record(customer: Customer, order: Order, at: datetime) -> Subscription:
    day = day_of(at, customer.zone)
    period = numbered_period(day, customer.zone, order.plan.months, 0)
    return Subscription(
        id=new_id("sub"),
        organization_id=customer.organization_id,
        resource_type=order.plan.resource_type,
        resource_id=order.resource_id,
        resource_config=order.resource_config,
        plan=order.plan.name,
        status="pending_payment",
        anchor=day,
        period_start=period.start,
        period_end=period.end,
        allocated_until=period.start,
        storage_billed_until=period.start,
        idempotency_key=order.key,
        created_by=order.user_id,
        created_at=at,
    )


def _anchor(customer: Customer, subscription: Subscription, plan: Plan, at: datetime) -> Period:
    """The first period from this day on."""
    subscription.anchor = day_of(at, customer.zone)
    period = numbered_period(subscription.anchor, customer.zone, plan.months, 0)
    subscription.period_start, subscription.period_end = period.start, period.end
    return period


def _line(
    subscription: Subscription, key: str, title: str, amount: Money, start: datetime, end: datetime, at: datetime
) -> Line:
    return Line(
        organization_id=subscription.organization_id,
        subscription_id=subscription.id,
        key=key,
        description=title,
        amount=amount,
        start=start,
        end=end,
        bill_at=at,
    )


def _by_key(session: Session, organization_id: str, key: str | None) -> Subscription | None:
    if key is None:
        return None
    same = (Subscription.organization_id == organization_id, Subscription.idempotency_key == key)
    return session.scalar(select(Subscription).where(*same))


def _require_free(session: Session, organization_id: str, order: Order) -> None:
    if order.resource_id is None:
        return
    query = select(Subscription.id).where(
        Subscription.organization_id == organization_id,
        Subscription.resource_type == order.plan.resource_type,
        Subscription.resource_id == order.resource_id,
        Subscription.status.in_(LIVE),
    )
    if taken := session.scalar(query):
        raise AlreadySubscribed(subscription_id=taken)
