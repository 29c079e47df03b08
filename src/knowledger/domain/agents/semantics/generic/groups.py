"""Rows of one type taken together: by a property, by what they are related to, by year, quarter or month."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.grouping import MOST_GROUPS, grouping
from knowledger.domain.agents.semantics.generic.nodes import RUNNERS_UP, after, with_ties
from knowledger.domain.agents.semantics.generic.plan import Plan
from knowledger.domain.agents.semantics.generic.rows import ask, decimal_of
from knowledger.domain.agents.semantics.generic.view import Answering, SaidProperty, SaidType, View, suggestions
from knowledger.domain.agents.semantics.wording import Writing, bar_chart, exact, rounded
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.graphs.property_types import Scalar
from knowledger.kernel.json import JsonObject, JsonValue

_MOST_TOLD = 30


def answer_groups(view: View, plan: Plan, condition: str, parameters: JsonObject) -> Answering:
    written = grouping(view, plan, condition)
    if isinstance(written, Reply):
        return written
    query, title = written
    rows = yield from ask(query, parameters, title)
    if isinstance(rows, Reply):
        return rows
    if len(rows) > MOST_GROUPS:
        return abstain(f"There are too many of them to tell {title}.", suggestions(view.setting.schema))
    parts = _parts(plan, rows)
    if view.cues.bounds and plan.how == "count" and not view.direction:
        parts = [row for row in parts if row["value"] is not None]
    if not parts:
        return abstain("There is nothing like that in this graph.", suggestions(view.setting.schema))
    if plan.how == "average" and plan.measure is None:
        return _average_of_counts(view, plan, query, parts)
    return _told(view, plan, query, title, parts)


def _parts(plan: Plan, rows: list[JsonObject]) -> list[JsonObject]:
    """Rows with a `part` and a `value`; what is told by time is summed by its steps."""
    if not isinstance(plan.group, str):
        kept = [row for row in rows if row["part"] is not None and row["value"] is not None]
        if plan.how == "average" and plan.measure is not None:
            return [{**row, "value": exact(decimal_of(row["value"]) / int(str(row["nodes"])))} for row in kept]
        return [
            {**row, "value": exact(decimal_of(row["value"])) if plan.measure and plan.how == "sum" else row["value"]}
            for row in kept
        ]
    totals: dict[str, tuple[Decimal, int]] = {}
    for row in rows:
        year, month = int(str(row["year"])), int(str(row["month"]))
        name = {"year": f"{year}", "quarter": f"Q{(month - 1) // 3 + 1} {year}"}.get(plan.group, f"{year}-{month:02}")
        total, nodes = totals.get(name, (Decimal(0), 0))
        totals[name] = (total + decimal_of(row["value"]), nodes + int(str(row["nodes"])))
    averaged = plan.how == "average" and plan.measure is not None
    return [
        {"part": name, "value": exact(total / nodes if averaged else total), "nodes": nodes}
        for name, (total, nodes) in totals.items()
    ]


def _average_of_counts(view: View, plan: Plan, query: str, parts: list[JsonObject]) -> Reply:
    total = sum((decimal_of(row["value"]) for row in parts), Decimal(0))
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
        one, other = (decimal_of(row["value"]) for row in parts)
        writing.say(f"Difference: {exact(abs(one - other))}.")
        writing.values["difference"] = exact(abs(one - other))
    rows = tuple((row["part"], row["value"]) for row in listed)
    writing.tables.append(
        Table(title, ("part", f"{what} {plan.measure.name if plan.measure else plan.base.name}"), rows)
    )
    if plan.measure is None or plan.measure.type.scalar not in (Scalar.DATE, Scalar.TIMESTAMP):
        writing.chart = bar_chart(
            title, "part", [("", str(row["part"]), decimal_of(row["value"])) for row in listed[:20]]
        )
    return writing.reply()


def _short(value: JsonValue) -> str:
    """Averages have no end of digits; the values of the reply keep them."""
    text = str(value)
    return exact(rounded(Decimal(text), 4)) if len(text.partition(".")[2]) > 4 else text


def _order(row: JsonObject) -> tuple[Decimal, str]:
    try:
        return decimal_of(row["value"]), ""
    except ArithmeticError:
        return Decimal(0), str(row["value"])


def _is_spread(plan: Plan) -> bool:
    """The highest of each: all are wanted."""
    return plan.how in ("most", "least") and isinstance(plan.group, SaidType | SaidProperty) and plan.group.is_by
