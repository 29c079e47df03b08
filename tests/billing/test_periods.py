"""Periods are counted from their anchor, in the customer's zone, and changes within one are prorated to the day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from knowledger.domain.billing.plans import Plan
from knowledger.domain.billing.proration import Proration, prorate
from knowledger.kernel.money import Money
from knowledger.kernel.periods import midnight, numbered_period, period_at

ZONES = ("Asia/Kolkata", "America/Bogota", "Europe/Paris")
SECOND = timedelta(seconds=1)


def first_moment(day: date, zone: ZoneInfo) -> datetime:
    """Found by halving: the first second at which clocks in the zone show that day, or one after it."""
    early = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    span = 4 * 24 * 3600
    while span > 0:
        half = span // 2
        if (early + half * SECOND).astimezone(zone).date() < day:
            early, span = early + (half + 1) * SECOND, span - half - 1
        else:
            span = half
    return early


def months_later(anchor: date, months: int) -> date:
    """Found by trying: the month's last day that exists and is no later in it than the anchor's."""
    year, month = anchor.year, anchor.month
    for _ in range(months):
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    first = date(year, month, 1)
    days = (first + timedelta(days=number) for number in range(anchor.day))
    return max(day for day in days if day.month == month)


def test_thirty_first_of_january_is_followed_by_the_last_of_february_and_the_thirty_first_of_march() -> None:
    paris = ZoneInfo("Europe/Paris")
    starts = [numbered_period(date(2024, 1, 31), paris, 1, number).first_day for number in range(4)]
    assert starts == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30)]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", [28, 29, 30, 31])
@pytest.mark.parametrize("months", [1, 12])
def test_periods_agree_with_a_second_implementation(zone: str, day: int, months: int) -> None:
    """Over leap years, 2100 among them, and every change of the clocks between."""
    place = ZoneInfo(zone)
    for year in (2023, 2024, 2099):
        anchor = date(year, 1, day)
        for number in range(26):
            period = numbered_period(anchor, place, months, number)
            first, end = (months_later(anchor, months * (number + step)) for step in (0, 1))
            assert (period.start, period.end) == (first_moment(first, place), first_moment(end, place))
            assert period_at(anchor, place, months, period.start) == period
            assert period_at(anchor, place, months, period.end - SECOND) == period


def test_a_day_without_a_midnight_begins_when_the_clocks_jump() -> None:
    saint_paul = ZoneInfo("America/Sao_Paulo")
    assert midnight(date(2018, 11, 4), saint_paul) == first_moment(date(2018, 11, 4), saint_paul)


def plan(price: int, interval: str = "month") -> Plan:
    return Plan.model_validate(
        {
            "name": "a plan",
            "title": "A plan",
            "resource_type": "graph",
            "price": Money(price, "USD"),
            "interval": interval,
            "credits": 0,
            "overage_credits": 0,
            "included_bytes": 0,
            "retention_days": 0,
        }
    )


MONTH, YEAR = (plan(10_000), plan(30_000)), (plan(100_000, "year"), plan(300_000, "year"))


@pytest.mark.parametrize(
    ("plans", "start", "change", "credited", "debited"),
    [
        (MONTH, "2025-06-01", "2025-06-16", 5_000, 15_000),
        (MONTH, "2025-06-01", "2025-06-11", 6_667, 20_000),
        (MONTH, "2024-02-18", "2024-02-25", 7_586, 22_759),
        (YEAR, "2024-08-01", "2024-10-01", 83_288, 249_863),
        (YEAR, "2024-02-18", "2024-09-05", 45_355, 136_066),
        (YEAR, "2023-02-18", "2023-09-05", 45_479, 136_438),
        ((plan(10_000), plan(100_000, "year")), "2025-06-01", "2025-06-16", 5_000, 100_000),
    ],
)
def test_proration_agrees_with_the_vectors(
    plans: tuple[Plan, Plan], start: str, change: str, credited: int, debited: int
) -> None:
    old, new = plans
    period = numbered_period(date.fromisoformat(start), ZoneInfo("America/Bogota"), old.months, 0)
    assert prorate(old, new, period, date.fromisoformat(change)) == Proration(
        Money(credited, "USD"), Money(debited, "USD")
    )
