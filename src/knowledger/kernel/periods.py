"""Billing periods: months counted from an anchor day, half-open, from midnight to midnight in a time zone.

Every period is counted from the anchor and never from the one before: 31 January is followed by 29 February, and that
by 31 March.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
_FARTHEST_ZONES = timedelta(hours=36)
"""More than midnights of two zones are apart, less than any period."""


@dataclass(frozen=True)
class Period:
    """From `start` on, until just before `end`: two moments, with the days they are in the period's zone."""

    start: datetime
    end: datetime
    first_day: date
    end_day: date

    @property
    def days(self) -> int:
        return (self.end_day - self.first_day).days

    def days_left(self, day: date) -> int:
        """Days from this one, which counts, to the end."""
        return (self.end_day - max(day, self.first_day)).days


def add_months(anchor: date, months: int) -> date:
    """The anchor's day in a later month, or that month's last day."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
    return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When the day begins, in UTC. Where clocks skip midnight it is the moment they jump; where it comes twice, the
    first."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def numbered_period(anchor: date, zone: ZoneInfo, months: int, number: int) -> Period:
    """The period with that number, from 0 at the anchor; each is `months` long."""
    first, end = add_months(anchor, months * number), add_months(anchor, months * (number + 1))
    return Period(midnight(first, zone), midnight(end, zone), first, end)


def period_at(anchor: date, zone: ZoneInfo, months: int, at: datetime) -> Period:
    """The period that the moment falls into; one before the anchor falls into the first."""
    day = day_of(at, zone)
    number = max(0, ((day.year - anchor.year) * 12 + day.month - anchor.month) // months)
    period = numbered_period(anchor, zone, months, number)
    if at < period.start and number > 0:
        return numbered_period(anchor, zone, months, number - 1)
    return period


def period_from(anchor: date, zone: ZoneInfo, months: int, start: datetime) -> Period:
    """The period that begins at a period's end. Where the zone has changed since, it makes up for the difference."""
    return replace(period_at(anchor, zone, months, start + _FARTHEST_ZONES), start=start)


def days_of(start: date, end: date) -> Iterator[date]:
    """Each day from `start` until just before `end`."""
    while start < end:
        yield start
        start += ONE_DAY
