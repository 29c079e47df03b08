"""Getting invoices paid: attempts on days counted from when they are due, and what follows when none succeeds."""

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import Customer, lock_customer
from knowledger.domain.billing.invoices import Bill, find_bill
from knowledger.domain.billing.payments import Charge, Payments
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.subscriptions import move_to, restart
from knowledger.kernel.errors import Conflict
from knowledger.models.billing import Collection, Invoice, InvoiceLine, Subscription

OWED = ("open", "uncollectible")


class InvoiceVoid(Conflict):
    """This invoice was taken back by a credit note; there is nothing to pay."""


def organizations_to_collect_from(session: Session, at: datetime) -> list[str]:
    query = select(Invoice.organization_id).join(Collection, Collection.invoice_id == Invoice.id)
    due = query.where(Collection.status == "open", Collection.next_attempt_at <= at)
    return list(session.scalars(due.distinct().order_by(Invoice.organization_id)))


def collect(session: Session, organization_id: str, at: datetime, payments: Payments | None) -> int:
    """Try what is due to be tried, and say how many invoices were paid."""
    customer = lock_customer(session, organization_id)
    query = (
        select(Invoice.id)
        .join(Collection, Collection.invoice_id == Invoice.id)
        .where(Invoice.organization_id == organization_id)
        .where(Collection.status == "open", Collection.next_attempt_at <= at)
        .order_by(Invoice.finalized_at, Invoice.id)
    )
    bills = [find_bill(session, organization_id, invoice_id) for invoice_id in session.scalars(query)]
    return sum(_try(session, customer, bill, at, payments) for bill in bills)


def mark_paid(session: Session, organization_id: str, invoice_id: str, reference: str, at: datetime) -> Bill:
    """Record that the whole of an invoice was paid. Twice is once. What was suspended over it goes on.

    Raises InvoiceNotFound, InvoiceVoid.
    """
    customer = lock_customer(session, organization_id)
    bill = find_bill(session, organization_id, invoice_id)
    session.refresh(bill.collection)
    if bill.collection.status == "void":
        raise InvoiceVoid
    if bill.collection.status in OWED:
        _paid(session, customer, bill, reference, at)
    return bill


def _try(session: Session, customer: Customer, bill: Bill, at: datetime, payments: Payments | None) -> bool:
    """By the provider where there is one and a way to pay; otherwise it is a reminder, once it is due."""
    collection, charge = bill.collection, None
    if payments and customer.stripe_customer_id and customer.payment_method_id:
        key = f"{bill.invoice.id}:{collection.attempts}"
        charge = payments.charge(customer.stripe_customer_id, customer.payment_method_id, bill.left, key)
    elif at < bill.invoice.due_at:
        collection.next_attempt_at = bill.invoice.due_at
        return False
    if charge is not None and charge.status == "paid":
        _paid(session, customer, bill, charge.reference, at)
        return True
    _not_paid(session, bill, at, charge)
    return False


def _paid(session: Session, customer: Customer, bill: Bill, reference: str, at: datetime) -> None:
    collection = bill.collection
    collection.status, collection.paid, collection.paid_at = "paid", bill.invoice.total, at
    collection.reference, collection.next_attempt_at, collection.error = reference, None, None
    session.flush()
    for subscription in _subscriptions_of(session, bill):
        if _owes(session, subscription):
            continue
        if subscription.status == "past_due":
            move_to(subscription, "active")
        elif subscription.status == "suspended":
            restart(session, customer, subscription, at)
    session.flush()


def _not_paid(session: Session, bill: Bill, at: datetime, charge: Charge | None) -> None:
    collection, days = bill.collection, catalogue().dunning_days
    collection.attempts += 1
    if charge is not None:
        collection.reference, collection.error = charge.reference, {"reason": charge.reason, "status": charge.status}
    if charge is not None and charge.status == "pending":
        collection.next_attempt_at = at + timedelta(days=1)
        return
    over = collection.attempts >= len(days)
    collection.next_attempt_at = (
        None if over else at + timedelta(days=days[collection.attempts] - days[collection.attempts - 1])
    )
    collection.status = "uncollectible" if over else "open"
    for subscription in _subscriptions_of(session, bill):
        if subscription.status == "active":
            move_to(subscription, "past_due")
        if over and subscription.status == "past_due":
            move_to(subscription, "suspended")
            subscription.suspended_at = at
    session.flush()


def _subscriptions_of(session: Session, bill: Bill) -> list[Subscription]:
    named = sorted({line.subscription_id for line in bill.lines if line.subscription_id})
    query = select(Subscription).where(Subscription.id.in_(named), Subscription.resource_type != "organization")
    return list(session.scalars(query.order_by(Subscription.id)))


def _owes(session: Session, subscription: Subscription) -> bool:
    """Whether another of its invoices has been asked for in vain."""
    lines = exists().where(
        InvoiceLine.invoice_id == Collection.invoice_id, InvoiceLine.subscription_id == subscription.id
    )
    unpaid = exists().where(Collection.status.in_(OWED), Collection.attempts > 0, lines)
    return bool(session.scalar(select(unpaid)))
