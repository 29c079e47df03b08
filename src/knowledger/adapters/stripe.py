"""Stripe, by its SDK. Every call carries an idempotency key, so a call that is made again is made once."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import stripe

from knowledger.domain.billing.payments import Charge, Checkout, PaymentsUnavailable, Sale, WebhookRefused
from knowledger.kernel.json import JsonObject
from knowledger.kernel.money import Money

T = TypeVar("T")

TOLERANCE = timedelta(minutes=5)
METER = "knowledger_credits"
_RETRIES = 2


class StripePayments:
    """The port `Payments`. `url` is Stripe's API, or what stands in for it."""

    def __init__(self, key: str, webhook_secret: str | None, url: str | None = None) -> None:
        self._webhook_secret = webhook_secret
        self._stripe = stripe.StripeClient(
            key, base_addresses={"api": url} if url else {}, max_network_retries=_RETRIES
        ).v1

    def customer(self, organization_id: str, name: str) -> str:
        made = _ask(
            lambda: self._stripe.customers.create(
                {"name": name, "metadata": {"organization_id": organization_id}},
                {"idempotency_key": f"customer:{organization_id}"},
            )
        )
        return made.id

    def checkout(self, customer_id: str, sale: Sale) -> Checkout:
        """The first period is paid there, and the way of paying kept for the following ones."""
        metadata = {"subscription_id": sale.subscription_id}
        session = _ask(
            lambda: self._stripe.checkout.sessions.create(
                {
                    "mode": "payment",
                    "customer": customer_id,
                    "client_reference_id": sale.subscription_id,
                    "metadata": metadata,
                    "payment_intent_data": {"setup_future_usage": "off_session", "metadata": metadata},
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": sale.amount.currency.lower(),
                                "unit_amount": sale.amount.minor,
                                "product_data": {"name": sale.title},
                            },
                        }
                    ],
                    "success_url": f"{sale.back_to}?checkout={{CHECKOUT_SESSION_ID}}",
                    "cancel_url": sale.back_to,
                },
                {"idempotency_key": f"checkout:{sale.subscription_id}"},
            )
        )
        return Checkout(session.id, session.url or "")

    def portal(self, customer_id: str, back_to: str) -> str:
        parameters: stripe.params.billing_portal.SessionCreateParams = {"customer": customer_id, "return_url": back_to}
        return _ask(lambda: self._stripe.billing_portal.sessions.create(parameters)).url

    def charge(self, customer_id: str, payment_method_id: str, amount: Money, key: str) -> Charge:
        try:
            intent = self._stripe.payment_intents.create(
                {
                    "customer": customer_id,
                    "payment_method": payment_method_id,
                    "amount": amount.minor,
                    "currency": amount.currency.lower(),
                    "confirm": True,
                    "off_session": True,
                    "metadata": {"invoice_id": key.partition(":")[0]},
                },
                {"idempotency_key": f"charge:{key}"},
            )
        except stripe.CardError as error:
            return Charge("declined", error.request_id or key, error.user_message or "The card was declined.")
        except stripe.StripeError as error:
            raise PaymentsUnavailable(reason=type(error).__name__) from error
        match intent.status:
            case "succeeded":
                return Charge("paid", intent.id)
            case "processing":
                return Charge("pending", intent.id)
            case status:
                return Charge("declined", intent.id, f"The payment is {status}.")

    def meter(self, customer_id: str, credits_used: int, hour: datetime, key: str) -> None:
        seconds = (hour - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
        _ask(
            lambda: self._stripe.billing.meter_events.create(
                {
                    "event_name": METER,
                    "identifier": key,
                    "timestamp": seconds,
                    "payload": {"stripe_customer_id": customer_id, "value": str(credits_used)},
                },
                {"idempotency_key": f"meter:{key}"},
            )
        )

    def event(self, body: bytes, headers: Mapping[str, str], now: datetime) -> JsonObject:
        """The signature over the raw body is the SDK's to check, the age in both directions ours."""
        given = headers.get("stripe-signature", "")
        stated = dict(part.partition("=")[::2] for part in given.split(","))
        if self._webhook_secret is None or not stated.get("t", "").isdecimal():
            raise WebhookRefused
        signed_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(stated["t"]))
        if abs(now - signed_at) > TOLERANCE:
            raise WebhookRefused("This webhook was signed too long ago, or in the future.")
        try:
            text = body.decode()
            stripe.WebhookSignature.verify_header(text, given, self._webhook_secret)
            event: JsonObject = json.loads(text)
        except (ValueError, stripe.SignatureVerificationError) as error:
            raise WebhookRefused from error
        return event


def _ask(call: Callable[[], T]) -> T:
    """Raises PaymentsUnavailable."""
    try:
        return call()
    except stripe.StripeError as error:
        raise PaymentsUnavailable(reason=type(error).__name__) from error
