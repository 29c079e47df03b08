"""What is to be billed, line by line, each under a key that makes a second one the first."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.kernel.money import Money
from knowledger.models.billing import InvoiceLine


@dataclass(frozen=True, kw_only=True)
class Line:
    """An amount, rounded, and what it is for: a quantity of a unit over a time."""

    organization_id: str
    subscription_id: str | None
    key: str
    description: str
    amount: Money
    start: datetime
    end: datetime
    bill_at: datetime
    quantity: Decimal = Decimal(1)
    unit: str = "period"


def add_line(session: Session, line: Line) -> bool:
    """Whether it is new."""
    statement = insert(InvoiceLine).values(
        organization_id=line.organization_id,
        subscription_id=line.subscription_id,
        key=line.key,
        description=line.description,
        quantity=line.quantity,
        unit=line.unit,
        amount=line.amount.minor,
        currency=line.amount.currency,
        period_start=line.start,
        period_end=line.end,
        bill_at=line.bill_at,
    )
    made = session.execute(statement.on_conflict_do_nothing(index_elements=["key"]).returning(InvoiceLine.id))
    return made.scalar() is not None


def unbilled_lines(session: Session, organization_id: str) -> list[InvoiceLine]:
    """What no invoice has yet, in the order in which it is to be billed."""
    query = select(InvoiceLine).where(InvoiceLine.organization_id == organization_id, InvoiceLine.invoice_id.is_(None))
    return list(session.scalars(query.order_by(InvoiceLine.bill_at, InvoiceLine.id)))
