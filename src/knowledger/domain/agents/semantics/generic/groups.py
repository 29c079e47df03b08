"""Rows of one type taken together: by a property, by what they are related to, by year, quarter or month."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.conditions import anchors, matched, reached
from knowledger.domain.agents.semantics.generic.naming import main_days
from knowledger.domain.agents.semantics.generic.nodes import RUNNERS_UP, after, with_ties
from knowledger.domain.agents.semantics.generic.plan import Plan
from knowledger.domain.agents.semantics.generic.rows import ask, shown_name
from knowledger.domain.agents.semantics.generic.view import Answering, SaidProperty, SaidType, View, suggestions
from knowledger.domain.agents.semantics.wording import Writing, bar_chart, exact, rounded
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.graphs.property_types import Scalar
from knowledger.domain.graphs.schema import NodeType
from knowledger.kernel.json import JsonObject, JsonValue

_MOST_GROUPS = 900
_MOST_TOLD = 30


def answer_groups(view: View, plan: Plan, condition: str, parameters: JsonObject) -> Answering:
    written = _query(view, plan, condition)
    if isinstance(written, Reply):
        return written
    query, title = written
    rows = yield from ask(query, parameters, title)
    if isinstance(rows, Reply):
        return rows
    if len(rows) > _MOST_GROUPS:
        return abstain(f"There are too many of them to tell {title}.", suggestions(view.setting.schema))
    parts = _parts(plan, rows)
    if view.cues.bounds and plan.how == "count" and not view.direction:
        parts = [row for row in parts if row["value"] is not None]
    if not parts:
        return abstain("There is nothing like that in this graph.", suggestions(view.setting.schema))
    if plan.how == "average" and plan.measure is None:
        return _average_of_counts(view, plan, query, parts)
    return _told(view, plan, query, title, parts)


def _query(view: View, plan: Plan, condition: str) -> tuple[str, str] | Reply:
    group, base = plan.group, plan.base
    measured = (
        "list_sum(collect(value))"
        if plan.how in ("sum", "average")
        else f"list_extract(list_sort(collect(value)), {-1 if plan.how == 'most' else 1})"
    )
    value = f"n.`{plan.measure.name}`" if plan.measure else "1"
    if plan.measure:
        condition = f"{condition} AND {value} IS NOT NULL" if condition else f" WHERE {value} IS NOT NULL"
    what = f"{plan.measure.name} of {base.name}" if plan.measure else base.name
    told = "count(*)" if plan.measure is None else measured
    tail = f"{told} AS value, count(*) AS nodes"
    if isinstance(group, str):
        days = main_days(base)
        named = [item.item for item in view.properties if item.is_day and item.owner == base]
        day = (named or days)[0] if len(named or days) == 1 else None
        if day is None:
            return abstain(f"Which day of {base.name} is meant?", suggestions(view.setting.schema))
        parts = f"date_part('year', n.`{day.name}`) AS year, date_part('month', n.`{day.name}`) AS month"
        present = f"{condition} AND" if condition else " WHERE"
        return (
            f"{matched(base)}{present} n.`{day.name}` IS NOT NULL WITH {value} AS value, {parts} "
            f"RETURN year, month, {tail} ORDER BY year, month LIMIT {_MOST_GROUPS + 1}"
        ), f"{what} by {group}"
    assert isinstance(group, SaidType | SaidProperty)
    owner = group.node if isinstance(group, SaidType) else group.owner
    name = shown_name(owner) if isinstance(group, SaidType) and isinstance(owner, NodeType) else ""
    label = owner.name if isinstance(group, SaidType) else group.item.name
    if owner == base:
        way, variable, distinct = "", "n", ""
    else:
        assert isinstance(owner, NodeType)
        if owner.name in anchors(base):
            way, variable, distinct = "", anchors(base)[owner.name], ""
        else:
            found = reached(view, base, owner)
            if found is None:
                return abstain(
                    f"I cannot tell how {base.name} and {owner.name} are meant together.",
                    suggestions(view.setting.schema),
                )
            way, variable, distinct = f" MATCH {found[1].pattern(found[0], 'g', 'w')}", "g", "DISTINCT n, "
    if isinstance(group, SaidType):
        assert isinstance(owner, NodeType)
        keys, kept = f"{variable}.`{owner.key[0]}` AS id, {variable}.`{name}` AS part", "id, part"
    elif group.item.type.is_list:
        keys, kept = f"UNWIND {variable}.`{group.item.name}` AS part", "part"
        return (
            f"{matched(base)}{condition}{way} {keys} WITH {value} AS value, part RETURN part, {tail} "
            f"ORDER BY value DESC, part LIMIT {_MOST_GROUPS + 1}"
        ), f"{what} by {label}"
    else:
        keys, kept = f"{variable}.`{group.item.name}` AS part", "part"
    if (
        _counts_none(view, plan)
        and isinstance(group, SaidType)
        and isinstance(owner, NodeType)
        and way
        and not condition
    ):
        found = reached(view, base, owner)
        assert found is not None
        query = (
            f"MATCH (g:`{owner.name}`) OPTIONAL MATCH {found[1].pattern(found[0], 'g', 'w')} "
            f"RETURN {keys}, count(DISTINCT n) AS value, count(*) AS nodes "
            f"ORDER BY value, part LIMIT {_MOST_GROUPS + 1}"
        ).replace(f"({found[0]})-", f"({found[0]}:`{base.name}`)-", 1)
        return query, f"{what} by {label}"
    query = (
        f"{matched(base)}{condition}{way} WITH {distinct}{value} AS value, {keys} RETURN {kept}, {tail} "
        f"ORDER BY value DESC, part LIMIT {_MOST_GROUPS + 1}"
    )
    return query, f"{what} by {label}"


def _counts_none(view: View, plan: Plan) -> bool:
    """Whether those with none matter: who has fewest, how many each has on average."""
    return plan.measure is None and (view.cues.direction == "least" or plan.how == "average")


def _parts(plan: Plan, rows: list[JsonObject]) -> list[JsonObject]:
    """Rows with a `part` and a `value`; what is told by time is summed by its steps."""
    if not isinstance(plan.group, str):
        kept = [row for row in rows if row["part"] is not None and row["value"] is not None]
        if plan.how == "average" and plan.measure is not None:
            return [{**row, "value": exact(Decimal(str(row["value"])) / int(str(row["nodes"])))} for row in kept]
        return [
            {**row, "value": exact(Decimal(str(row["value"]))) if plan.measure and plan.how == "sum" else row["value"]}
            for row in kept
        ]
    totals: dict[str, tuple[Decimal, int]] = {}
    for row in rows:
        year, month = int(str(row["year"])), int(str(row["month"]))
        name = {"year": f"{year}", "quarter": f"Q{(month - 1) // 3 + 1} {year}"}.get(plan.group, f"{year}-{month:02}")
        total, nodes = totals.get(name, (Decimal(0), 0))
        totals[name] = (total + Decimal(str(row["value"])), nodes + int(str(row["nodes"])))
    averaged = plan.how == "average" and plan.measure is not None
    return [
        {"part": name, "value": exact(total / nodes if averaged else total), "nodes": nodes}
        for name, (total, nodes) in totals.items()
    ]


def _average_of_counts(view: View, plan: Plan, query: str, parts: list[JsonObject]) -> Reply:
    total = sum((Decimal(str(row["value"])) for row in parts), Decimal(0))
    writing = Writing("count_each", formula=f"{exact(total)} / {len(parts)}")
    marks = writing.cite(view.citation(query, f"number of {plan.base.name}"))
    writing.say(
        f"**{rounded(total / len(parts), 4)}** {plan.base.name} nodes each on average, over {len(parts)} {marks}."
    )
    writing.values["value"] = exact(total / len(parts))
    return writing.reply()


def _told(view: View, plan: Plan, query: str, title: str, parts: list[JsonObject]) -> Reply:
    by_time = isinstance(plan.group, str) and not view.cues.direction
    if not by_time:
        least = view.cues.direction == "least"
        parts.sort(key=lambda row: str(row["part"]))
        parts.sort(key=lambda row: _order(row), reverse=not least)
    if view.cues.nth and view.cues.direction:
        parts = after(parts, view.cues.nth)
    first_only = view.cues.direction is not None and not _is_spread(plan)
    top = with_ties(parts, view.cues.count or 1) if first_only or view.cues.count else parts
    what = {"sum": "sum of", "average": "average", "most": "highest", "least": "lowest"}.get(plan.how, "number of")
    writing = Writing(("top" if plan.measure else "most") if first_only else "group")
    marks = writing.cite(view.citation(query, title))
    writing.say(f"{what.capitalize()} {title} {marks}:")
    for row in top[:_MOST_TOLD]:
        writing.say(f"- **{row['part']}**: {_short(row['value'])}")
    if first_only and len(top) > (view.cues.count or 1):
        writing.say("Some of them have the same value.")
    listed = parts[: max(len(top), RUNNERS_UP)]
    for row in listed if first_only else top:
        writing.values[str(row["part"])] = str(row["value"])
    writing.values |= {
        "value": str(top[0]["value"]),
        "best": str(top[0]["part"]),
        "names": "; ".join(str(row["part"]) for row in top),
    }
    if len(parts) == 2 and view.cues.has("compare", "higher", "growth") and plan.how != "most":
        one, other = (Decimal(str(row["value"])) for row in parts)
        writing.say(f"Difference: {exact(abs(one - other))}.")
        writing.values["difference"] = exact(abs(one - other))
    rows = tuple((row["part"], row["value"]) for row in listed)
    writing.tables.append(
        Table(title, ("part", f"{what} {plan.measure.name if plan.measure else plan.base.name}"), rows)
    )
    if plan.measure is None or plan.measure.type.scalar not in (Scalar.DATE, Scalar.TIMESTAMP):
        writing.chart = bar_chart(
            title, "part", [("", str(row["part"]), Decimal(str(row["value"]))) for row in listed[:20]]
        )
    return writing.reply()


def _short(value: JsonValue) -> str:
    """Averages have no end of digits; the values of the reply keep them."""
    text = str(value)
    return exact(rounded(Decimal(text), 4)) if len(text.partition(".")[2]) > 4 else text


def _order(row: JsonObject) -> tuple[Decimal, str]:
    try:
        return Decimal(str(row["value"])), ""
    except ArithmeticError:
        return Decimal(0), str(row["value"])


def _is_spread(plan: Plan) -> bool:
    """The highest of each: all are wanted."""
    return plan.how in ("most", "least") and isinstance(plan.group, SaidType | SaidProperty) and plan.group.is_by
