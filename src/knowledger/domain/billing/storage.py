"""What graphs store: a snapshot an hour, and from those each day's integral over time, in the customer's zone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from knowledger.domain.billing.customers import lock_customer
from knowledger.domain.billing.plans import catalogue
from knowledger.kernel.periods import ONE_DAY, day_of, days_of, midnight
from knowledger.models.billing import StorageDay, StorageSnapshot, Subscription

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Stored:
    """What one graph stores now; nothing once it is deleted."""

    graph_id: str
    organization_id: str
    stored_bytes: int


@dataclass(frozen=True)
class Snapshot:
    at: datetime
    stored_bytes: int


@dataclass(frozen=True)
class Integral:
    """Bytes times seconds over a day, and how many hours of it were carried forward from the snapshot before."""

    byte_seconds: int
    seconds: int
    carried_hours: int


def record_snapshots(session: Session, graphs: Iterable[Stored], at: datetime) -> int:
    """One snapshot a graph and hour; the first stays. Says how many are new."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    rows = [
        {"graph_id": g.graph_id, "at": hour, "organization_id": g.organization_id, "stored_bytes": g.stored_bytes}
        for g in graphs
    ]
    if not rows:
        return 0
    made = session.execute(
        insert(StorageSnapshot).values(rows).on_conflict_do_nothing().returning(StorageSnapshot.graph_id)
    )
    return len(made.all())


def organizations_with_days_to_count(session: Session, at: datetime) -> list[str]:
    """Those that store something; counting a day twice counts it once."""
    query = select(StorageSnapshot.organization_id).where(StorageSnapshot.at > at - 3 * ONE_DAY)
    return list(session.scalars(query.distinct().order_by(StorageSnapshot.organization_id)))


def count_days(session: Session, organization_id: str, at: datetime) -> int:
    """Count every day that is over and was not counted, for each graph, and say how many those were."""
    zone = lock_customer(session, organization_id).zone
    today = day_of(at - HOUR, zone)  # the day's last snapshot has an hour to arrive
    firsts = session.execute(
        select(StorageSnapshot.graph_id, func.min(StorageSnapshot.at))
        .where(StorageSnapshot.organization_id == organization_id)
        .group_by(StorageSnapshot.graph_id)
        .order_by(StorageSnapshot.graph_id)
    ).all()
    counted = 0
    for graph_id, first in firsts:
        until = min(today, _day_after_its_end(session, graph_id, zone) or today)
        for day in days_of(_next_day(session, graph_id) or day_of(first, zone), until):
            _count_day(session, organization_id, graph_id, day, zone)
            counted += 1
    return counted


def integrate(snapshots: Sequence[Snapshot], start: datetime, end: datetime) -> Integral:
    """Each snapshot counts until the next, the first from the start on if it is older; before it there is nothing."""
    total, known = 0, {snapshot.at for snapshot in snapshots}
    for place, snapshot in enumerate(snapshots):
        until = snapshots[place + 1].at if place + 1 < len(snapshots) else end
        seconds = (min(until, end) - max(snapshot.at, start)) // SECOND
        total += max(0, seconds) * snapshot.stored_bytes
    expected = _hours(max(start, snapshots[0].at), end) if snapshots else []
    gone = bool(snapshots) and snapshots[-1].stored_bytes == 0
    missing = [hour for hour in expected if hour not in known and not (gone and hour > snapshots[-1].at)]
    return Integral(total, (end - start) // SECOND, len(missing))


def _count_day(session: Session, organization_id: str, graph_id: str, day: date, zone: ZoneInfo) -> None:
    start, end = midnight(day, zone), midnight(day + ONE_DAY, zone)
    integral = integrate(_snapshots(session, graph_id, start, end), start, end)
    included = _included_bytes(session, organization_id, graph_id)
    session.add(
        StorageDay(
            graph_id=graph_id,
            day=day,
            organization_id=organization_id,
            day_start=start,
            day_end=end,
            byte_seconds=integral.byte_seconds,
            included_bytes=included,
            over_byte_seconds=max(0, integral.byte_seconds - included * integral.seconds),
            carried_hours=integral.carried_hours,
        )
    )
    session.flush()


def _snapshots(session: Session, graph_id: str, start: datetime, end: datetime) -> list[Snapshot]:
    """Those of the day, after the last from before it."""
    before = (
        select(func.max(StorageSnapshot.at))
        .where(StorageSnapshot.graph_id == graph_id, StorageSnapshot.at <= start)
        .scalar_subquery()
    )
    query = select(StorageSnapshot.at, StorageSnapshot.stored_bytes).where(
        StorageSnapshot.graph_id == graph_id,
        StorageSnapshot.at >= func.coalesce(before, start),
        StorageSnapshot.at < end,
    )
    return [Snapshot(row.at, row.stored_bytes) for row in session.execute(query.order_by(StorageSnapshot.at))]


def _hours(start: datetime, end: datetime) -> list[datetime]:
    hour = start.replace(minute=0, second=0, microsecond=0)
    hours = []
    while hour < end:
        if hour >= start:
            hours.append(hour)
        hour += HOUR
    return hours


def _day_after_its_end(session: Session, graph_id: str, zone: ZoneInfo) -> date | None:
    """None while it stores something."""
    query = select(StorageSnapshot.at, StorageSnapshot.stored_bytes).where(StorageSnapshot.graph_id == graph_id)
    last = session.execute(query.order_by(StorageSnapshot.at.desc()).limit(1)).one()
    return day_of(last.at, zone) + ONE_DAY if last.stored_bytes == 0 else None


def _next_day(session: Session, graph_id: str) -> date | None:
    last = session.scalar(select(func.max(StorageDay.day)).where(StorageDay.graph_id == graph_id))
    return last + ONE_DAY if last is not None else None


def _included_bytes(session: Session, organization_id: str, graph_id: str) -> int:
    """What the graph's own subscription includes; without one, what the default plan does."""
    query = select(Subscription.plan).where(
        Subscription.organization_id == organization_id,
        Subscription.resource_type == "graph",
        Subscription.resource_id == graph_id,
    )
    name = session.scalar(query.order_by(Subscription.created_at.desc()).limit(1))
    return catalogue().plan(name or catalogue().default_plan).included_bytes
