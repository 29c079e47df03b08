"""What metrics of one company came to."""

from dataclasses import replace
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.cues import Bound
from knowledger.domain.agents.semantics.formulas import adds_up
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.reports.asked import asks_which_periods, asks_yes_or_no, heard, verdict, way
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued
from knowledger.domain.agents.semantics.reports.desk import (
    Desk,
    formula_of,
    not_there,
    shown,
    span_words,
    step_of,
    suggestions,
)
from knowledger.domain.agents.semantics.reports.growth import changes
from knowledger.domain.agents.semantics.reports.series import (
    answer_extreme,
    answer_series,
    answer_statistic,
    answer_within,
)
from knowledger.domain.agents.semantics.reports.spans import known_values, wanted_periods, year_to_date
from knowledger.domain.agents.semantics.wording import Writing, amount, capital, exact
from knowledger.domain.agents.steps import Reply


def answer_values(desk: Desk, metrics: list[Metric], books: dict[str, FactBook]) -> Reply:
    who, times, cues = desk.frame.who[0], desk.frame.times, desk.frame.cues
    book = books[who.id]
    if times.is_ttm or times.is_ytd:
        return _trailing(desk, metrics, who, book)
    found = {item.id: known_values(book, item, periods_over(desk, book, item), times.span) for item in metrics}
    for item in metrics:
        if not found[item.id] or len(found[item.id]) < len(times.periods):
            return not_there(desk, [item], [who], book.periods(item, step_of(times)))
    if len(metrics) == 1 and (cues.bounds or len(found[metrics[0].id]) > 1):
        return told_over(desk, who, found[metrics[0].id])
    if all(len(values) == 1 for values in found.values()) and not cues.bounds:
        return _values(desk, who, [values[0] for values in found.values()])
    if cues.bounds or cues.has("average", "median", "sum"):
        return abstain("One figure at a time, please.", suggestions(desk.frame, desk.setting))
    return answer_series(desk, who, metrics, found)


def answer_changes(desk: Desk, books: dict[str, FactBook]) -> Reply:
    """How a figure grew from period to period: which grew most, how often it fell, how much on average."""
    who, metric, times = desk.frame.who[0], desk.frame.metrics[0], desk.frame.times
    book = books[who.id]
    cues, upwards = desk.frame.cues, way(desk.frame)
    looks = cues.direction or cues.bounds or cues.has("average", "median")
    if not looks and upwards is not None and asks_which_periods(desk.frame):
        desk.frame.cues = replace(cues, bounds=(Bound(upwards, False, Decimal(0), True),))
    found = changes(desk, book, metric, periods_over(desk, book, metric))
    if not found:
        return not_there(desk, [metric], [who], book.periods(metric, times.step))
    reply = told_over(desk, who, found)
    if upwards is None or not (asks_yes_or_no(desk.frame) and heard(desk.frame, "every")):
        return reply
    always = "yes" if all(item.value and (item.value > 0) == upwards for item in found) else "no"
    told = f"**{always.capitalize()}.**\n{reply.text}"
    return replace(reply, text=told, values=reply.values | {"answer": always, "value": always})


def told_over(desk: Desk, who: Who, values: list[Valued]) -> Reply:
    """One figure of several periods: counted over, held against limits, its extreme, or as a series."""
    cues = desk.frame.cues
    metric = values[0].metric
    if len(values) == 1 and not cues.bounds:
        return _values(desk, who, values)
    if cues.has("average", "median") or (cues.has("sum") and adds_up(metric)):
        return answer_statistic(desk, who, values)
    if cues.bounds:
        return answer_within(desk, who, values)
    if cues.direction:
        return answer_extreme(desk, who, values)
    return answer_series(desk, who, [metric], {metric.id: values})


def periods_over(desk: Desk, book: FactBook, metric: Metric) -> list[Period]:
    """The periods that are asked about; all there are where one of them is looked for."""
    times, cues = desk.frame.times, desk.frame.cues
    looks_for_one = bool(cues.direction or cues.bounds or cues.has("trend"))
    if looks_for_one and not (times.periods or times.last or times.is_bounded or times.is_latest or times.is_previous):
        return book.periods(metric, times.step if times.step != "month" else "year")
    return wanted_periods(times, book, metric)


def _trailing(desk: Desk, metrics: list[Metric], who: Who, book: FactBook) -> Reply:
    values = []
    for metric in metrics:
        value = book.trailing(metric) if desk.frame.times.is_ttm else year_to_date(book, metric)
        if value is None:
            return not_there(desk, [metric], [who], book.periods(metric, "quarter"))
        values.append(value)
    label = "the last twelve months" if desk.frame.times.is_ttm else "the year to date"
    return _values(desk, who, values, label)


def _values(desk: Desk, who: Who, values: list[Valued], label: str = "") -> Reply:
    writing = Writing("ttm" if desk.frame.times.is_ttm else ("ratio" if values[0].metric.is_share else "value"))
    for number, value in enumerate(values):
        when = label or str(value.period)
        marks = desk.marks(writing, value)
        basis = f", {desk.basis_words}" if desk.basis_words else ""
        writing.say(
            f"{capital(value.metric.name)} of {who.name} for {when}{basis} ({span_words(value)}): "
            f"**{shown(value)}** {marks}"
        )
        if value.formula:
            parts = "; ".join(
                f"{figure.concept.partition(':')[2] or figure.concept} {exact(figure.value)} ({figure.period})"
                for figure in value.figures
            )
            writing.formula = formula_of(value)
            writing.say(f"Formula: {writing.formula}. Figures: {parts}.")
        _tell_restated(desk, writing, value)
        writing.values["value" if number == 0 else value.metric.id] = exact(value.value)
        writing.values[value.metric.id] = exact(value.value)
    if len(values) == _TWO and desk.frame.cues.has("higher", "compare"):
        _hold_figures(desk, writing, *values)
    return writing.reply()


_TWO = 2


def _hold_figures(desk: Desk, writing: Writing, one: Valued, other: Valued) -> None:
    """Two figures of one company beside each other."""
    if one.unit != other.unit:
        return
    higher = max(one, other, key=lambda item: item.value)
    writing.say(f"Higher: **{higher.metric.name}**, by {amount(abs(one.value - other.value), one.unit, 'money')}.")
    writing.values |= {"best": higher.metric.name, "difference": exact(abs(one.value - other.value))}
    if answer := verdict(desk.frame, one.value - other.value):
        writing.values["answer"] = answer
        writing.say(f"**{answer.capitalize()}.**")


def _tell_restated(desk: Desk, writing: Writing, value: Valued) -> None:
    if value.earlier and not value.formula:
        told = "; ".join(
            f"{amount(item.value, item.unit, value.metric.kind)} in {item.form} filed {item.filed}"
            for item in value.earlier[:3]
        )
        marks = writing.cite(*(desk.citation(item) for item in value.earlier[:3]))
        writing.say(f"Other filings give it differently: {told} {marks}.")
