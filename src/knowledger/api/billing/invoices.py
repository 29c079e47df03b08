"""Invoices and credit notes."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from fastapi import Query
from pydantic import Field
from sqlalchemy.orm import Session

from knowledger.api.access import AsOperator, AsViewer, Router
from knowledger.api.shapes import Answer, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.billing.collecting import mark_paid
from knowledger.domain.billing.invoices import Bill, credit_note, find_bill, list_bills
from knowledger.domain.billing.lines import unbilled_lines
from knowledger.domain.billing.plans import catalogue
from knowledger.kernel.clock import utc_now
from knowledger.models.billing import InvoiceLine

router = Router(tags=["billing"])

Limit = Annotated[int, Query(ge=1, le=100)]
Offset = Annotated[int, Query(ge=0)]


class LineAnswer(Answer):
    """`amount` is in minor units, rounded once; the exact `quantity` is a decimal number as text."""

    description: str
    amount: int
    quantity: int
    exact_quantity: str
    unit: str
    period_start: datetime
    period_end: datetime
    subscription_id: str | None

    @classmethod
    def of(cls, line: InvoiceLine) -> "LineAnswer":
        return cls(
            description=line.description,
            amount=line.amount,
            quantity=int(line.quantity),
            exact_quantity=format(Decimal(line.quantity), "f"),
            unit=line.unit,
            period_start=line.period_start,
            period_end=line.period_end,
            subscription_id=line.subscription_id,
        )


class InvoiceAnswer(Answer):
    """`status` is open, paid, void or uncollectible; amounts are in minor units and those of the lines add up."""

    id: str
    org_id: str
    kind: str
    number: str
    corrects_id: str | None
    status: str
    amount_due: int
    amount_paid: int
    currency: str
    created: datetime
    due_date: datetime
    paid_at: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    line_items: list[LineAnswer]

    @classmethod
    def of(cls, bill: Bill) -> "InvoiceAnswer":
        invoice, collection = bill.invoice, bill.collection
        return cls(
            id=invoice.id,
            org_id=invoice.organization_id,
            kind=invoice.kind,
            number=invoice.number,
            corrects_id=invoice.corrects_id,
            status=collection.status,
            amount_due=invoice.total,
            amount_paid=collection.paid,
            currency=invoice.currency,
            created=invoice.finalized_at,
            due_date=invoice.due_at,
            paid_at=collection.paid_at,
            attempts=collection.attempts,
            next_attempt_at=collection.next_attempt_at,
            line_items=[LineAnswer.of(line) for line in bill.lines],
        )


class InvoiceList(Answer):
    invoices: list[InvoiceAnswer]
    total_count: int
    has_more: bool


class Upcoming(Answer):
    """What the next invoice will hold by now."""

    amount_due: int
    currency: str
    line_items: list[LineAnswer]


class Payment(RequestBody):
    reference: str = Field(min_length=1, max_length=255, description="The bank's or the provider's name for it.")


@router.get("/billing/invoices")
def list_mine(access: AsViewer, session: Transaction, limit: Limit = 20, offset: Offset = 0) -> InvoiceList:
    """The invoices and credit notes of your organization, the newest first."""
    return _page(session, access.organization_id, limit, offset)


@router.get("/billing/invoices/{org_id}")
def list_all(org_id: str, access: AsViewer, session: Transaction, limit: Limit = 20, offset: Offset = 0) -> InvoiceList:
    """The invoices and credit notes of an organization, the newest first."""
    return _page(session, org_id, limit, offset)


@router.get("/billing/invoices/{org_id}/upcoming")
def upcoming(org_id: str, access: AsViewer, session: Transaction) -> Upcoming:
    """What no invoice has yet; below zero, it comes off the next one."""
    lines = unbilled_lines(session, org_id)
    currency = lines[0].currency if lines else catalogue().currency
    answers = [LineAnswer.of(line) for line in lines]
    return Upcoming(amount_due=sum(line.amount for line in lines), currency=currency, line_items=answers)


@router.get("/billing/invoices/{org_id}/invoice/{invoice_id}")
def read(org_id: str, invoice_id: str, access: AsViewer, session: Transaction) -> InvoiceAnswer:
    """One invoice or credit note, with its lines."""
    return InvoiceAnswer.of(find_bill(session, org_id, invoice_id))


@router.post("/billing/invoices/{customer_id}/invoice/{invoice_id}/payment")
def record_payment(
    customer_id: str, invoice_id: str, body: Payment, operator: AsOperator, session: Transaction
) -> InvoiceAnswer:
    """Record that an invoice was paid outside, whole. Twice is once. For operators."""
    return InvoiceAnswer.of(mark_paid(session, customer_id, invoice_id, body.reference, utc_now()))


@router.post("/billing/invoices/{customer_id}/invoice/{invoice_id}/credit-note", status_code=201)
def take_back(customer_id: str, invoice_id: str, operator: AsOperator, session: Transaction) -> InvoiceAnswer:
    """Take an invoice back, whole; what was paid of it comes off the next. For operators."""
    note = credit_note(session, customer_id, invoice_id, utc_now())
    return InvoiceAnswer.of(find_bill(session, customer_id, note.id))


def _page(session: Session, organization_id: str, limit: int, offset: int) -> InvoiceList:
    bills, count = list_bills(session, organization_id, limit=limit, offset=offset)
    answers = [InvoiceAnswer.of(bill) for bill in bills]
    return InvoiceList(invoices=answers, total_count=count, has_more=offset + len(bills) < count)
