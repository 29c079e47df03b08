"""The query that takes rows of one type together: by a property, by related nodes, by the months of a day."""

from dataclasses import dataclass

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.conditions import anchors, matched, reached
from knowledger.domain.agents.semantics.generic.naming import main_days
from knowledger.domain.agents.semantics.generic.plan import Plan
from knowledger.domain.agents.semantics.generic.rows import shown_name
from knowledger.domain.agents.semantics.generic.view import SaidProperty, SaidType, View, suggestions
from knowledger.domain.agents.steps import Reply
from knowledger.domain.graphs.schema import NodeType

MOST_GROUPS = 900


@dataclass(frozen=True)
class _Way:
    """What the rows `n` are grouped by, as `variable`; `match` leads there, which may take a row to one group twice."""

    variable: str
    match: str = ""
    start: str = ""


def grouping(view: View, plan: Plan, condition: str) -> tuple[str, str] | Reply:
    """The query, whose rows have `part`, or `year` and `month`, a `value` and how many `nodes`; and what it tells."""
    if plan.measure:
        condition = f"{condition} AND" if condition else " WHERE"
        condition = f"{condition} {_value(plan)} IS NOT NULL"
    what = f"{plan.measure.name} of {plan.base.name}" if plan.measure else plan.base.name
    group = plan.group
    if isinstance(group, str):
        query = _by_months(view, plan, condition)
        return query if isinstance(query, Reply) else (query, f"{what} by {group}")
    assert isinstance(group, SaidType | SaidProperty)
    way = _way_to(view, plan, group)
    if isinstance(way, Reply):
        return way
    if isinstance(group, SaidProperty):
        return _by_property(plan, group, way, condition), f"{what} by {group.item.name}"
    if way.match and not condition and counts_none(view, plan):
        return _of_each(plan, group, way), f"{what} by {group.node.name}"
    return _by_node(plan, group, way, condition), f"{what} by {group.node.name}"


def counts_none(view: View, plan: Plan) -> bool:
    """Whether those with none matter: who has fewest, how many each has on average."""
    return plan.measure is None and (view.cues.direction == "least" or plan.how == "average")


def _value(plan: Plan) -> str:
    counted = f"n.`{plan.each.name}`" if plan.each else "1"
    return f"n.`{plan.measure.name}`" if plan.measure else counted


def _told(plan: Plan) -> str:
    """Sums are exact, which the engine's own of decimals are not."""
    if plan.measure is None:
        value = "count(DISTINCT value)" if plan.each else "count(*)"
    elif plan.how in ("sum", "average"):
        value = "list_sum(collect(value))"
    else:
        value = f"list_extract(list_sort(collect(value)), {-1 if plan.how == 'most' else 1})"
    return f"{value} AS value, count(*) AS nodes"


def _by_months(view: View, plan: Plan, condition: str) -> str | Reply:
    named = [item.item for item in view.properties if item.is_day and item.owner == plan.base]
    days = named or main_days(plan.base)
    if len(days) != 1:
        return abstain(f"Which day of {plan.base.name} is meant?", suggestions(view.setting.schema))
    day = f"n.`{days[0].name}`"
    present = f"{condition} AND" if condition else " WHERE"
    return (
        f"{matched(plan.base)}{present} {day} IS NOT NULL WITH {_value(plan)} AS value, "
        f"date_part('year', {day}) AS year, date_part('month', {day}) AS month "
        f"RETURN year, month, {_told(plan)} ORDER BY year, month LIMIT {MOST_GROUPS + 1}"
    )


def _way_to(view: View, plan: Plan, group: SaidType | SaidProperty) -> _Way | Reply:
    owner = group.node if isinstance(group, SaidType) else group.owner
    if owner == plan.base:
        return _Way("n")
    assert isinstance(owner, NodeType)
    if owner.name in anchors(plan.base):
        return _Way(anchors(plan.base)[owner.name])
    found = reached(view, plan.base, owner)
    if found is None:
        return abstain(
            f"I cannot tell how {plan.base.name} and {owner.name} are meant together.", suggestions(view.setting.schema)
        )
    start, way = found
    return _Way("g", way.pattern(start, "g", "w"), start)


def _by_property(plan: Plan, group: SaidProperty, way: _Way, condition: str) -> str:
    part = f"{way.variable}.`{group.item.name}` AS part"
    if not group.item.type.is_list:
        return _grouped(plan, way, condition, part, "part")
    leading = f" MATCH {way.match}" if way.match else ""
    return (
        f"{matched(plan.base)}{condition}{leading} UNWIND {part} WITH {_value(plan)} AS value, part "
        f"RETURN part, {_told(plan)} ORDER BY value DESC, part LIMIT {MOST_GROUPS + 1}"
    )


def _by_node(plan: Plan, group: SaidType, way: _Way, condition: str) -> str:
    return _grouped(plan, way, condition, _id_and_name(group, way), "id, part")


def _grouped(plan: Plan, way: _Way, condition: str, keys: str, kept: str) -> str:
    leading, once = (f" MATCH {way.match}", "DISTINCT n, ") if way.match else ("", "")
    return (
        f"{matched(plan.base)}{condition}{leading} WITH {once}{_value(plan)} AS value, {keys} "
        f"RETURN {kept}, {_told(plan)} ORDER BY value DESC, part LIMIT {MOST_GROUPS + 1}"
    )


def _of_each(plan: Plan, group: SaidType, way: _Way) -> str:
    """From the groups on, so that those without a row are among them."""
    rows = way.match.replace(f"({way.start})-", f"({way.start}:`{plan.base.name}`)-", 1)
    return (
        f"MATCH (g:`{group.node.name}`) OPTIONAL MATCH {rows} "
        f"RETURN {_id_and_name(group, way)}, count(DISTINCT n) AS value, count(*) AS nodes "
        f"ORDER BY value, part LIMIT {MOST_GROUPS + 1}"
    )


def _id_and_name(group: SaidType, way: _Way) -> str:
    assert isinstance(group.node, NodeType)
    return f"{way.variable}.`{group.node.key[0]}` AS id, {way.variable}.`{shown_name(group.node)}` AS part"
