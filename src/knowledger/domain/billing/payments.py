"""What a payment provider does for us. Billing is complete without one: then invoices are paid outside and recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject
from knowledger.kernel.money import Money


class PaymentsUnavailable(KnowledgerError):
    """The payment provider does not answer, or refused us."""

    status = 503
    retryable = True
    hint = "Nothing was charged twice: try again in a few minutes."


class NoPaymentProvider(KnowledgerError):
    """No payment provider is connected here; invoices are paid outside."""

    status = 409
    hint = "Set KNOWLEDGER_STRIPE_KEY to take payments through Stripe."


@dataclass(frozen=True)
class Charge:
    """How an attempt to collect went. `reference` is the provider's own name for it."""

    status: Literal["paid", "pending", "declined"]
    reference: str
    reason: str = ""


@dataclass(frozen=True)
class Checkout:
    """A page of the provider where somebody pays or leaves a way to."""

    session_id: str
    url: str


@dataclass(frozen=True)
class Sale:
    """What is paid for on that page, and where the payer goes from there."""

    subscription_id: str
    title: str
    amount: Money
    back_to: str


class Payments(Protocol):
    """Every call carries a key, under which the provider does it once. Raises PaymentsUnavailable."""

    def customer(self, organization_id: str, name: str) -> str:
        """The provider's id of the customer, made at the first call."""

    def checkout(self, customer_id: str, sale: Sale) -> Checkout: ...

    def portal(self, customer_id: str, back_to: str) -> str:
        """The address of a page where the customer sees to their ways of paying."""

    def charge(self, customer_id: str, payment_method_id: str, amount: Money, key: str) -> Charge: ...

    def meter(self, customer_id: str, credits_used: int, hour: datetime, key: str) -> None:
        """Whole credits used in an hour."""

    def event(self, body: bytes, headers: Mapping[str, str], now: datetime) -> JsonObject:
        """What a webhook says, once its signature and its age are right. Raises WebhookRefused."""


class WebhookRefused(KnowledgerError):
    """The signature or the time of this webhook is not right."""

    status = 400
