"""Invoices: lines brought together under a number, for good. What turns out wrong is corrected by a credit note."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import lock_customer
from knowledger.domain.billing.lines import Line, add_line, unbilled_lines
from knowledger.domain.billing.plans import catalogue
from knowledger.kernel.errors import Conflict, NotFound
from knowledger.kernel.ids import new_id
from knowledger.kernel.money import Money
from knowledger.kernel.periods import day_of, midnight
from knowledger.models.billing import Collection, Invoice, InvoiceLine, InvoiceSeries, Subscription

SERIES = {"invoice": "INV", "credit_note": "CN"}


class InvoiceNotFound(NotFound):
    """There is no such invoice, or it is not yours."""


class AlreadyCorrected(Conflict):
    """This invoice has been corrected by a credit note, or is one."""


@dataclass(frozen=True)
class Bill:
    """An invoice with its lines and how it stands."""

    invoice: Invoice
    lines: Sequence[InvoiceLine]
    collection: Collection

    @property
    def left(self) -> Money:
        return Money(self.invoice.total - self.collection.paid, self.invoice.currency)


def organizations_to_bill(session: Session, at: datetime) -> list[str]:
    """Those with lines that no invoice has yet."""
    query = select(InvoiceLine.organization_id).where(InvoiceLine.invoice_id.is_(None), InvoiceLine.bill_at <= at)
    return list(session.scalars(query.distinct().order_by(InvoiceLine.organization_id)))


def bill_past_days(session: Session, organization_id: str, at: datetime) -> list[Invoice]:
    """One invoice for each past day, in the customer's zone, that has something to bill.

    Where more is given back than is to pay, the lines wait for the next that make up for it.
    """
    zone = lock_customer(session, organization_id).zone
    today = midnight(day_of(at, zone), zone)
    lines = [line for line in unbilled_lines(session, organization_id) if line.bill_at < today]
    groups = (_until_owed(lines, zone, currency) for currency in sorted({line.currency for line in lines}))
    return [finalize(session, owed, at) for group in groups for owed in group]


def bill_now(session: Session, subscription: Subscription, at: datetime) -> Invoice | None:
    """An invoice over what a subscription owes, for somebody who is buying it; None where it owes nothing."""
    lock_customer(session, subscription.organization_id)
    all_lines = unbilled_lines(session, subscription.organization_id)
    lines = [line for line in all_lines if line.subscription_id == subscription.id]
    return finalize(session, lines, at) if lines and sum(line.amount for line in lines) >= 0 else None


def finalize(session: Session, lines: Sequence[InvoiceLine], at: datetime, *, corrects: str | None = None) -> Invoice:
    """Give the lines a number, the next of its series; nothing of them changes from here on."""
    total = sum(line.amount for line in lines)
    kind = "credit_note" if corrects else "invoice"
    due_at = at + timedelta(days=catalogue().payment_days)
    invoice = Invoice(
        id=new_id("in"),
        organization_id=lines[0].organization_id,
        kind=kind,
        number=_next_number(session, SERIES[kind]),
        key=f"{kind}:{lines[0].id}",
        corrects_id=corrects,
        total=total,
        currency=lines[0].currency,
        finalized_at=at,
        due_at=due_at,
    )
    session.add(invoice)
    session.flush()
    these = InvoiceLine.id.in_([line.id for line in lines])
    session.execute(update(InvoiceLine).where(these).values(invoice_id=invoice.id))
    owed = total > 0
    session.add(
        Collection(
            invoice_id=invoice.id,
            status="open" if owed else "paid",
            paid_at=None if owed else at,
            next_attempt_at=at if owed else None,
        )
    )
    session.flush()
    return invoice


def credit_note(session: Session, organization_id: str, invoice_id: str, at: datetime) -> Invoice:
    """Take an invoice back, whole. What was paid of it comes off the next one. Raises AlreadyCorrected."""
    lock_customer(session, organization_id)
    bill = find_bill(session, organization_id, invoice_id)
    if bill.invoice.kind != "invoice" or bill.collection.status == "void":
        raise AlreadyCorrected
    for line in bill.lines:
        add_line(session, _reversed(line, at))
    keys = [f"credit:{line.id}" for line in bill.lines]
    reversed_lines = session.scalars(
        select(InvoiceLine).where(InvoiceLine.key.in_(keys)).order_by(InvoiceLine.id)
    ).all()
    note = finalize(session, reversed_lines, at, corrects=invoice_id)
    if bill.collection.paid:
        add_line(session, _returned(bill, note, at))
    bill.collection.status, bill.collection.next_attempt_at = "void", None
    session.flush()
    return note


def find_bill(session: Session, organization_id: str, invoice_id: str) -> Bill:
    """Raises InvoiceNotFound."""
    invoice = session.get(Invoice, invoice_id)
    if invoice is None or invoice.organization_id != organization_id:
        raise InvoiceNotFound
    return next(_bills(session, [invoice]))


def list_bills(session: Session, organization_id: str, *, limit: int, offset: int = 0) -> tuple[list[Bill], int]:
    """The newest first, and how many there are in all."""
    mine = Invoice.organization_id == organization_id
    order = (Invoice.finalized_at.desc(), Invoice.id.desc())
    page = session.scalars(select(Invoice).where(mine).order_by(*order).limit(limit).offset(offset)).all()
    count = session.execute(select(func.count()).select_from(Invoice).where(mine)).scalar_one()
    return list(_bills(session, page)), count


def _bills(session: Session, invoices: Sequence[Invoice]) -> Iterator[Bill]:
    ids = [invoice.id for invoice in invoices]
    lines = session.scalars(select(InvoiceLine).where(InvoiceLine.invoice_id.in_(ids)).order_by(InvoiceLine.id)).all()
    found = session.scalars(select(Collection).where(Collection.invoice_id.in_(ids))).all()
    collections = {collection.invoice_id: collection for collection in found}
    for invoice in invoices:
        yield Bill(invoice, [line for line in lines if line.invoice_id == invoice.id], collections[invoice.id])


def _until_owed(lines: Sequence[InvoiceLine], zone: ZoneInfo, currency: str) -> Iterator[list[InvoiceLine]]:
    """Lines by the day they are due on; days that come to less than nothing are taken together with the next."""
    waiting: list[InvoiceLine] = []
    mine = [line for line in lines if line.currency == currency]
    for place, line in enumerate(mine):
        waiting.append(line)
        last_of_day = place + 1 == len(mine) or day_of(mine[place + 1].bill_at, zone) != day_of(line.bill_at, zone)
        if last_of_day and sum(line.amount for line in waiting) >= 0:
            yield waiting
            waiting = []


def _next_number(session: Session, series: str) -> str:
    """Taken in the transaction that uses it: who comes at the same time waits, who fails gives it back."""
    first = insert(InvoiceSeries).values(series=series, last=1)
    following = {"last": InvoiceSeries.last + 1}
    statement = first.on_conflict_do_update(index_elements=["series"], set_=following).returning(InvoiceSeries.last)
    return f"{series}-{session.execute(statement).scalar_one():06}"


def _reversed(line: InvoiceLine, at: datetime) -> Line:
    return Line(
        organization_id=line.organization_id,
        subscription_id=line.subscription_id,
        key=f"credit:{line.id}",
        description=line.description,
        quantity=-line.quantity,
        unit=line.unit,
        amount=-Money(line.amount, line.currency),
        start=line.period_start,
        end=line.period_end,
        bill_at=at,
    )


def _returned(bill: Bill, note: Invoice, at: datetime) -> Line:
    return Line(
        organization_id=note.organization_id,
        subscription_id=None,
        key=f"returned:{bill.invoice.id}",
        description=f"Paid for {bill.invoice.number}, taken back by {note.number}",
        amount=-Money(bill.collection.paid, bill.invoice.currency),
        start=at,
        end=at,
        bill_at=at,
    )
