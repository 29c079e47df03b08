"""The usage of one month, put together from the ledger and the records, and kept as it was found then."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import lock_customer
from knowledger.domain.billing.usage import Day, MonthOfUse
from knowledger.domain.billing.usage_page import as_csv, as_html
from knowledger.kernel.errors import NotFound
from knowledger.kernel.ids import new_id
from knowledger.kernel.money import Money
from knowledger.kernel.periods import ONE_DAY, Period, day_of, days_of, midnight, period_at
from knowledger.models.billing import BillingCustomer, Invoice, StorageDay, UsageReport
from knowledger.models.credits import CreditTransfer
from knowledger.models.operations import Operation
from knowledger.models.tenancy import Organization

SOME_FIRST = date(2000, 1, 1)
"""Calendar months are periods counted from the first of any month."""


_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class ReportNotFound(NotFound):
    """There is no such usage report, or it is not yours."""


def organizations_to_report(session: Session, at: datetime) -> list[str]:
    """Customers without a report of the month before."""
    reported = select(UsageReport.organization_id, func.max(UsageReport.period_end))
    until = dict(session.execute(reported.group_by(UsageReport.organization_id)).all())
    customers = select(BillingCustomer.organization_id, BillingCustomer.zone).order_by(BillingCustomer.organization_id)
    return [
        organization_id
        for organization_id, zone in session.execute(customers)
        if until.get(organization_id, _LONG_AGO) < period_at(SOME_FIRST, ZoneInfo(zone), 1, at).start
    ]


def write_report(session: Session, organization_id: str, at: datetime) -> bool:
    """Write the report of the month before this one, and say whether it is new."""
    zone = lock_customer(session, organization_id).zone
    this_month = period_at(SOME_FIRST, zone, 1, at)
    month = period_at(SOME_FIRST, zone, 1, this_month.start - datetime.resolution)
    found = month_of_use(session, organization_id, month, zone)
    values = {
        "id": new_id("report"),
        "organization_id": organization_id,
        "period_start": month.start,
        "period_end": month.end,
        "figures": found.as_json(),
        "csv": as_csv(found),
        "html": as_html(found),
        "created_at": at,
    }
    made = session.execute(insert(UsageReport).values(values).on_conflict_do_nothing().returning(UsageReport.id))
    return made.scalar() is not None


def find_report(session: Session, organization_id: str, report_id: str) -> UsageReport:
    """Raises ReportNotFound."""
    found = session.get(UsageReport, report_id)
    if found is None or found.organization_id != organization_id:
        raise ReportNotFound
    return found


def list_usage_reports(session: Session, organization_id: str) -> list[UsageReport]:
    """The newest first."""
    query = select(UsageReport).where(UsageReport.organization_id == organization_id)
    return list(session.scalars(query.order_by(UsageReport.period_start.desc())))


def month_of_use(session: Session, organization_id: str, month: Period, zone: ZoneInfo) -> MonthOfUse:
    """Put together from the ledger, the counted days, the operations and the invoices."""
    within = (month.start, month.end)
    used: dict[date, int] = {}
    posts = select(CreditTransfer.at, CreditTransfer.amount).where(
        CreditTransfer.organization_id == organization_id,
        CreditTransfer.kind == "post",
        CreditTransfer.at >= within[0],
        CreditTransfer.at < within[1],
    )
    for at, amount in session.execute(posts):
        used[day_of(at, zone)] = used.get(day_of(at, zone), 0) + amount
    stored = _stored(session, organization_id, month)
    return MonthOfUse(
        organization=session.scalar(select(Organization.name).where(Organization.id == organization_id)) or "",
        period=month,
        days=[
            Day(day, used.get(day, 0), *_mean(stored.get(day), day, zone))
            for day in days_of(month.first_day, month.end_day)
        ],
        operations=_operations(session, organization_id, month),
        invoices=_invoices(session, organization_id, month),
    )


def _stored(session: Session, organization_id: str, month: Period) -> dict[date, tuple[int, int]]:
    query = (
        select(StorageDay.day, func.sum(StorageDay.byte_seconds), func.sum(StorageDay.carried_hours))
        .where(StorageDay.organization_id == organization_id)
        .where(StorageDay.day >= month.first_day, StorageDay.day < month.end_day)
        .group_by(StorageDay.day)
    )
    return {day: (int(byte_seconds), int(carried)) for day, byte_seconds, carried in session.execute(query)}


def _mean(stored: tuple[int, int] | None, day: date, zone: ZoneInfo) -> tuple[int, bool]:
    if stored is None:
        return 0, False
    seconds = (midnight(day + ONE_DAY, zone) - midnight(day, zone)) // timedelta(seconds=1)
    return stored[0] // seconds, stored[1] > 0


def _operations(session: Session, organization_id: str, month: Period) -> list[tuple[str, int]]:
    query = (
        select(Operation.kind, func.count())
        .where(Operation.organization_id == organization_id)
        .where(Operation.created_at >= month.start, Operation.created_at < month.end)
        .group_by(Operation.kind)
        .order_by(Operation.kind)
    )
    return [(kind, count) for kind, count in session.execute(query)]


def _invoices(session: Session, organization_id: str, month: Period) -> list[tuple[str, Money]]:
    query = (
        select(Invoice)
        .where(Invoice.organization_id == organization_id)
        .where(Invoice.finalized_at >= month.start, Invoice.finalized_at < month.end)
        .order_by(Invoice.number)
    )
    return [(invoice.number, Money(invoice.total, invoice.currency)) for invoice in session.scalars(query)]
