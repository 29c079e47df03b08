"""The months that a question about bank accounts is about."""

from dataclasses import replace

from knowledger.domain.agents.semantics.banking.book import Desk
from knowledger.domain.agents.semantics.banking.described import days_of
from knowledger.domain.agents.semantics.ledger.book import Month
from knowledger.domain.agents.semantics.periods import Period
from knowledger.kernel.json import JsonObject


def months_of(desk: Desk) -> list[Month]:
    return sorted({(int(str(row["year"])), int(str(row["month"]))) for row in desk.flows})


def wanted_months(desk: Desk) -> list[Month] | None:
    """The months that are asked about; None where there are none."""
    times, known = desk.frame.times, months_of(desk)
    if not known:
        return None
    if desk.has_days:
        return known
    if any(item and item.kind == "day" for item in (*times.periods, times.since, times.until)):
        return None
    if times.periods:
        return sorted({month for item in times.periods for month in _inside(item, known)}) or None
    if times.since or times.until:
        first = _dated(times.since, known).days()[0] if times.since else None
        last = _dated(times.until, known).days()[1] if times.until else None
        return [
            month
            for month in known
            if (first is None or (first.year, first.month) <= month)
            and (last is None or month <= (last.year, last.month))
        ] or None
    if times.is_ytd:
        return [month for month in known if month[0] == known[-1][0]]
    count = times.last or (
        12 if times.is_ttm else 1 if times.is_latest and times.step else 2 if times.is_previous else 0
    )
    return _newest(desk, known, count) if count else known


def _inside(period: Period, known: list[Month]) -> list[Month]:
    first, last = _dated(period, known).days()
    return [month for month in known if (first.year, first.month) <= month <= (last.year, last.month)]


def _dated(period: Period, known: list[Month]) -> Period:
    """A period without a year is in the newest year that has begun it."""
    if period.year:
        return period
    begun = replace(period, year=known[-1][0])
    first = begun.days()[0]
    return begun if (first.year, first.month) <= known[-1] else replace(period, year=known[-1][0] - 1)


def _newest(desk: Desk, known: list[Month], count: int) -> list[Month] | None:
    """The last spans that are over, unless it is the running one that is asked about."""
    times, today = desk.frame.times, desk.setting.today
    step = "month" if times.is_ttm else times.step or "month"
    spans = sorted({_span_of(month, step) for month in known})
    if not times.is_running and spans[-1] == _span_of((today.year, today.month), step):
        spans.pop()
        count = 1 if times.is_previous else count
    wanted = spans[-count:]
    if len(wanted) < count:
        return None
    if times.is_previous:
        wanted = wanted[:1]
    return [month for month in known if _span_of(month, step) in wanted]


def _span_of(month: Month, step: str) -> tuple[int, int]:
    """The year, quarter or month that a month is part of."""
    return month[0], 0 if step == "year" else (month[1] - 1) // 3 if step == "quarter" else month[1]


def month_of(row: JsonObject) -> Month:
    return int(str(row["year"])), int(str(row["month"]))


def month_of_day(day: str) -> Month:
    return int(day[:4]), int(day[5:7])


def span(months: list[Month]) -> str:
    one, other = (f"{year}-{month:02}" for year, month in (months[0], months[-1]))
    return one if one == other else f"{one} to {other}"


def when_of(desk: Desk, months: list[Month]) -> str:
    """The time that is told of: days where they are named."""
    first, last = days_of(desk.frame.question.text, desk.frame.times)
    if not desk.has_days:
        return span(months)
    return f"{first or 'the beginning'} to {last or 'the end'}" if first != last else str(first)
