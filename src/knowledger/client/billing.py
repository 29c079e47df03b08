"""Billing: what there is to subscribe to, what was subscribed to, what is owed, and what was used."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from knowledger.client.effects import Flow, call, fetch, fetch_all
from knowledger.client.json import JsonObject
from knowledger.client.wire import get, path, post


@dataclass(frozen=True)
class PlanRecord:
    """`price` is in minor units of the currency; credits are decimal numbers in text, for each month."""

    plan_name: str
    plan_display_name: str
    resource_type: str
    price: int
    currency: str
    billing_interval: str
    monthly_credits: str
    overage_credits: str = "0"
    included_bytes: int = 0
    retention_days: int = 0
    tier: str | None = None
    repository: str | None = None


@dataclass(frozen=True)
class SubscriptionRecord:
    """Where it stands; `error` says why what it is for could not be provided yet."""

    id: str
    org_id: str
    resource_type: str
    resource_id: str
    plan_name: str
    plan_display_name: str
    status: str
    base_price_cents: int
    currency: str
    billing_interval: str
    current_period_start: datetime
    current_period_end: datetime
    cancel_at_period_end: bool = False
    ends_at: datetime | None = None
    operation_id: str | None = None
    error: JsonObject | None = None


@dataclass(frozen=True)
class CheckoutRecord:
    """With `requires_checkout`, the subscription begins once `checkout_url` was paid on."""

    subscription_id: str
    requires_checkout: bool
    checkout_url: str | None = None
    session_id: str | None = None


@dataclass(frozen=True)
class InvoiceLineRecord:
    """`amount` is in minor units."""

    description: str
    amount: int
    exact_quantity: str
    unit: str
    period_start: datetime
    period_end: datetime


@dataclass(frozen=True)
class InvoiceRecord:
    """An invoice or a credit note. The lines add up to `amount_due`."""

    id: str
    org_id: str
    kind: str
    number: str
    status: str
    amount_due: int
    amount_paid: int
    currency: str
    created: datetime
    due_date: datetime
    line_items: tuple[InvoiceLineRecord, ...] = ()


@dataclass(frozen=True)
class GrantRecord:
    """Credits given at once."""

    id: str
    kind: str
    amount: str
    remaining: str
    granted_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True)
class CreditsRecord:
    """Credits are decimal numbers in text, exact to a millionth."""

    current_balance: str
    reserved: str
    consumed_last_30_days: str
    grants: tuple[GrantRecord, ...] = ()


@dataclass(frozen=True)
class TransactionRecord:
    """One movement of credits."""

    id: str
    type: str
    amount: str
    description: str
    created_at: datetime
    idempotency_key: str


@dataclass(frozen=True)
class UsageRecord:
    """This month so far, in the organization's time zone."""

    org_id: str
    first_day: date
    end_day: date
    figures: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class UsageReportRecord:
    """The report of a month that is over."""

    id: str
    period_start: datetime
    period_end: datetime
    figures: JsonObject = field(default_factory=dict)


def plans() -> Flow[tuple[PlanRecord, ...]]:
    return fetch_all(PlanRecord, get("/billing/plans"), "plans")


def subscriptions() -> Flow[tuple[SubscriptionRecord, ...]]:
    return fetch_all(SubscriptionRecord, get("/billing/subscriptions"), "subscriptions")


def checkout(plan_name: str, resource_config: JsonObject, key: str | None) -> Flow[CheckoutRecord]:
    asked = post("/billing/checkout", {"plan_name": plan_name, "resource_config": resource_config})
    return fetch(CheckoutRecord, asked.with_headers(**{"Idempotency-Key": key}) if key else asked)


def cancel(subscription: SubscriptionRecord) -> Flow[SubscriptionRecord]:
    return fetch(SubscriptionRecord, post(_place(subscription, "cancel"), {}))


def keep(subscription: SubscriptionRecord) -> Flow[SubscriptionRecord]:
    return fetch(SubscriptionRecord, post(_place(subscription, "keep"), {}))


def change_plan(subscription: SubscriptionRecord, plan_name: str) -> Flow[SubscriptionRecord]:
    return fetch(SubscriptionRecord, post(_place(subscription, "plan"), {"new_plan_name": plan_name}))


def invoices(limit: int) -> Flow[tuple[InvoiceRecord, ...]]:
    return fetch_all(InvoiceRecord, get("/billing/invoices", limit=limit), "invoices")


def credits_now() -> Flow[CreditsRecord]:
    return fetch(CreditsRecord, get("/billing/credits"))


def transactions(limit: int) -> Flow[tuple[TransactionRecord, ...]]:
    return fetch_all(TransactionRecord, get("/billing/credits/transactions", limit=limit), "transactions")


def usage() -> Flow[UsageRecord]:
    return fetch(UsageRecord, get("/billing/usage"))


def usage_reports() -> Flow[tuple[UsageReportRecord, ...]]:
    return fetch_all(UsageReportRecord, get("/billing/usage/reports"), "reports")


def usage_report(report_id: str, form: Literal["json", "csv", "html"]) -> Flow[str]:
    """The report as text in the form asked for."""
    answer = yield from call(get(path("/billing/usage/reports/{}", report_id), format=form))
    return answer.content.decode()


def ledger() -> Flow[str]:
    """The credit ledger and the invoices as a Beancount file."""
    answer = yield from call(get("/billing/credits/ledger"))
    return answer.content.decode()


def _place(subscription: SubscriptionRecord, verb: str) -> str:
    return path("/billing/subscriptions/{}/subscription/{}/{}", subscription.org_id, subscription.id, verb)
