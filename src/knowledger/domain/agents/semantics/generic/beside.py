"""The same figure for two things or two times, one beside the other."""

from collections.abc import Generator
from dataclasses import replace
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.conditions import conditions_of, matched
from knowledger.domain.agents.semantics.generic.naming import main_days
from knowledger.domain.agents.semantics.generic.plan import Plan
from knowledger.domain.agents.semantics.generic.rows import ask, decimal_of
from knowledger.domain.agents.semantics.generic.view import Answering, SaidProperty, SaidType, View, suggestions
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.wording import Writing, exact, percent
from knowledger.domain.agents.steps import Call, Reply
from knowledger.domain.agents.tools.output import ToolOutput


def compared(view: View, plan: Plan) -> Plan:
    """Two values of one property, or two named nodes of a type, that are held against each other: told by each."""
    if (
        plan.group is not None
        or not view.cues.has("compare", "higher")
        or plan.how not in ("count", "sum", "average", "list")
    ):
        return plan
    how = "count" if plan.how == "list" else plan.how
    values = [item for item in view.values if not item.is_not]
    if len(values) > 1 and len({(item.owner.name, item.item.name) for item in values}) == 1:
        return replace(plan, how=how, group=SaidProperty(values[0].owner, values[0].item, 0, 0))
    types = {str(row["type"]) for row in view.mentions}
    if len(view.mentions) > 1 and len(types) == 1:
        node = next(item for item in view.setting.schema.nodes if item.name in types)
        return replace(plan, how=how, group=SaidType(node, 0, 0))
    return plan


def date_times(view: View, plan: Plan) -> Generator[Call, ToolOutput, None]:
    """A month or quarter without a year is of the only year there is."""
    times = view.times
    named = [*times.periods, *(item for item in (times.since, times.until) if item)]
    days = main_days(plan.base)
    if all(item.year for item in named) or len(days) != 1:
        return
    day = f"date_part('year', n.`{days[0].name}`)"
    rows = yield from ask(
        f"{matched(plan.base)} RETURN min({day}) AS first, max({day}) AS last", {}, "the years there are"
    )
    if isinstance(rows, Reply) or not rows or rows[0]["first"] is None or rows[0]["first"] != rows[0]["last"]:
        return
    year = int(str(rows[0]["first"]))

    def dated(period: Period | None) -> Period | None:
        return replace(period, year=period.year or year) if period else None

    periods = tuple(item for item in map(dated, times.periods) if item)
    view.times = replace(times, periods=periods, since=dated(times.since), until=dated(times.until))


def are_two_periods(view: View) -> bool:
    return len(view.times.periods) == 2 and not view.times.is_range


def answer_periods(view: View, plan: Plan) -> Answering:
    periods = view.times.periods
    if plan.how not in ("count", "sum", "average", "list", "top"):
        return abstain("One year, month or day at a time, please.", suggestions(view.setting.schema))
    measured = plan.measure if plan.how in ("sum", "average", "top") else None
    found: list[tuple[str, Decimal]] = []
    writing = Writing("compare")
    for period in periods:
        view.times = replace(view.times, periods=(period,))
        where = conditions_of(view, plan)
        if isinstance(where, Reply):
            return where
        known = f"n.`{measured.name}` IS NOT NULL" if measured else "true"
        value = f"list_sum(collect(n.`{measured.name}`))" if measured else "count(*)"
        condition = f"{where[0]} AND {known}" if where[0] else f" WHERE {known}"
        query = f"{matched(plan.base)}{condition} RETURN {value} AS value, count(*) AS nodes"
        rows = yield from ask(query, where[1], f"{plan.base.name} in {period}")
        if isinstance(rows, Reply):
            return rows
        number, nodes = decimal_of(rows[0]["value"] or 0), int(str(rows[0]["nodes"]))
        found.append((str(period), number / nodes if plan.how == "average" and nodes else number))
        marks = writing.cite(view.citation(query, f"{plan.base.name} in {period}"))
        writing.say(f"- **{period}**: {exact(found[-1][1])} {measured.name if measured else plan.base.name} {marks}")
    (one, first), (other, second) = found
    writing.values |= {one: exact(first), other: exact(second), "difference": exact(abs(second - first))}
    best = (min if view.cues.direction == "least" else max)(found, key=lambda pair: pair[1])
    writing.values |= {"best": best[0].split()[0], "value": exact(best[1])}
    word = "Less" if view.cues.direction == "least" else "More"
    writing.say(f"{word}: **{best[0]}**. Difference: {exact(abs(second - first))}.")
    if first:
        writing.values["change"] = exact((second - first) / abs(first) * 100)
        writing.say(f"Change: {percent((second - first) / abs(first) * 100)}.")
    return writing.reply()
