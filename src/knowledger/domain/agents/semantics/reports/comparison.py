"""The same metrics of several companies, side by side."""

import re
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.reports.asked import verdict
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued
from knowledger.domain.agents.semantics.reports.desk import (
    Desk,
    formula_of,
    not_there,
    shown,
    span_words,
    step_of,
    two_places,
)
from knowledger.domain.agents.semantics.reports.growth import answer_each, growth
from knowledger.domain.agents.semantics.reports.spans import shared_periods
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, capital, exact
from knowledger.domain.agents.steps import Reply, Table

_IN_PERCENT = re.compile(r"%|per ?cent|\b(?:share|portion|proportion|fraction|part) of\b", re.IGNORECASE)


def answer_comparison(desk: Desk, books: dict[str, FactBook]) -> Reply:
    """The same metrics of several companies, side by side for the same fiscal period."""
    who, metrics, times, cues = desk.frame.who, desk.frame.metrics, desk.frame.times, desk.frame.cues
    if cues.has("growth") and not times.last:
        return answer_each(desk, books, growth)
    writing = Writing("compare")
    rows, charted = [], []
    for metric in metrics:
        periods = shared_periods(times, [books[item.id] for item in who], metric)
        if not periods:
            return not_there(desk, [metric], who, [])
        for period in periods:
            values: list[tuple[Who, Valued]] = []
            for item in who:
                value = (
                    books[item.id].trailing(metric)
                    if times.is_ttm
                    else books[item.id].value(metric, period, times.span)
                )
                if value is None:
                    return not_there(desk, [metric], [item], books[item.id].periods(metric, step_of(times)))
                values.append((item, value))
            rows.append((metric.name, str(period), *(exact(two_places(value)) for _, value in values)))
            charted += [(item.name, str(period), value.value) for item, value in values]
            listed = "; ".join(
                f"{item.name} {shown(value)} ({span_words(value)}) {desk.marks(writing, value)}"
                for item, value in values
            )
            writing.say(f"{capital(metric.name)} for {period}: {listed}.")
            pick = min if cues.has("rank_least") else max
            best = pick(values, key=lambda pair: pair[1].value)
            if len({value.unit for _, value in values}) > 1:
                return abstain("Their figures are in different currencies; I do not convert.")
            writing.say(f"{'Lowest' if cues.has('rank_least') else 'Highest'}: **{best[0].name}**.")
            if len(values) == 2:
                _hold_two(desk, writing, metric, values)
            writing.values["best"] = best[0].name
            if cues.has("sum") and not metric.is_share:
                total = sum((value.value for _, value in values), Decimal(0))
                writing.say(f"Together: **{amount(total, values[0][1].unit, metric.kind)}**.")
                writing.values["value"] = exact(total)
            if cues.has("average"):
                mean = sum((value.value for _, value in values), Decimal(0)) / len(values)
                writing.say(f"On average: **{amount(mean, values[0][1].unit, metric.kind)}**.")
                writing.values["value"] = exact(mean)
            writing.values |= {item.name: exact(value.value) for item, value in values}
            if values[0][1].formula:
                writing.formula = formula_of(values[0][1])
    writing.tables.append(Table("Comparison", ("metric", "period", *(item.name for item in who)), tuple(rows)))
    writing.chart = bar_chart(", ".join(item.name for item in metrics), "period", charted)
    return writing.reply()


def _hold_two(desk: Desk, writing: Writing, metric: Metric, values: list[tuple[Who, Valued]]) -> None:
    """What one company's figure is to the other's: apart, as a multiple, or whether it is the higher one."""
    one, other = values[0][1], values[1][1]
    gap = abs(one.value - other.value)
    writing.values["difference"] = exact(gap)
    writing.say(f"Difference: {amount(gap, one.unit, metric.kind)}.")
    if answer := verdict(desk.frame, one.value - other.value):
        writing.values["answer"] = answer
        writing.say(f"**{answer.capitalize()}.**")
    asks_ratio = "times" in desk.frame.words or desk.frame.cues.has("share")
    if not (asks_ratio and other.value):
        return
    in_percent = bool(_IN_PERCENT.search(desk.frame.question.text))
    ratio = one.value / other.value * (100 if in_percent else 1)
    writing.formula = f"{metric.name} of {values[0][0].name} / {metric.name} of {values[1][0].name}"
    writing.values |= {"value": exact(ratio), "ratio": exact(ratio)}
    writing.say(f"Ratio: **{amount(ratio, '', 'percent' if in_percent else 'ratio')}** ({writing.formula}).")
