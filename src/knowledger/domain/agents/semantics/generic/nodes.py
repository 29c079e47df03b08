"""Rows of one type: how many, which, the first of them by a property, their sums and averages."""

from collections.abc import Generator
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.conditions import matched
from knowledger.domain.agents.semantics.generic.naming import main_days
from knowledger.domain.agents.semantics.generic.plan import Plan
from knowledger.domain.agents.semantics.generic.rows import ask, decimal_of, shown_name
from knowledger.domain.agents.semantics.generic.view import Answering, Owner, View, suggestions
from knowledger.domain.agents.semantics.generic.when import asked_days
from knowledger.domain.agents.semantics.wording import Writing, exact, rounded
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.graphs.schema import NodeType
from knowledger.kernel.json import JsonObject

_MOST_LISTED = 200
RUNNERS_UP = 5
"""How many a table shows where the first is asked for."""


def answer_count(view: View, plan: Plan, condition: str, parameters: JsonObject) -> Answering:
    counted = f"count(DISTINCT n.`{plan.each.name}`)" if plan.each else "count(*)"
    query = f"{matched(plan.base)}{condition} RETURN {counted} AS nodes"
    rows = yield from ask(query, parameters, f"count of {plan.base.name}")
    if isinstance(rows, Reply):
        return rows
    found = int(str(rows[0]["nodes"]))
    if not found and (problem := (yield from outside(view, plan))):
        return problem
    writing = Writing("count")
    marks = writing.cite(view.citation(query, f"count of {plan.base.name}"))
    told = _conditions_told(view)
    if not plan.is_share:
        what = "companies" if plan.each else f"{plan.base.name} nodes"
        writing.say(f"There are **{found}** {what}{told} {marks}.")
        writing.values["value"] = str(found)
        return writing.reply()
    every = yield from ask(f"{matched(plan.base)} RETURN {counted} AS nodes", {}, f"count of all {plan.base.name}")
    if isinstance(every, Reply):
        return every
    whole = int(str(every[0]["nodes"]))
    if not condition or not whole:
        return abstain(f"A share of {plan.base.name} with what?", suggestions(view.setting.schema))
    share = Decimal(found) / whole * 100
    writing.say(f"**{rounded(share)}%** of {plan.base.name} nodes{told}: {found} of {whole} {marks}.")
    writing.formula = f"{found} / {whole}"
    writing.values |= {"value": exact(share), "part": str(found), "total": str(whole)}
    return writing.reply()


def outside(view: View, plan: Plan) -> Generator[Call, ToolOutput, Reply | None]:
    """Nothing in a time that the graph knows nothing of is no nought."""
    days = None if view.times.says_nothing else asked_days(view.times, view.setting.today)
    own = main_days(plan.base)
    if days is None or len(own) != 1:
        return None
    day = f"CAST(n.`{own[0].name}` AS DATE)"
    query = f"{matched(plan.base)} RETURN min({day}) AS first, max({day}) AS last"
    rows = yield from ask(query, {}, f"the days of {plan.base.name}")
    if isinstance(rows, Reply) or not rows or rows[0]["first"] is None:
        return None
    first, last = str(rows[0]["first"])[:10], str(rows[0]["last"])[:10]
    if (days[1] is not None and str(days[1]) < first) or (days[0] is not None and str(days[0]) > last):
        return abstain(f"{plan.base.name} nodes go from {first} to {last}.", suggestions(view.setting.schema))
    return None


def answer_distinct(view: View, plan: Plan, condition: str, parameters: JsonObject) -> Answering:
    """The different values of a property."""
    assert plan.measure is not None
    name = plan.measure.name
    value = f"n.`{name}`"
    opened = f"UNWIND {value} AS value WITH value" if plan.measure.type.is_list else f"WITH {value} AS value"
    query = f"{matched(plan.base)}{condition} {opened} WHERE value IS NOT NULL RETURN DISTINCT value ORDER BY value"
    rows = yield from ask(query, parameters, f"{name} of {plan.base.name}")
    if isinstance(rows, Reply):
        return rows
    listed = [str(row["value"]) for row in rows]
    writing = Writing("count" if view.cues.has("count") else "list")
    marks = writing.cite(view.citation(query, f"{name} of {plan.base.name}"))
    writing.say(f"**{len(listed)}** different {name} of {plan.base.name} nodes {marks}: {_joined(listed)}")
    writing.tables.append(Table(f"{name} of {plan.base.name}", (name,), tuple((item,) for item in listed)))
    writing.values |= {"value": str(len(listed)), "count": str(len(listed)), "names": "; ".join(listed)}
    return writing.reply()


def answer_list(view: View, plan: Plan, condition: str, parameters: JsonObject) -> Answering:
    name, key = _named(plan.base)
    columns = [item.name for item in plan.shown if item.name not in (name, key)]
    more = "".join(f", n.`{column}` AS `{column}`" for column in columns)
    query = (
        f"{matched(plan.base)}{condition} RETURN n.`{key}` AS id, n.`{name}` AS name{more} "
        f"ORDER BY name, id LIMIT {_MOST_LISTED + 1}"
    )
    rows = yield from ask(query, parameters, f"list of {plan.base.name}")
    if isinstance(rows, Reply):
        return rows
    if not rows and (problem := (yield from outside(view, plan))):
        return problem
    writing = Writing("list")
    marks = writing.cite(view.citation(query, f"list of {plan.base.name}"))
    many = f"more than {_MOST_LISTED}" if len(rows) > _MOST_LISTED else str(len(rows))
    if plan.each:
        rows = list({str(row["name"]): row for row in rows}.values())
        many = many if len(rows) > _MOST_LISTED else str(len(rows))
    listed = [", ".join(str(row[column]) for column in ("name", *columns)) for row in rows[:_MOST_LISTED]]
    writing.say(f"**{many}** {plan.base.name} nodes{_conditions_told(view)} {marks}: {_joined(listed)}")
    shown = tuple(tuple(row[column] for column in ("id", "name", *columns)) for row in rows[:_MOST_LISTED])
    writing.tables.append(Table(plan.base.name, ("id", "name", *columns), shown, len(rows) > _MOST_LISTED))
    writing.values |= {
        "value": str(len(rows)),
        "count": str(len(rows)),
        "names": "; ".join(str(row["name"]) for row in rows[:_MOST_LISTED]),
    }
    if columns and rows:
        writing.values[columns[0]] = "; ".join(dict.fromkeys(str(row[columns[0]]) for row in rows[:_MOST_LISTED]))
        if len(rows) == 1:
            writing.values["value"] = str(rows[0][columns[0]])
    return writing.reply()


def answer_top(view: View, plan: Plan, condition: str, parameters: JsonObject) -> Answering:
    """The first of them, those that are as good, and in the table who comes next."""
    assert plan.measure is not None
    by, (name, key) = plan.measure.name, _named(plan.base)
    wanted = view.cues.count or 1
    least = view.cues.direction == "least"
    present = f"{condition} AND" if condition else " WHERE"
    told = f"n.`{name}`" if isinstance(plan.base, NodeType) else _ends(view, plan.base)
    id_ = f"n.`{key}`" if isinstance(plan.base, NodeType) else told
    query = (
        f"{matched(plan.base)}{present} n.`{by}` IS NOT NULL RETURN {id_} AS id, {told} AS name, "
        f"n.`{by}` AS value ORDER BY value{'' if least else ' DESC'}, id LIMIT {_MOST_LISTED}"
    )
    rows = yield from ask(query, parameters, f"{plan.base.name} by {by}")
    if isinstance(rows, Reply):
        return rows
    if not rows:
        return abstain(f"No such {plan.base.name} has a {by}.", suggestions(view.setting.schema))
    if view.cues.nth:
        rows = after(rows, view.cues.nth)
    shown = with_ties(rows, wanted)
    writing = Writing("top")
    marks = writing.cite(view.citation(query, f"{plan.base.name} by {by}"))
    for number, row in enumerate(shown, 1):
        writing.say(f"{number}. **{row['name']}**: {by} {row['value']} {marks}")
    if len(shown) > wanted:
        writing.say(f"{len(shown) - wanted + 1} of them have the same {by}.")
    writing.values |= {
        "value": str(rows[0]["value"]),
        "best": str(rows[0]["name"]),
        "names": "; ".join(str(row["name"]) for row in shown),
    }
    listed = rows[: max(len(shown), RUNNERS_UP)]
    table = tuple((row["id"], row["name"], row["value"]) for row in listed)
    writing.tables.append(Table(f"{plan.base.name} by {by}", ("id", "name", by), table))
    return writing.reply()


def with_ties(rows: list[JsonObject], wanted: int) -> list[JsonObject]:
    """The first rows, and those behind them with the same value as the last."""
    if len(rows) <= wanted:
        return rows
    return [*rows[:wanted], *(row for row in rows[wanted:] if row["value"] == rows[wanted - 1]["value"])]


def after(rows: list[JsonObject], place: int) -> list[JsonObject]:
    """From the second (third …) on."""
    return rows[place - 1 :] or rows[-1:]


def answer_aggregate(view: View, plan: Plan, condition: str, parameters: JsonObject) -> Answering:
    """Summed exactly; the average is that sum over the count."""
    assert plan.measure is not None
    name = plan.measure.name
    present = f"{condition} AND" if condition else " WHERE"
    query = (
        f"{matched(plan.base)}{present} n.`{name}` IS NOT NULL RETURN list_sum(collect(n.`{name}`)) AS total, "
        f"count(*) AS nodes"
    )
    rows = yield from ask(query, parameters, f"{name} of {plan.base.name}")
    if isinstance(rows, Reply):
        return rows
    if not rows or not rows[0]["nodes"]:
        return abstain(f"No such {plan.base.name} has a {name}.", suggestions(view.setting.schema))
    total, nodes = decimal_of(rows[0]["total"]), int(str(rows[0]["nodes"]))
    if plan.is_share:
        return (yield from _share_of_sum(view, plan, query, total))
    if plan.how == "median":
        middle = yield from _median(
            view, plan, f"{matched(plan.base)}{present} n.`{name}` IS NOT NULL", parameters, nodes
        )
        if isinstance(middle, Reply):
            return middle
        value = middle
    else:
        value = total / nodes if plan.how == "average" else total
    word = {"average": "Average", "median": "Median"}.get(plan.how, "Sum of")
    formula = {"average": f"sum of {name} / {nodes}", "median": f"middle of {nodes} {name}"}.get(
        plan.how, f"sum of {name}"
    )
    writing = Writing(plan.how, formula=formula)
    marks = writing.cite(view.citation(query, f"{name} of {plan.base.name}"))
    shown = f"{value:.4f}" if plan.how == "average" else exact(value)
    writing.say(f"{word} {name} over {nodes} {plan.base.name} nodes{_conditions_told(view)}: **{shown}** {marks}.")
    writing.values["value"] = exact(value)
    return writing.reply()


def _share_of_sum(view: View, plan: Plan, query: str, part: Decimal) -> Answering:
    assert plan.measure is not None
    name = plan.measure.name
    every = f"{matched(plan.base)} WHERE n.`{name}` IS NOT NULL RETURN list_sum(collect(n.`{name}`)) AS total"
    rows = yield from ask(every, {}, f"{name} of all {plan.base.name}")
    if isinstance(rows, Reply):
        return rows
    whole = decimal_of(rows[0]["total"] or 0)
    if not whole or not _conditions_told(view):
        return abstain(f"A share of {name} of which {plan.base.name}?", suggestions(view.setting.schema))
    writing = Writing("share", formula=f"{exact(part)} / {exact(whole)}")
    marks = writing.cite(view.citation(query, f"{name} of {plan.base.name}"))
    told = f"{name}{_conditions_told(view)}: {exact(part)} of {exact(whole)}"
    writing.say(f"**{rounded(part / whole * 100)}%** of {told} {marks}.")
    writing.values |= {"value": exact(part / whole * 100), "part": exact(part), "total": exact(whole)}
    return writing.reply()


def answer_ratio(view: View, plan: Plan, condition: str, parameters: JsonObject) -> Answering:
    """One number for each of another: their sums, where both are known."""
    assert plan.measure is not None
    assert plan.over is not None
    one, other = plan.measure.name, plan.over.name
    present = f"{condition} AND" if condition else " WHERE"
    query = (
        f"{matched(plan.base)}{present} n.`{one}` IS NOT NULL AND n.`{other}` IS NOT NULL "
        f"RETURN list_sum(collect(n.`{one}`)) AS total, list_sum(collect(n.`{other}`)) AS whole"
    )
    rows = yield from ask(query, parameters, f"{one} per {other}")
    if isinstance(rows, Reply):
        return rows
    if not rows or not rows[0]["whole"] or not decimal_of(rows[0]["whole"]):
        return abstain(f"There is no {other} to measure {one} against.", suggestions(view.setting.schema))
    value = decimal_of(rows[0]["total"]) / decimal_of(rows[0]["whole"])
    writing = Writing("ratio", formula=f"sum of {one} / sum of {other}")
    marks = writing.cite(view.citation(query, f"{one} per {other}"))
    writing.say(f"{one} per {other}{_conditions_told(view)}: **{value:.4f}** {marks}. Formula: {writing.formula}.")
    writing.values["value"] = exact(value)
    return writing.reply()


def _median(
    view: View, plan: Plan, matching: str, parameters: JsonObject, nodes: int
) -> Generator[Call, ToolOutput, Decimal | Reply]:
    assert plan.measure is not None
    name = plan.measure.name
    taken = 1 if nodes % 2 else 2
    query = f"{matching} RETURN n.`{name}` AS value ORDER BY value SKIP {(nodes - 1) // 2} LIMIT {taken}"
    rows = yield from ask(query, parameters, f"the middle of {name}")
    if isinstance(rows, Reply):
        return rows
    return sum((decimal_of(row["value"]) for row in rows), Decimal(0)) / len(rows)


def _named(base: Owner) -> tuple[str, str]:
    if isinstance(base, NodeType):
        return shown_name(base), base.key[0]
    first = base.properties[0].name
    return first, first


def _ends(view: View, base: Owner) -> str:
    """What a relationship is called: its ends."""
    assert not isinstance(base, NodeType)
    by_name = {node.name: node for node in view.setting.schema.nodes}
    one, other = (shown_name(by_name[item]) for item in (base.from_node, base.to_node))
    return f"CAST(a.`{one}` AS STRING) + ' – ' + CAST(b.`{other}` AS STRING)"


def _conditions_told(view: View) -> str:
    values = [
        f"{item.item.name} {'≠' if item.is_not else '='} {'none' if item.value is None else item.value}"
        for item in view.values
    ]
    named = [str(row["name"]) for row in view.mentions]
    told = [*values, *(str(item.bound) for item in view.bounds), *named, *(str(item) for item in view.times.periods)]
    return f" ({', '.join(told)})" if told else ""


def _joined(listed: list[str]) -> str:
    return "; ".join(listed[:50]) + ("…" if len(listed) > 50 else ".")
