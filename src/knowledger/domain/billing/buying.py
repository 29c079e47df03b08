"""Paying through the provider: a page to pay on for what is bought, and one to see to one's ways of paying."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import lock_customer
from knowledger.domain.billing.metering import whole_credits
from knowledger.domain.billing.payments import Payments, Sale
from knowledger.domain.billing.subscriptions import Order, subscribe
from knowledger.models.billing import BillingCustomer, MeterReading, Subscription
from knowledger.models.tenancy import Organization


def buy_at_checkout(
    session: Session, organization_id: str, order: Order, at: datetime, payments: Payments, back_to: str
) -> Subscription:
    """A subscription that begins once the page it names was paid on. The same order again names the same page."""
    subscription = subscribe(session, organization_id, order, at, paid=False)
    if subscription.checkout_session_id is None and subscription.status == "pending_payment":
        payer = stripe_customer(session, organization_id, payments)
        sale = Sale(subscription.id, order.plan.title, order.plan.price, back_to)
        page = payments.checkout(payer, sale)
        subscription.checkout_session_id, subscription.checkout_url = page.session_id, page.url
    session.flush()
    return subscription


def stripe_customer(session: Session, organization_id: str, payments: Payments) -> str:
    """The provider's id of this customer, made at the first call."""
    known = lock_customer(session, organization_id).stripe_customer_id
    if known is not None:
        return known
    name = session.scalar(select(Organization.name).where(Organization.id == organization_id))
    made = payments.customer(organization_id, name or organization_id)
    session.get_one(BillingCustomer, organization_id).stripe_customer_id = made
    session.flush()
    return made


def send_meter_readings(session: Session, organization_id: str, at: datetime, payments: Payments) -> int:
    """Tell the provider's meter of each hour that it has not heard of; an hour told twice counts once there."""
    payer = lock_customer(session, organization_id).stripe_customer_id
    query = select(MeterReading).where(MeterReading.organization_id == organization_id, MeterReading.sent_at.is_(None))
    readings = session.scalars(query.order_by(MeterReading.hour)).all()
    for reading in readings:
        if payer is not None and (used := whole_credits(session, reading)):
            payments.meter(payer, used, reading.hour, f"{organization_id}:{reading.hour.isoformat()}")
        reading.sent_at = at
    session.flush()
    return len(readings)
