"""Growth from one period to another, and compound growth."""

import re
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.formulas import holds_at_a_day
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period, Times
from knowledger.domain.agents.semantics.reports.asked import has_become_manyfold, heard, verdict
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued
from knowledger.domain.agents.semantics.reports.desk import Desk, not_there, shown, step_of
from knowledger.domain.agents.semantics.reports.spans import two_ends, wanted_periods
from knowledger.domain.agents.semantics.wording import Writing, amount, capital, exact, percent, rounded
from knowledger.domain.agents.steps import Reply, Table

_IN_PERCENT = re.compile(r"%|percent|per cent|\bpct\b|rate", re.IGNORECASE)
One: TypeAlias = Callable[[Desk, Writing, Who, FactBook, Metric], "tuple[str, Decimal] | Reply"]


def answer_each(desk: Desk, books: dict[str, FactBook], one: One) -> Reply:
    """The same figure of every company and metric that is named."""
    writing = Writing("cagr" if one is cagr else "growth")
    results: list[tuple[str, Decimal]] = []
    for who in desk.frame.who:
        for metric in desk.frame.metrics:
            result = one(desk, writing, who, books[who.id], metric)
            if isinstance(result, Reply):
                return result
            results.append((who.name, result[1]))
            writing.say(result[0])
            writing.values.setdefault("value", exact(result[1]))
            writing.values[who.name if len(desk.frame.who) > 1 else metric.id] = exact(result[1])
    if len(results) > 1:
        rows = tuple((name, f"{rounded(value)}") for name, value in results)
        writing.tables.append(Table("Growth", ("company", "percent"), rows))
        writing.values["best"] = max(results, key=lambda item: item[1])[0]
    return writing.reply()


def cagr(desk: Desk, writing: Writing, who: Who, book: FactBook, metric: Metric) -> tuple[str, Decimal] | Reply:
    known = book.periods(metric, "year")
    ends = two_ends(desk.frame.times, known)
    first, last = (book.value(metric, item) if item else None for item in ends)
    if not (first and last) or last.period.year <= first.period.year:
        return not_there(desk, [metric], [who], known)
    if first.value <= 0 or last.value <= 0:
        return abstain(
            f"A compound growth rate needs positive figures; {metric.name} was {shown(first)} and {shown(last)}."
        )
    years = last.period.year - first.period.year
    with localcontext() as context:
        context.prec = 40
        rate = ((last.value / first.value).ln() / years).exp() - 1
    writing.formula = f"(last / first)^(1/{years}) − 1"
    marks = desk.marks(writing, first, last)
    told = (
        f"{capital(metric.name)} of {who.name} grew by **{percent(rate * 100)}** a year from "
        f"{first.period} ({shown(first)}) "
        f"to {last.period} ({shown(last)}) {marks}. Formula: {writing.formula}, over {years} years."
    )
    return told, rate * 100


def growth(desk: Desk, writing: Writing, who: Who, book: FactBook, metric: Metric) -> tuple[str, Decimal] | Reply:
    """From one period to another: in percent, or in the figure's own unit where that is asked for."""
    times = desk.frame.times
    if times.is_ttm:
        return abstain("I tell the growth between fiscal years or quarters, not of trailing months.")
    ends = _ends(desk, book, metric)
    first, last = (book.value(metric, item, times.span) for item in ends) if ends else (None, None)
    if not (first and last):
        return not_there(desk, [metric], [who], book.periods(metric, step_of(times)))
    marks = desk.marks(writing, first, last)
    difference = last.value - first.value
    between = f"from {first.period} ({shown(first)}) to {last.period} ({shown(last)}) {marks}"
    writing.values["difference"] = exact(difference)
    if said := has_become_manyfold(desk.frame, first.value, last.value) or verdict(desk.frame, difference):
        writing.values["answer"] = said
        writing.say(f"**{said.capitalize()}.**")
    whose = f"{capital(metric.name)} of {who.name} changed by"
    if metric.kind == "percent":
        writing.formula = "last − first, in percentage points"
        return f"{whose} **{rounded(difference):+} percentage points** {between}.", difference
    if not first.value:
        return abstain(f"{capital(metric.name)} was 0 in {first.period}: there is no growth rate from nothing.")
    rate = difference / abs(first.value) * 100
    writing.values |= {"percent": exact(rate), "times": exact(last.value / first.value)}
    change = amount(difference, last.unit, metric.kind)
    if wants_amount(desk):
        writing.formula = "last − first"
        return f"{whose} **{change}** ({percent(rate)}) {between}.", difference
    writing.formula = "(last − first) / |first|"
    told = f"{whose} **{percent(rate)}** ({change}) {between}. Formula: {writing.formula}."
    return told, last.value / first.value if "times" in desk.frame.words else rate


def wants_amount(desk: Desk) -> bool:
    """Whether a change is asked for as an amount and not as a rate."""
    frame = desk.frame
    in_percent = frame.cues.has("share") or _IN_PERCENT.search(frame.question.text)
    return not in_percent and (bool({"absolute", "dollars", "added"} & frame.words) or heard(frame, "apart"))


def _ends(desk: Desk, book: FactBook, metric: Metric) -> tuple[Period, Period] | None:
    times, wanted = desk.frame.times, wanted_periods(desk.frame.times, book, metric)
    if not wanted:
        return None
    if len(wanted) > 1 and times.last and not times.periods:
        return _back(wanted[-1], times), wanted[-1]
    if len(wanted) > 1:
        return min(wanted), max(wanted)
    end = wanted[-1]
    if end.kind in ("H1", "9M") and holds_at_a_day(metric):
        return Period(end.year - 1, "FY"), end
    return end.previous() if desk.frame.cues.has("sequential") else end.before(), end


def _back(last: Period, times: Times) -> Period:
    """As many periods before the last as are said."""
    for _ in range(times.last):
        last = last.previous()
    return last


def changes(desk: Desk, book: FactBook, metric: Metric, periods: list[Period]) -> list[Valued]:
    """How much a metric grew in each of these periods, as a figure of its own."""
    sequential, in_amounts = desk.frame.cues.has("sequential"), wants_amount(desk)
    by_rate = metric.kind != "percent" and not in_amounts
    told = "this / the one before − 1" if by_rate else "this − the one before"
    grown = Metric(f"{metric.id}_growth", (f"{metric.name} growth",), metric.kind if in_amounts else "percent")
    found = []
    for period in periods:
        first = book.value(metric, period.previous() if sequential else period.before())
        last = book.value(metric, period)
        if not (first and last and first.value):
            continue
        difference = last.value - first.value
        value = difference / abs(first.value) * 100 if by_rate else difference
        found.append(Valued(grown, period, value, "" if by_rate else last.unit, (*last.figures, *first.figures), told))
    return found
