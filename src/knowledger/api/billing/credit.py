"""Credits: what there is, where it came from, where it went."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field

from knowledger.api.access import AsAdmin, AsOperator, AsViewer, Router
from knowledger.api.shapes import Answer, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.billing.beancount import as_beancount
from knowledger.domain.billing.credits import balance
from knowledger.domain.billing.grants import Grant, grant_credits
from knowledger.domain.billing.history import list_grants, list_transfers, used_since
from knowledger.domain.billing.ledger import CREDIT
from knowledger.domain.billing.usage import credits_text
from knowledger.domain.tenancy.organizations import require_organization
from knowledger.kernel.clock import utc_now

router = Router(tags=["billing"])

WINDOW = timedelta(days=30)


class GrantAnswer(Answer):
    """Credits given at once. Those that end soonest are drawn first; `overage` is billed when it is used."""

    id: str
    kind: str
    amount: str
    remaining: str
    granted_at: datetime
    expires_at: datetime | None
    subscription_id: str | None


class CreditsAnswer(Answer):
    """Credits as decimal numbers in text, exact to a millionth."""

    current_balance: str
    reserved: str
    consumed_last_30_days: str
    grants: list[GrantAnswer]


class TransactionAnswer(Answer):
    """One movement of credits. `amount` is below zero where they left what may be spent."""

    id: str
    type: str
    amount: str
    description: str
    created_at: datetime
    idempotency_key: str
    reservation_id: str | None


class TransactionList(Answer):
    transactions: list[TransactionAnswer]
    next_cursor: int | None


class NewGrant(RequestBody):
    """`idempotency_key` names the gift: giving it twice gives it once."""

    credits: Decimal = Field(gt=0, le=10**9, max_digits=15, decimal_places=6)
    kind: Literal["bonus", "purchase", "refund"] = "bonus"
    expires_at: datetime | None = None
    idempotency_key: str = Field(min_length=1, max_length=150)


@router.get("/billing/credits")
def credits_of_mine(access: AsViewer, session: Transaction) -> CreditsAnswer:
    """What your organization may spend, and the grants it is from."""
    now = utc_now()
    found = balance(session, access.organization_id, at=now)
    return CreditsAnswer(
        current_balance=credits_text(found.available),
        reserved=credits_text(found.reserved),
        consumed_last_30_days=credits_text(used_since(session, access.organization_id, now - WINDOW)),
        grants=[
            GrantAnswer(
                id=grant.id,
                kind=grant.kind,
                amount=credits_text(grant.amount),
                remaining=credits_text(remaining),
                granted_at=grant.granted_at,
                expires_at=grant.expires_at,
                subscription_id=grant.subscription_id,
            )
            for grant, remaining in list_grants(session, access.organization_id, now)
        ],
    )


@router.get("/billing/credits/transactions")
def transactions(
    access: AsViewer,
    session: Transaction,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[int | None, Query(ge=0)] = None,
) -> TransactionList:
    """Every movement of your organization's credits, the newest first."""
    found = list_transfers(session, access.organization_id, limit=limit + 1, before=cursor)
    answers = [
        TransactionAnswer(
            id=str(move.position),
            type=move.kind,
            amount=credits_text(move.effect),
            description=move.description,
            created_at=move.at,
            idempotency_key=move.transfer_id,
            reservation_id=move.reservation_id,
        )
        for move in found[:limit]
    ]
    return TransactionList(transactions=answers, next_cursor=found[limit - 1].position if len(found) > limit else None)


@router.get("/billing/credits/ledger", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
def ledger(access: AsAdmin, session: Transaction) -> Response:
    """The whole ledger of your organization as a Beancount file, which `bean-check` accepts."""
    text = "".join(as_beancount(session, [access.organization_id]))
    return Response(text, media_type="text/plain; charset=utf-8")


@router.post("/billing/credits/{customer_id}/grants", status_code=201)
def give(customer_id: str, body: NewGrant, operator: AsOperator, session: Transaction) -> CreditsAnswer:
    """Give an organization credits. For operators."""
    require_organization(session, customer_id)
    amount = int(body.credits * CREDIT)
    key = f"given:{customer_id}:{body.idempotency_key}"
    grant_credits(session, customer_id, Grant(key, body.kind, amount, utc_now(), expires_at=body.expires_at))
    found = balance(session, customer_id)
    return CreditsAnswer(
        current_balance=credits_text(found.available),
        reserved=credits_text(found.reserved),
        consumed_last_30_days=credits_text(used_since(session, customer_id, utc_now() - WINDOW)),
        grants=[],
    )
