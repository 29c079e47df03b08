"""A metric of one company over several periods: listed, added up, its extremes, and where it kept within limits."""

from decimal import Decimal

from knowledger.domain.agents.semantics.formulas import adds_up
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.reports.asked import asks_yes_or_no, has_become_manyfold, heard
from knowledger.domain.agents.semantics.reports.book import Valued
from knowledger.domain.agents.semantics.reports.desk import Desk, column, formula_of, shown, two_places
from knowledger.domain.agents.semantics.reports.growth import wants_amount
from knowledger.domain.agents.semantics.wording import (
    Writing,
    amount,
    bar_chart,
    capital,
    exact,
    line_chart,
    percent,
    rounded,
)
from knowledger.domain.agents.steps import Reply, Table

ORDINALS = ("", "second", "third", "fourth", "fifth")


def answer_series(desk: Desk, who: Who, metrics: list[Metric], found: dict[str, list[Valued]]) -> Reply:
    writing = Writing("trend")
    periods = list(dict.fromkeys(value.period for values in found.values() for value in values))
    rows = []
    for period in sorted(periods):
        at = {name: next((v for v in values if v.period == period), None) for name, values in found.items()}
        rows.append((str(period), *(exact(two_places(v)) if v else None for v in at.values())))
        for name, value in at.items():
            if value:
                writing.values[f"{name} {period}" if len(metrics) > 1 else str(period)] = exact(value.value)
    writing.tables.append(
        Table(f"{', '.join(m.name for m in metrics)} of {who.name}", ("period", *map(column, metrics)), tuple(rows))
    )
    for metric in metrics:
        values = sorted(found[metric.id], key=lambda value: value.period)
        listed = "; ".join(f"{value.period}: {shown(value)} {desk.marks(writing, value)}" for value in values)
        writing.say(f"{capital(metric.name)} of {who.name}: {listed}.")
        first, last = values[0], values[-1]
        if metric.is_share:
            writing.say(
                f"Change from {first.period} to {last.period}: "
                f"{rounded(last.value - first.value)}{' percentage points' if metric.kind == 'percent' else ''}."
            )
            writing.values["change"] = exact(last.value - first.value)
        elif first.value and len(values) > 1:
            change = (last.value - first.value) / abs(first.value) * 100
            writing.say(f"Change from {first.period} to {last.period}: {percent(change)}.")
            writing.values["change"] = exact(change)
        if values[0].formula:
            writing.formula = formula_of(values[0])
            writing.say(f"Formula: {writing.formula}.")
    if len(metrics) == 1 and adds_up(metrics[0]) and len(found[metrics[0].id]) > 1:
        whole = found[metrics[0].id]
        total = sum((value.value for value in whole), Decimal(0))
        writing.values["sum"] = exact(total)
        if "total" in desk.frame.question.words:
            writing.say(f"In all: **{amount(total, whole[0].unit, 'flow')}**.")
            writing.values["value"] = exact(total)
    if len(metrics) == 1 and len(periods) > 1:
        _say_change(desk, writing, sorted(found[metrics[0].id], key=lambda value: value.period))
    charted = [
        (metric.name, str(value.period), value.value)
        for metric in metrics
        for value in sorted(found[metric.id], key=lambda v: v.period)
    ]
    writing.chart = line_chart(f"{', '.join(m.name for m in metrics)} of {who.name}", "period", charted)
    return writing.reply()


def _say_change(desk: Desk, writing: Writing, values: list[Valued]) -> None:
    """From the first to the last, as it is asked for: in percent, as an amount or as a multiple."""
    first, last = values[0], values[-1]
    writing.values["difference"] = exact(last.value - first.value)
    if not desk.frame.cues.has("growth", "compare"):
        return
    if answer := has_become_manyfold(desk.frame, first.value, last.value):
        writing.values["answer"] = answer
        writing.say(f"**{answer.capitalize()}.**")
    if wants_amount(desk) and not first.metric.is_share:
        writing.values["value"] = writing.values["difference"]
        writing.say(f"That is {amount(last.value - first.value, last.unit, last.metric.kind)}.")
    elif "times" in desk.frame.words and first.value:
        writing.values["value"] = exact(last.value / first.value)
        writing.say(f"That is {rounded(last.value / first.value)} times as much.")
    elif "change" in writing.values and desk.frame.cues.has("growth"):
        writing.values["value"] = writing.values["change"]


def answer_statistic(desk: Desk, who: Who, values: list[Valued]) -> Reply:
    cues = desk.frame.cues
    ordered = sorted(item.value for item in values)
    total = sum(ordered, Decimal(0))
    middle = len(ordered) // 2
    word, result = "sum", total
    if cues.has("median"):
        word, result = "median", ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    elif cues.has("average"):
        word, result = "average", total / len(values)
    metric = values[0].metric
    writing = Writing(word)
    writing.formula = f"{word} of {metric.name} over {', '.join(str(item.period) for item in values)}"
    marks = desk.marks(writing, *values)
    writing.say(
        f"{capital(word)} of {metric.name} of {who.name} over {values[0].period} to "
        f"{values[-1].period}: **{amount(result, values[0].unit, metric.kind)}** {marks}"
    )
    rows = tuple((str(item.period), exact(item.value)) for item in values)
    writing.tables.append(Table(f"{metric.name} of {who.name}", ("period", column(metric)), rows))
    writing.values["value"] = exact(result)
    return writing.reply()


def answer_within(desk: Desk, who: Who, values: list[Valued]) -> Reply:
    """The periods in which a figure was within limits; the first of them where that is asked for."""
    bounds = desk.frame.cues.bounds
    kept = [item for item in sorted(values, key=lambda item: item.period) if all(b.holds(item.value) for b in bounds)]
    limits = " and ".join(map(str, bounds))
    metric = values[0].metric
    writing = Writing("screen")
    if kept and (heard(desk.frame, "first") or desk.frame.cues.has("when")):
        _say_first(desk, writing, who, kept[0], limits)
    elif asks_yes_or_no(desk.frame):
        writing.values["answer"] = "yes" if kept else "no"
        writing.say("**Yes.**" if kept else "**No.**")
    writing.say(
        f"{capital(metric.name)} of {who.name} was {limits} in **{len(kept)}** of {len(values)} periods "
        f"({values[0].period} to {values[-1].period})."
    )
    for item in kept[:20]:
        writing.say(f"- {item.period}: {shown(item)} {desk.marks(writing, item)}")
    rows = tuple((str(item.period), exact(two_places(item))) for item in kept)
    writing.tables.append(Table(f"{metric.name} {limits}", ("period", column(metric)), rows))
    writing.values.setdefault("value", str(len(kept)))
    writing.values |= {"count": str(len(kept)), "names": "; ".join(str(i.period) for i in kept)}
    writing.values["years"] = "; ".join(dict.fromkeys(str(i.period.year) for i in kept))
    writing.values["last days"] = "; ".join(str(i.figures[0].end) for i in kept)
    return writing.reply()


def _say_first(desk: Desk, writing: Writing, who: Who, first: Valued, limits: str) -> None:
    metric = first.metric
    writing.say(
        f"{capital(metric.name)} of {who.name} was {limits} for the first time in **{first.period}**: {shown(first)} "
        f"{desk.marks(writing, first)}."
    )
    named = str(first.period.year) if first.period.kind == "FY" else str(first.period)
    writing.values |= {"value": named, "period": str(first.period), "year": str(first.period.year)}
    writing.values |= {"amount": exact(first.value), "last day": str(first.figures[0].end)}


def answer_extreme(desk: Desk, who: Who, values: list[Valued]) -> Reply:
    """The period with the highest or lowest figure, the next ones, or as many of them as are asked for."""
    cues, metric = desk.frame.cues, values[0].metric
    word = "highest" if cues.direction == "most" else "lowest"
    ordered = sorted(values, key=lambda item: item.value, reverse=cues.direction == "most")
    first = min(max(cues.nth - 1, 0), len(ordered) - 1)
    best, place = ordered[first], f"{ORDINALS[first]} " if first else ""
    writing = Writing("extreme")
    alike = [item for item in ordered if item.value == best.value and item is not best]
    writing.say(
        f"{capital(metric.name)} of {who.name} was {place}{word} in **{best.period}**: {shown(best)} "
        f"{desk.marks(writing, best)} (of {values[0].period} to {values[-1].period})."
    )
    for item in alike:
        writing.say(f"As {word} in {item.period} {desk.marks(writing, item)}.")
    wanted = ordered[first : first + (cues.count or 1)]
    for item in wanted[1:]:
        writing.say(f"- {item.period}: {shown(item)} {desk.marks(writing, item)}")
    rows = tuple((str(item.period), exact(two_places(item))) for item in values)
    writing.tables.append(Table(f"{metric.name} of {who.name}", ("period", column(metric)), rows))
    writing.values |= {"value": exact(best.value), "period": str(best.period), "year": str(best.period.year)}
    writing.values["names"] = "; ".join(str(item.period) for item in wanted)
    writing.values["last day"] = str(best.figures[0].end)
    writing.chart = bar_chart(
        f"{metric.name} of {who.name}", "period", [(who.name, str(v.period), v.value) for v in values]
    )
    return writing.reply()
