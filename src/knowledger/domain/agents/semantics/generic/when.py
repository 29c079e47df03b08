"""The days that a question about any graph is about, by the calendar."""

from datetime import date, timedelta

from knowledger.domain.agents.semantics.periods import Period, Times, quarter


def asked_days(times: Times, today: date) -> tuple[date | None, date | None] | None:
    """First and last day, either may be open; None where the words do not tell them."""
    if times.since or times.until:
        if any(item is not None and not item.year for item in (times.since, times.until)):
            return None
        return times.since.days()[0] if times.since else None, times.until.days()[1] if times.until else None
    if times.periods:
        if any(not item.year for item in times.periods) or (len(times.periods) > 1 and not times.is_range):
            return None
        return min(item.days()[0] for item in times.periods), max(item.days()[1] for item in times.periods)
    if times.is_ytd:
        return date(today.year, 1, 1), today
    if times.last or times.is_ttm or times.step is None or not (times.is_latest or times.is_previous):
        return None
    running = _running(times.step, today)
    return (running if times.is_running else _before(running)).days()


def _running(step: str, today: date) -> Period:
    if step == "month":
        return Period(today.year, "month", today.month)
    return Period(today.year, "FY") if step == "year" else quarter(today.year, (today.month - 1) // 3 + 1)


def _before(period: Period) -> Period:
    day = period.days()[0] - timedelta(days=1)
    step = {"month": "month", "FY": "year"}.get(period.kind, "quarter")
    return _running(step, day)
