"""Growth from one period to another, and compound growth."""

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.reports.book import FactBook
from knowledger.domain.agents.semantics.reports.desk import Desk, not_there, shown
from knowledger.domain.agents.semantics.reports.spans import two_ends, wanted_periods
from knowledger.domain.agents.semantics.wording import Writing, amount, capital, exact, percent, rounded
from knowledger.domain.agents.steps import Reply, Table

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
    times, cues = desk.frame.times, desk.frame.cues
    if times.is_ttm:
        return abstain("I tell the growth between fiscal years or quarters, not of trailing months.")
    wanted = wanted_periods(times, book, metric)
    if not wanted:
        return not_there(desk, [metric], [who], book.periods(metric, times.step))
    if len(wanted) >= 2 or (times.is_bounded and len(wanted) > 1):
        start, end = min(wanted), max(wanted)
    else:
        end = wanted[-1]
        start = end.previous() if cues.has("sequential") else end.before()
    first, last = book.value(metric, start, times.span), book.value(metric, end, times.span)
    if not (first and last):
        return not_there(desk, [metric], [who], book.periods(metric, times.step))
    marks = desk.marks(writing, first, last)
    difference = last.value - first.value
    between = f"from {first.period} ({shown(first)}) to {last.period} ({shown(last)}) {marks}"
    if metric.kind == "percent":
        writing.formula = "last − first, in percentage points"
        writing.values["difference"] = exact(difference)
        return (
            f"{capital(metric.name)} of {who.name} changed by **{rounded(difference):+} percentage points** {between}.",
            difference,
        )
    if not first.value:
        return abstain(f"{capital(metric.name)} was 0 in {first.period}: there is no growth rate from nothing.")
    rate = difference / abs(first.value) * 100
    writing.formula = "(last − first) / |first|"
    writing.values["difference"] = exact(difference)
    told = (
        f"{capital(metric.name)} of {who.name} changed by **{percent(rate)}** "
        f"({amount(difference, last.unit, metric.kind)}) {between}. Formula: {writing.formula}."
    )
    return told, rate
