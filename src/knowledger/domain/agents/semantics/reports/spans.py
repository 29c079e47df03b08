"""The periods that a question about reported figures is about."""

from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period, Times
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued


def wanted_periods(times: Times, book: FactBook, metric: Metric) -> list[Period]:
    """The periods that a question is about, for one metric of one company; empty where the graph has none of them."""
    step = times.step if times.step != "month" else None
    if any(edge and edge.kind.startswith("Q") for edge in (times.since, times.until)):
        step = "quarter"
    if times.periods:
        if times.since is None and any(item.year == 0 for item in times.periods):
            newest = book.newest(metric, "year") or book.newest(metric)
            return [Period(newest.year, item.kind, item.month, item.day) for item in times.periods] if newest else []
        if times.step == "quarter" and all(item.kind == "FY" for item in times.periods):
            years = {item.year for item in times.periods}
            return [item for item in book.periods(metric, "quarter") if item.year in years]
        return list(times.periods)
    known = book.periods(metric, step or "year")
    if times.is_bounded:
        return within(times, known)
    if times.last:
        return known[-times.last :] if len(known) >= 1 else []
    if times.is_all and not times.is_latest:
        return known
    if times.is_previous:
        return known[-2:-1]
    newest = book.newest(metric, step)
    return [newest] if newest else []


def within(times: Times, known: list[Period]) -> list[Period]:
    """The periods from the one that is said to the other."""
    return [
        item
        for item in known
        if (times.since is None or item.days()[0] >= times.since.days()[0])
        and (times.until is None or item.days()[1] <= times.until.days()[1])
    ]


def known_values(book: FactBook, metric: Metric, periods: list[Period], span: str) -> list[Valued]:
    return [value for period in periods if (value := book.value(metric, period, span))]


def year_to_date(book: FactBook, metric: Metric) -> Valued | None:
    quarters = book.periods(metric, "quarter")
    if not quarters:
        return None
    kinds = {"Q1": "Q1", "Q2": "H1", "Q3": "9M", "Q4": "FY"}
    part = kinds[quarters[-1].kind]
    period = next(Period(quarters[-1].year, kind) for kind in ("Q1", "H1", "9M", "FY") if kind == part)
    return book.value(metric, period)


def two_ends(times: Times, known: list[Period]) -> tuple[Period | None, Period | None]:
    if len(times.periods) >= 2:
        return min(times.periods), max(times.periods)
    if not known:
        return None, None
    last = times.periods[0] if times.periods else known[-1]
    if times.since is not None:
        return times.since, times.until or last
    if times.last > 0:
        return Period(last.year - times.last, "FY"), last
    return known[0], last


def shared_periods(times: Times, books: list[FactBook], metric: Metric) -> list[Period]:
    """The periods that are asked for, or the newest that all companies have."""
    if times.periods and all(item.year for item in times.periods):
        return list(times.periods)
    step = times.step or "year"
    known = [book.periods(metric, step) for book in books]
    common = [item for item in known[0] if all(item in listed for listed in known[1:])]
    if times.is_bounded:
        return within(times, common)
    return common if times.is_all else common[-(times.last or 1) :]
