"""One strike of the clock over all that bills, and what it then has to have done."""

from datetime import date, datetime
from itertools import count, takewhile

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.collecting import mark_paid
from knowledger.domain.upkeep.billing import (
    allocate_credits,
    charge_overage,
    collect_payments,
    finalize_invoices,
    renew_subscriptions,
)
from knowledger.domain.upkeep.provisioning import provision_due
from knowledger.kernel.periods import add_months
from knowledger.models import Collection, Invoice


def tick(sessions: sessionmaker[Session], at: datetime) -> None:
    allocate_credits(sessions, at)
    charge_overage(sessions, at)
    renew_subscriptions(sessions, at)
    finalize_invoices(sessions, at)
    collect_payments(sessions, at, None)
    provision_due(sessions, at)


def everybody_pays(sessions: sessionmaker[Session], at: datetime) -> None:
    """What is owed at this moment is paid by transfer."""
    with sessions() as session:
        owed = select(Invoice.organization_id, Invoice.id).join(Collection, Collection.invoice_id == Invoice.id)
        unpaid = session.execute(owed.where(Collection.status == "open").order_by(Invoice.organization_id)).all()
    for organization_id, invoice_id in unpaid:
        with sessions.begin() as session:
            mark_paid(session, organization_id, invoice_id, "transfer", at)


def begun(anchor: date, end: datetime) -> list[date]:
    """The first days of the months that have begun by then, where months begin with days of UTC."""
    days = takewhile(lambda day: day <= end.date(), (add_months(anchor, number) for number in count()))
    return list(days)
