"""Credits used, hour by hour, as a meter of the payment provider counts them."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.domain.billing.ledger import CREDIT
from knowledger.models.billing import MeterReading
from knowledger.models.credits import CreditTransfer

LATE = timedelta(hours=24)
"""How long after an hour it is still looked at; no transfer is written for so long ago."""


def read_meters(session: Session, at: datetime) -> int:
    """Note what each organization used in each hour that is over, once. Says how many readings are new."""
    end = at.replace(minute=0, second=0, microsecond=0)
    hour = func.date_trunc("hour", CreditTransfer.at, "UTC")
    used = (
        select(CreditTransfer.organization_id, hour, func.sum(CreditTransfer.amount))
        .where(CreditTransfer.kind == "post", CreditTransfer.at >= end - LATE, CreditTransfer.at < end)
        .group_by(CreditTransfer.organization_id, hour)
    )
    columns = ["organization_id", "hour", "used"]
    noted = insert(MeterReading).from_select(columns, used).on_conflict_do_nothing().returning(MeterReading.hour)
    return len(session.execute(noted).all())


def organizations_to_meter(session: Session, at: datetime) -> list[str]:
    query = select(MeterReading.organization_id).where(MeterReading.sent_at.is_(None), MeterReading.hour < at)
    return list(session.scalars(query.distinct().order_by(MeterReading.organization_id)))


def whole_credits(session: Session, reading: MeterReading) -> int:
    """Whole credits that the hour completes: what is left of one is counted with the next hour."""
    before = session.execute(
        select(func.coalesce(func.sum(MeterReading.used), 0)).where(
            MeterReading.organization_id == reading.organization_id, MeterReading.hour < reading.hour
        )
    ).scalar_one()
    return int(before + reading.used) // CREDIT - int(before) // CREDIT
