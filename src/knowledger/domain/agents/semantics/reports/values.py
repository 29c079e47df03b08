"""What metrics of one company came to."""

from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued
from knowledger.domain.agents.semantics.reports.desk import Desk, not_there, shown, span_words
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
    who, times = desk.frame.who[0], desk.frame.times
    book = books[who.id]
    if times.is_ttm or times.is_ytd:
        return _trailing(desk, metrics, who, book)
    lists = {item.id: wanted_periods(times, book, item) for item in metrics}
    if desk.frame.cues.has("trend") and times.says_nothing:
        lists = {item.id: book.periods(item, "year") for item in metrics}
    extreme = desk.frame.cues.direction is not None and (
        times.is_bounded or times.is_range or times.is_all or times.says_nothing or times.last > 1
    )
    if extreme and len(metrics) == 1:
        lists = {
            metrics[0].id: lists[metrics[0].id]
            if times.last > 1 or times.is_bounded or times.is_range
            else book.periods(metrics[0], times.step or "year")
        }
    if desk.frame.cues.bounds and not times.periods and not times.last and not times.is_bounded:
        lists = {metrics[0].id: book.periods(metrics[0], times.step or "year")}
    found = {item.id: known_values(book, item, lists[item.id], times.span) for item in metrics}
    for item in metrics:
        if not found[item.id] or len(found[item.id]) < len(times.periods):
            return not_there(desk, [item], [who], book.periods(item, times.step))
    if all(len(values) == 1 for values in found.values()) and not desk.frame.cues.bounds:
        return _values(desk, who, [values[0] for values in found.values()])
    if len(metrics) == 1 and desk.frame.cues.has("average", "sum", "median") and metrics[0].kind != "percent":
        return answer_statistic(desk, who, found[metrics[0].id])
    if desk.frame.cues.bounds:
        return answer_within(desk, who, found[metrics[0].id])
    if len(metrics) == 1 and extreme:
        return answer_extreme(desk, who, found[metrics[0].id])
    return answer_series(desk, who, metrics, found)


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
            writing.formula = f"{value.metric.name} = {value.formula}"
            writing.say(f"Formula: {writing.formula}. Figures: {parts}.")
        _tell_restated(desk, writing, value)
        writing.values["value" if number == 0 else value.metric.id] = exact(value.value)
        writing.values[value.metric.id] = exact(value.value)
    return writing.reply()


def _tell_restated(desk: Desk, writing: Writing, value: Valued) -> None:
    if value.earlier and not value.formula:
        told = "; ".join(
            f"{amount(item.value, item.unit, value.metric.kind)} in {item.form} filed {item.filed}"
            for item in value.earlier[:3]
        )
        marks = writing.cite(*(desk.citation(item) for item in value.earlier[:3]))
        writing.say(f"Other filings give it differently: {told} {marks}.")
