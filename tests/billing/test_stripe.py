"""Stripe through its SDK over a real socket, and its webhooks: each counts once, in any order."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.stripe import StripePayments
from knowledger.domain.billing.buying import buy_at_checkout
from knowledger.domain.billing.invoices import list_bills
from knowledger.domain.billing.payments import WebhookRefused
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.subscriptions import find_subscription
from knowledger.domain.billing.webhooks import act, open_events, receive
from knowledger.domain.tenancy import create_first_user
from knowledger.domain.upkeep.billing import (
    act_on_webhooks,
    collect_payments,
    finalize_invoices,
    renew_subscriptions,
    tell_meters,
)
from knowledger.domain.upkeep.provisioning import order_of, provision_due
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.models import BillingCustomer, MeterReading, StripeEvent, Subscription
from tests.stand_ins.stripe import SECRET, StripeStandIn, signature, stripe_stand_in, told

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADERS = {"Authorization": "Bearer sk_test_12345"}


@pytest.fixture(scope="module")
def stripe() -> Iterator[StripeStandIn]:
    with stripe_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def payments(stripe: StripeStandIn) -> StripePayments:
    return StripePayments("sk_test_12345", SECRET, stripe.url)


@dataclass(frozen=True)
class Buyer:
    sessions: sessionmaker[Session]
    organization_id: str
    payments: StripePayments
    stripe: StripeStandIn

    def buy(self) -> Subscription:
        order = order_of(catalogue().plan("sec-starter"), {}, key="order", user_id=None)
        with self.sessions.begin() as session:
            return buy_at_checkout(session, self.organization_id, order, NOW, self.payments, "http://localhost/")

    def hear(self, body: bytes) -> None:
        """As the route does."""
        event = self.payments.event(body, signature(body), utc_now())
        with self.sessions.begin() as session:
            if receive(session, event):
                act(session, str(event["id"]), NOW)

    def card(self, number: str) -> str:
        """A card that was left at Stripe, and the customer's."""
        made = httpx.post(
            f"{self.stripe.url}/v1/payment_methods",
            json={"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2030, "cvc": "123"}},
            headers=HEADERS,
        ).json()
        with self.sessions() as session:
            payer = session.get_one(BillingCustomer, self.organization_id).stripe_customer_id
        attached = httpx.post(
            f"{self.stripe.url}/v1/payment_methods/{made['id']}/attach", json={"customer": payer}, headers=HEADERS
        )
        self.hear(told("payment_method.attached", attached.json(), f"evt_card_{made['id']}"))
        return str(made["id"])

    def outcome(self) -> tuple[str, list[tuple[int, str]]]:
        with self.sessions() as session:
            (subscription,) = session.query(Subscription).filter_by(resource_type="repository").all()
            bills = list_bills(session, self.organization_id, limit=100)[0]
            return subscription.status, [(bill.invoice.total, bill.collection.status) for bill in bills[::-1]]


@pytest.fixture
def buyer(
    sessions: sessionmaker[Session], organization_id: str, payments: StripePayments, stripe: StripeStandIn
) -> Buyer:
    return Buyer(sessions, organization_id, payments, stripe)


def test_what_is_paid_at_checkout_begins_once_and_is_billed_once(buyer: Buyer) -> None:
    subscription = buyer.buy()
    assert buyer.buy().checkout_url == subscription.checkout_url
    assert buyer.outcome() == ("pending_payment", [])
    assert subscription.checkout_session_id is not None
    body = told("checkout.session.completed", buyer.stripe.paid(subscription.checkout_session_id), "evt_paid")
    for _ in range(3):
        buyer.hear(body)
    provision_due(buyer.sessions, NOW)
    assert buyer.outcome() == ("active", [(2_900, "paid")])


def test_later_invoices_are_charged_to_the_card_and_a_refused_one_makes_it_past_due(buyer: Buyer) -> None:
    paid(buyer)
    buyer.card("4242424242424242")
    later = NOW + timedelta(days=33)
    renew_subscriptions(buyer.sessions, later)
    finalize_invoices(buyer.sessions, later + timedelta(days=1))
    for _ in range(2):
        collect_payments(buyer.sessions, later + timedelta(days=1), buyer.payments)
    assert buyer.outcome() == ("active", [(2_900, "paid"), (2_900, "paid")])
    buyer.card("4000000000000341")
    later += timedelta(days=31)
    renew_subscriptions(buyer.sessions, later)
    finalize_invoices(buyer.sessions, later + timedelta(days=1))
    collect_payments(buyer.sessions, later + timedelta(days=1), buyer.payments)
    assert buyer.outcome() == ("past_due", [(2_900, "paid"), (2_900, "paid"), (2_900, "open")])


def test_the_portal_is_the_customers(buyer: Buyer) -> None:
    buyer.buy()
    with buyer.sessions() as session:
        payer = session.get_one(BillingCustomer, buyer.organization_id).stripe_customer_id
    assert payer is not None
    assert buyer.payments.portal(payer, "http://localhost/") == f"{buyer.stripe.url}/portal/{payer}"


def test_the_meter_hears_of_whole_credits_once(buyer: Buyer) -> None:
    buyer.buy()
    with buyer.sessions.begin() as session:
        for hour, used in ((1, 1_600_000), (2, 1_600_000), (3, 1_800_000)):
            at = NOW.replace(hour=hour)
            session.add(MeterReading(organization_id=buyer.organization_id, hour=at, used=used))
    for _ in range(2):
        tell_meters(buyer.sessions, NOW, buyer.payments)
    mine = {key: told for key, told in buyer.stripe.meter_events.items() if key.startswith(buyer.organization_id)}
    assert [told["payload"]["value"] for told in mine.values()] == ["1", "2", "2"]


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_webhook_signed_long_ago_or_in_the_future_is_refused(payments: StripePayments, minutes: int) -> None:
    body = told("checkout.session.completed", {}, "evt_old")
    signed_at = NOW + timedelta(minutes=minutes)
    with pytest.raises(WebhookRefused):
        payments.event(body, signature(body, at=signed_at.timestamp()), NOW)


@pytest.mark.parametrize("header", ["", "t=1,v1=0", "v1=0", "t=soon,v1=0"])
def test_a_webhook_with_a_bad_header_is_refused(payments: StripePayments, header: str) -> None:
    with pytest.raises(WebhookRefused):
        payments.event(b"{}", {"stripe-signature": header}, NOW)


def test_a_changed_body_or_another_secret_is_refused(payments: StripePayments) -> None:
    body, at = told("checkout.session.completed", {}, "evt_1"), NOW.timestamp()
    assert payments.event(body, signature(body, at=at), NOW)["id"] == "evt_1"
    with pytest.raises(WebhookRefused):
        payments.event(body.replace(b"evt_1", b"evt_2"), signature(body, at=at), NOW)
    with pytest.raises(WebhookRefused):
        payments.event(body, signature(body, at=at, secret="whsec_other"), NOW)


def test_an_event_that_could_not_be_acted_on_is_tried_again(buyer: Buyer) -> None:
    """An invoice that is taken back cannot be paid: the event stays, with why, and nothing else is held up."""
    with buyer.sessions.begin() as session:
        receive(session, json.loads(told("payment_intent.succeeded", {"id": "pi_1"}, "evt_a")))
        session.add(StripeEvent(id="evt_b", type="checkout.session.completed", body={"data": {"object": {}}}))
    act_on_webhooks(buyer.sessions, NOW)
    with buyer.sessions() as session:
        assert open_events(session) == []


def paid(buyer: Buyer) -> Subscription:
    subscription = buyer.buy()
    assert subscription.checkout_session_id is not None
    session = buyer.stripe.paid(subscription.checkout_session_id)
    buyer.hear(told("checkout.session.completed", session, f"evt_{buyer.organization_id}"))
    provision_due(buyer.sessions, NOW)
    with buyer.sessions() as found:
        return find_subscription(found, buyer.organization_id, subscription.id)


@given(st.data())
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_doubled_and_shuffled_webhooks_end_the_same(
    sessions: sessionmaker[Session],
    payments: StripePayments,
    stripe: StripeStandIn,
    data: st.DataObject,
) -> None:
    number = new_id("buyer")
    with sessions.begin() as session:
        organization_id = create_first_user(session, f"{number}@example.org", "Ada").organization_id
    buyer = Buyer(sessions, organization_id, payments, stripe)
    subscription = buyer.buy()
    assert subscription.checkout_session_id is not None
    done = dict(stripe.paid(subscription.checkout_session_id))
    with sessions() as session:
        payer = session.get_one(BillingCustomer, organization_id).stripe_customer_id
    intent = {
        "id": done["payment_intent"],
        "customer": payer,
        "payment_method": "pm_1",
        "setup_future_usage": "off_session",
    }
    method = {"id": "pm_1", "type": "card", "customer": payer, "card": {"brand": "visa", "last4": "4242"}}
    events = [
        told("checkout.session.completed", done, f"evt_done_{number}"),
        told("checkout.session.async_payment_succeeded", done, f"evt_async_{number}"),
        told("payment_intent.succeeded", intent, f"evt_intent_{number}"),
        told("payment_method.attached", method, f"evt_method_{number}"),
        told("customer.updated", {"id": payer}, f"evt_customer_{number}"),
    ]
    for body in data.draw(st.permutations([*events, *events])):
        buyer.hear(body)
    provision_due(sessions, NOW)
    with sessions() as session:
        found = find_subscription(session, organization_id, subscription.id)
        bills = list_bills(session, organization_id, limit=10)[0]
        method_kept = session.get_one(BillingCustomer, organization_id).payment_method
    assert (found.status, [bill.collection.status for bill in bills]) == ("active", ["paid"])
    assert method_kept is not None
    assert (method_kept["id"], method_kept["last4"]) == ("pm_1", "4242")
