"""Subscriptions: buy, look at, change, cancel."""

from datetime import datetime

from fastapi import Request
from pydantic import Field
from sqlalchemy.orm import Session

from knowledger.api.access import AsAdmin, AsOperator, AsViewer, Router
from knowledger.api.deps import Deps
from knowledger.api.graphs import IdempotencyKey
from knowledger.api.shapes import Answer, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.billing.buying import buy_at_checkout
from knowledger.domain.billing.plans import catalogue
from knowledger.domain.billing.subscriptions import (
    cancel_at_period_end,
    find_by_checkout,
    find_subscription,
    keep,
    list_subscriptions,
)
from knowledger.domain.upkeep.provisioning import buy_on_invoice, order_of, provision_again, take_plan
from knowledger.kernel.clock import utc_now
from knowledger.kernel.json import JsonObject
from knowledger.models.billing import Subscription

router = Router(tags=["billing"])


class SubscriptionAnswer(Answer):
    """`base_price_cents` is in minor units. `error` says why what was paid for could not be provided yet."""

    id: str
    org_id: str
    resource_type: str
    resource_id: str
    plan_name: str
    plan_display_name: str
    billing_interval: str
    base_price_cents: int
    currency: str
    status: str
    current_period_start: datetime
    current_period_end: datetime
    cancel_at_period_end: bool
    created_at: datetime
    started_at: datetime | None
    canceled_at: datetime | None
    ends_at: datetime | None
    operation_id: str | None
    provision_attempts: int
    next_attempt_at: datetime | None
    error: JsonObject | None

    @classmethod
    def of(cls, found: Subscription) -> "SubscriptionAnswer":
        plan = catalogue().plan(found.plan)
        return cls(
            id=found.id,
            org_id=found.organization_id,
            resource_type=found.resource_type,
            resource_id=found.resource_id or "",
            plan_name=plan.name,
            plan_display_name=plan.title,
            billing_interval=plan.interval,
            base_price_cents=plan.price.minor,
            currency=plan.price.currency,
            status=found.status,
            current_period_start=found.period_start,
            current_period_end=found.period_end,
            cancel_at_period_end=found.cancel_at_period_end,
            created_at=found.created_at,
            started_at=found.started_at,
            canceled_at=found.canceled_at,
            ends_at=found.ended_at or (found.period_end if found.cancel_at_period_end else None),
            operation_id=found.operation_id,
            provision_attempts=found.provision_attempts,
            next_attempt_at=found.provision_at,
            error=found.provision_error,
        )


class SubscriptionList(Answer):
    subscriptions: list[SubscriptionAnswer]

    @classmethod
    def of(cls, session: Session, organization_id: str) -> "SubscriptionList":
        found = list_subscriptions(session, organization_id)
        return cls(subscriptions=[SubscriptionAnswer.of(subscription) for subscription in found])


class CheckoutBody(RequestBody):
    """For a graph, `resource_config` takes graph_name, description, tags, extensions, schema."""

    plan_name: str = Field(max_length=64)
    resource_type: str | None = Field(default=None, max_length=16)
    resource_config: JsonObject = Field(default_factory=dict)
    return_url: str | None = Field(default=None, max_length=2000, pattern="^https?://")


class CheckoutAnswer(Answer):
    """With `requires_checkout`, the subscription begins once `checkout_url` was paid on."""

    subscription_id: str
    requires_checkout: bool
    checkout_url: str | None
    session_id: str | None
    billing_disabled: bool = False

    @classmethod
    def of(cls, found: Subscription) -> "CheckoutAnswer":
        waits = found.status == "pending_payment"
        return cls(
            subscription_id=found.id,
            requires_checkout=waits,
            checkout_url=found.checkout_url if waits else None,
            session_id=found.checkout_session_id or found.id,
        )


class CheckoutStatus(Answer):
    status: str
    subscription_id: str
    resource_id: str | None
    operation_id: str | None
    error: str | None


class PlanBody(RequestBody):
    new_plan_name: str = Field(max_length=64)


@router.get("/billing/subscriptions")
def list_mine(access: AsViewer, session: Transaction) -> SubscriptionList:
    """The subscriptions of your organization, the newest first."""
    return SubscriptionList.of(session, access.organization_id)


@router.post("/billing/subscriptions", status_code=201)
def subscribe(
    body: CheckoutBody,
    request: Request,
    access: AsAdmin,
    deps: Deps,
    session: Transaction,
    idempotency_key: IdempotencyKey = None,
) -> SubscriptionAnswer:
    """Subscribe, as by a checkout; the answer is the subscription as it stands."""
    answer = checkout(body, request, access, deps, session, idempotency_key)
    return SubscriptionAnswer.of(find_subscription(session, access.organization_id, answer.subscription_id))


@router.post("/billing/checkout", status_code=201)
def checkout(
    body: CheckoutBody,
    request: Request,
    access: AsAdmin,
    deps: Deps,
    session: Transaction,
    idempotency_key: IdempotencyKey = None,
) -> CheckoutAnswer:
    """Buy a subscription: on a page of the payment provider, or, where there is none, on invoice and at once."""
    plan = catalogue().plan(body.plan_name)
    order = order_of(plan, body.resource_config, key=idempotency_key, user_id=access.user_id)
    payments = deps.payments() if plan.price.minor else None
    if payments is None:
        return CheckoutAnswer.of(buy_on_invoice(session, access.organization_id, order, utc_now()))
    back_to = body.return_url or deps.settings.public_url or str(request.base_url)
    return CheckoutAnswer.of(buy_at_checkout(session, access.organization_id, order, utc_now(), payments, back_to))


@router.get("/billing/checkout/{checkout_id}/status")
def checkout_status(checkout_id: str, access: AsViewer, session: Transaction) -> CheckoutStatus:
    """What became of a checkout, by its session or its subscription."""
    found = find_by_checkout(session, access.organization_id, checkout_id)
    return CheckoutStatus(
        status=found.status,
        subscription_id=found.id,
        resource_id=found.resource_id,
        operation_id=found.operation_id,
        error=str(found.provision_error["message"]) if found.provision_error else None,
    )


@router.get("/billing/subscriptions/{org_id}")
def list_all(org_id: str, access: AsViewer, session: Transaction) -> list[SubscriptionAnswer]:
    """The subscriptions of an organization, the newest first."""
    return SubscriptionList.of(session, org_id).subscriptions


@router.get("/billing/subscriptions/{org_id}/subscription/{subscription_id}")
def read(org_id: str, subscription_id: str, access: AsViewer, session: Transaction) -> SubscriptionAnswer:
    """One subscription, and where it stands."""
    return SubscriptionAnswer.of(find_subscription(session, org_id, subscription_id))


@router.post("/billing/subscriptions/{org_id}/subscription/{subscription_id}/cancel")
def cancel(org_id: str, subscription_id: str, access: AsAdmin, session: Transaction) -> SubscriptionAnswer:
    """Let it end with its period. A graph's last backup is kept for the time that the plan says."""
    found = find_subscription(session, org_id, subscription_id)
    cancel_at_period_end(session, found, utc_now())
    return SubscriptionAnswer.of(found)


@router.post("/billing/subscriptions/{org_id}/subscription/{subscription_id}/keep")
def take_back_cancellation(
    org_id: str, subscription_id: str, access: AsAdmin, session: Transaction
) -> SubscriptionAnswer:
    """Take a cancellation back while the period runs."""
    found = find_subscription(session, org_id, subscription_id)
    keep(session, found)
    return SubscriptionAnswer.of(found)


@router.post("/billing/subscriptions/{org_id}/subscription/{subscription_id}/plan")
def change_plan(
    org_id: str, subscription_id: str, body: PlanBody, access: AsAdmin, session: Transaction
) -> SubscriptionAnswer:
    """Take another plan from today on; what is left of the period is prorated."""
    found = find_subscription(session, org_id, subscription_id)
    take_plan(session, found, catalogue().plan(body.new_plan_name), utc_now())
    return SubscriptionAnswer.of(found)


@router.post("/billing/subscriptions/{customer_id}/subscription/{subscription_id}/retry")
def retry(customer_id: str, subscription_id: str, operator: AsOperator, session: Transaction) -> SubscriptionAnswer:
    """Provide again what failed, once its cause is gone. For operators."""
    found = find_subscription(session, customer_id, subscription_id)
    provision_again(session, found, utc_now())
    return SubscriptionAnswer.of(found)
