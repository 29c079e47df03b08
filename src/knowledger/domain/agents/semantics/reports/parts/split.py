"""A figure by segment, product or region: its parts, how each grew, and its share."""

import re
from decimal import Decimal
from itertools import combinations
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.reports.book import FactBook, Valued
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, not_there, shown, suggestions
from knowledger.domain.agents.semantics.reports.growth import changes
from knowledger.domain.agents.semantics.reports.parts.members import Part, parts_of
from knowledger.domain.agents.semantics.wording import Writing, bar_chart, exact, rounded
from knowledger.domain.agents.steps import Reply, Table

_AXES = {
    "split_segment": r"segment",
    "split_product": r"product",
    "split_region": r"geograph|region|countr",
}
_REST = re.compile(r"(?:all )?other\b", re.IGNORECASE)
"""What is left over is no part that is larger than another."""
_FEWEST = 2
"""One part alone is not how a whole is split."""
Values: TypeAlias = list[tuple[str, Valued]]


def answer_split(desk: Desk) -> Answering:
    """A figure by the parts of one axis."""
    who, metric, times = desk.frame.who[0], desk.frame.metrics[0], desk.frame.times
    if len(desk.frame.metrics) > 1:
        return abstain("I split one figure at a time.", suggestions(desk.frame, desk.setting))
    ends = [item for item in times.periods if item.year]
    if times.last > 1 or times.is_bounded or times.is_ttm or len(ends) > (2 if desk.frame.cues.has("growth") else 1):
        return abstain("I split one fiscal period at a time.", suggestions(desk.frame, desk.setting))
    parts = yield from parts_of(desk, [metric], [who])
    if isinstance(parts, Reply):
        return parts
    own = _of_one_axis(desk, parts)
    if not own:
        return abstain(f"The graph has no {metric.name} of {who.name} by that.", suggestions(desk.frame, desk.setting))
    period = max(ends) if ends else _newest_of([part.book for part in own], metric, times.step)
    values = _at(own, metric, period, times.span) if period else []
    if period is None or len(values) < _FEWEST:
        return not_there(desk, [metric], [who], [])
    values, wholes = _finest(values)
    kept = [part for part in own if part.member in {member for member, _ in values}]
    if desk.frame.cues.has("growth"):
        values, wholes = _grown(desk, kept, metric, ends or [period]), []
        if not values:
            return not_there(desk, [metric], [who], [])
    return _told(desk, own[0].axis, period, values, wholes)


def _of_one_axis(desk: Desk, parts: list[Part]) -> list[Part]:
    """The parts of the axis that is asked for, or of the one that has the most."""
    wanted = [axis for cue, axis in _AXES.items() if desk.frame.cues.has(cue)]
    fitting = [
        part
        for part in parts
        if part.is_of_one_axis
        and (not wanted or any(re.search(axis, f"{part.axis} {part.elements[0]}", re.IGNORECASE) for axis in wanted))
    ]
    axes = [part.elements[0] for part in fitting]
    return [part for part in fitting if part.elements[0] == max(dict.fromkeys(axes), key=axes.count)]


def _at(parts: list[Part], metric: Metric, period: Period, span: str) -> Values:
    """Largest first."""
    found = [(part.member, value) for part in parts if (value := part.book.value(metric, period, span))]
    return sorted(found, key=lambda pair: (-pair[1].value, pair[0]))


def _grown(desk: Desk, parts: list[Part], metric: Metric, ends: list[Period]) -> Values:
    found = [(part.member, grown[-1]) for part in parts if (grown := changes(desk, part.book, metric, [max(ends)]))]
    return sorted(found, key=lambda pair: (-pair[1].value, pair[0]))


def _told(desk: Desk, axis: str, period: Period, values: Values, wholes: Values) -> Reply:
    who, cues, metric = desk.frame.who[0], desk.frame.cues, values[0][1].metric
    if cues.direction == "least":
        values.reverse()
    total = sum((value.value for _, value in values), Decimal(0))
    in_shares = cues.has("share") and total > 0 and not metric.is_share
    axis = axis.lower().replace("geographical", "geography")
    writing = Writing("split")
    writing.say(f"{metric.name.capitalize()} of {who.name} by {axis} for {period}:")
    told: list[tuple[str, Decimal]] = []
    for member, value in values:
        share = value.value / total * 100 if in_shares else None
        told.append((member, value.value if share is None else share))
        part = "" if share is None else f", {rounded(share)}% of these together"
        writing.say(f"- **{member}**: {shown(value)}{part} {desk.marks(writing, value)}")
        writing.values[member] = exact(told[-1][1])
    for member, value in wholes:
        writing.say(f"{member}, {shown(value)}, is the sum of some of these.")
    ranked = [pair for pair in told if not _REST.match(pair[0])] if cues.direction else told
    first = told.index(ranked[min(max(cues.nth - 1, 0), len(ranked) - 1)]) if ranked else 0
    writing.values |= {"value": exact(told[first][1]), "best": told[first][0]}
    writing.values["amount"] = exact(values[first][1].value)
    writing.values["names"] = "; ".join(member for member, _ in told[first : first + (cues.count or len(told))])
    if first:
        writing.say(f"What is asked for: **{told[first][0]}**.")
    rows = tuple((member, exact(figure)) for member, figure in told)
    writing.tables.append(Table(f"{metric.name} by {axis}, {period}", (axis, metric.name), rows))
    writing.chart = bar_chart(f"{metric.name} by {axis}", "part", [("", member, figure) for member, figure in told])
    return writing.reply()


_MOST_ADDED = 14


def _finest(values: list[tuple[str, Valued]]) -> tuple[list[tuple[str, Valued]], list[tuple[str, Valued]]]:
    """The parts that are not the sum of others, and those that are: products, beside phones, tablets and computers."""
    if len(values) > _MOST_ADDED:
        return values, []
    wholes = []
    for number, (member, whole) in enumerate(values):
        smaller = [value.value for _, value in values[number + 1 :] if value.value > 0]
        if any(whole.value in _sums(smaller, size) for size in range(2, len(smaller) + 1)):
            wholes.append((member, whole))
    return [pair for pair in values if pair not in wholes], wholes


def _sums(values: list[Decimal], size: int) -> set[Decimal]:
    return {sum(some, Decimal(0)) for some in combinations(values, size)}


def _newest_of(books: list[FactBook], metric: Metric, step: str | None) -> Period | None:
    known = [item for book in books if (item := book.newest(metric, step))]
    return max(known, key=lambda item: (item.year, item.kind == "FY", item)) if known else None
