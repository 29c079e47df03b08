"""Plans, and the organization as a customer."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from knowledger.api.access import AsAdmin, AsUser, AsViewer, Router
from knowledger.api.deps import Deps
from knowledger.api.shapes import Answer, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.billing.buying import stripe_customer
from knowledger.domain.billing.customers import DEFAULT_ZONE, find_customer, set_zone
from knowledger.domain.billing.payments import NoPaymentProvider
from knowledger.domain.billing.plans import Plan, catalogue
from knowledger.domain.billing.usage import credits_text
from knowledger.kernel.clock import utc_now
from knowledger.kernel.json import JsonObject

router = Router(tags=["billing"])


class PlanAnswer(Answer):
    """`price` is in minor units of the currency for one interval; credits are for each month."""

    plan_name: str
    plan_display_name: str
    resource_type: Literal["organization", "graph", "repository"]
    price: int
    currency: str
    billing_interval: Literal["month", "year"]
    monthly_credits: str
    overage_credits: str
    included_bytes: int
    retention_days: int
    tier: str | None
    repository: str | None

    @classmethod
    def of(cls, plan: Plan) -> "PlanAnswer":
        return cls(
            plan_name=plan.name,
            plan_display_name=plan.title,
            resource_type=plan.resource_type,
            price=plan.price.minor,
            currency=plan.price.currency,
            billing_interval=plan.interval,
            monthly_credits=credits_text(plan.credits),
            overage_credits=credits_text(plan.overage_credits),
            included_bytes=plan.included_bytes,
            retention_days=plan.retention_days,
            tier=plan.tier,
            repository=plan.repository,
        )


class PlansAnswer(Answer):
    """`credit_rate` and `storage_rate`: one credit, and one GiB for a month, beyond what a plan includes."""

    plans: list[PlanAnswer]
    currency: str
    credit_rate: str
    storage_rate: str
    payments: Literal["stripe", "invoice"]


class CustomerAnswer(Answer):
    org_id: str
    zone: str
    currency: str
    stripe_customer_id: str | None
    has_payment_method: bool
    payment_methods: list[JsonObject]
    invoice_billing_enabled: bool
    created_at: datetime


class CustomerChange(RequestBody):
    zone: str = Field(max_length=64, description="An IANA time zone: days and periods begin at its midnight.")


class PortalBody(RequestBody):
    return_url: str = Field(max_length=2000, pattern="^https?://")


class PortalAnswer(Answer):
    portal_url: str


@router.get("/billing/plans")
def plans(caller: AsUser, deps: Deps) -> PlansAnswer:
    """What can be subscribed to, and at which rates."""
    terms = catalogue()
    return PlansAnswer(
        plans=[PlanAnswer.of(plan) for plan in terms.plans.values()],
        currency=terms.currency,
        credit_rate=str(terms.credit_rate),
        storage_rate=str(terms.storage_rate),
        payments="invoice" if deps.settings.stripe_key is None else "stripe",
    )


@router.get("/billing/customer/{org_id}")
def customer(org_id: str, access: AsViewer, deps: Deps, session: Transaction) -> CustomerAnswer:
    """Who pays, and how."""
    found = find_customer(session, org_id)
    return CustomerAnswer(
        org_id=org_id,
        zone=found.zone if found else DEFAULT_ZONE,
        currency=found.currency if found else catalogue().currency,
        stripe_customer_id=found.stripe_customer_id if found else None,
        has_payment_method=found is not None and found.payment_method is not None,
        payment_methods=[found.payment_method] if found and found.payment_method else [],
        invoice_billing_enabled=deps.settings.stripe_key is None,
        created_at=found.created_at if found else utc_now(),
    )


@router.patch("/billing/customer/{org_id}")
def change_customer(
    org_id: str, body: CustomerChange, access: AsAdmin, deps: Deps, session: Transaction
) -> CustomerAnswer:
    """Set the time zone that periods are counted in, from the next one on."""
    set_zone(session, org_id, body.zone)
    return customer(org_id, access, deps, session)


@router.post("/billing/customer/{org_id}/portal")
def portal(org_id: str, body: PortalBody, access: AsAdmin, deps: Deps, session: Transaction) -> PortalAnswer:
    """A page of the payment provider where ways of paying are seen to."""
    payments = deps.payments()
    if payments is None:
        raise NoPaymentProvider
    return PortalAnswer(portal_url=payments.portal(stripe_customer(session, org_id, payments), body.return_url))
