"""What the payment provider tells us: kept once by its id, acted on once, in whatever order it comes.

Acting never trusts the order: each kind only says what is so (a payment succeeded, a session ended), and saying it
again or late changes nothing.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.domain.billing.collecting import mark_paid
from knowledger.domain.billing.customers import lock_customer
from knowledger.domain.billing.invoices import bill_now
from knowledger.domain.billing.subscriptions import begin, end
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue
from knowledger.models.billing import BillingCustomer, Invoice, StripeEvent, Subscription

MOST_ATTEMPTS = 20

Handler = Callable[[Session, JsonObject, datetime], None]


def receive(session: Session, event: JsonObject) -> bool:
    """Keep what came, and say whether it is new."""
    kept = insert(StripeEvent).values(id=str(event["id"]), type=str(event["type"]), body=event)
    made = session.execute(kept.on_conflict_do_nothing(index_elements=["id"]).returning(StripeEvent.id))
    return made.scalar() is not None


def open_events(session: Session) -> list[str]:
    """Those that were kept and not acted on, in the order in which they came."""
    query = select(StripeEvent.id).where(StripeEvent.handled_at.is_(None), StripeEvent.attempts < MOST_ATTEMPTS)
    return list(session.scalars(query.order_by(StripeEvent.received_at, StripeEvent.id)))


def act(session: Session, event_id: str, at: datetime) -> None:
    """Act on an event once. One that fails stays, with why, to be tried again."""
    kept = session.get_one(StripeEvent, event_id, with_for_update=True)
    if kept.handled_at is not None:
        return
    kept.attempts += 1
    handler = HANDLERS.get(kept.type)
    try:
        with session.begin_nested():
            if handler is not None:
                handler(session, _object(kept.body), at)
    except KnowledgerError as error:
        kept.error = error.as_json()
    else:
        kept.handled_at, kept.error = at, None
    session.flush()


def _checkout_completed(session: Session, checkout: JsonObject, at: datetime) -> None:
    """The first period was paid: it is billed, marked as paid, and what it is for is provided."""
    subscription = _of_checkout(session, checkout)
    if subscription is None or checkout.get("payment_status") not in ("paid", "no_payment_required"):
        return
    customer = lock_customer(session, subscription.organization_id)
    session.refresh(subscription)
    if subscription.status != "pending_payment":
        return
    begin(session, customer, subscription, at)
    session.flush()
    invoice = bill_now(session, subscription, at)
    if invoice is not None:
        mark_paid(session, subscription.organization_id, invoice.id, str(checkout["payment_intent"]), at)


def _checkout_expired(session: Session, checkout: JsonObject, at: datetime) -> None:
    subscription = _of_checkout(session, checkout)
    if subscription is None:
        return
    lock_customer(session, subscription.organization_id)
    session.refresh(subscription)
    if subscription.status == "pending_payment":
        end(subscription, "expired", at)


def _payment_succeeded(session: Session, intent: JsonObject, at: datetime) -> None:
    """A charge of ours that was pending has come through."""
    metadata = intent.get("metadata")
    invoice_id = metadata.get("invoice_id") if isinstance(metadata, dict) else None
    invoice = session.get(Invoice, invoice_id) if isinstance(invoice_id, str) else None
    if invoice is not None:
        mark_paid(session, invoice.organization_id, invoice.id, str(intent["id"]), at)
    method, payer = intent.get("payment_method"), intent.get("customer")
    if isinstance(method, str) and isinstance(payer, str) and intent.get("setup_future_usage") == "off_session":
        _keep_method(session, payer, {"id": method})


def _method_attached(session: Session, method: JsonObject, at: datetime) -> None:
    card = method.get("card")
    shown = (
        {name: card.get(name) for name in ("brand", "last4", "exp_month", "exp_year")} if isinstance(card, dict) else {}
    )
    payer = method.get("customer")
    if isinstance(payer, str):
        _keep_method(session, payer, {"id": method["id"], "type": method.get("type"), **shown})


def _method_detached(session: Session, method: JsonObject, at: datetime) -> None:
    found = session.scalar(
        select(BillingCustomer).where(BillingCustomer.payment_method["id"].astext == method["id"]).with_for_update()
    )
    if found is not None:
        found.payment_method = None


def _keep_method(session: Session, stripe_customer_id: str, method: dict[str, JsonValue]) -> None:
    query = select(BillingCustomer).where(BillingCustomer.stripe_customer_id == stripe_customer_id)
    found = session.scalar(query.with_for_update())
    if found is None:
        return
    same = (found.payment_method or {}).get("id") == method["id"]
    found.payment_method = {**(found.payment_method or {}), **method} if same else method


def _of_checkout(session: Session, checkout: JsonObject) -> Subscription | None:
    query = select(Subscription).where(Subscription.id == checkout.get("client_reference_id"))
    return session.scalar(query)


def _object(body: JsonObject) -> JsonObject:
    data = body.get("data")
    found = data.get("object") if isinstance(data, dict) else None
    return found if isinstance(found, dict) else {}


HANDLERS: dict[str, Handler] = {
    "checkout.session.completed": _checkout_completed,
    "checkout.session.async_payment_succeeded": _checkout_completed,
    "checkout.session.expired": _checkout_expired,
    "payment_intent.succeeded": _payment_succeeded,
    "payment_method.attached": _method_attached,
    "payment_method.detached": _method_detached,
}
