"""Nodes of one type taken together: by a property, summed, averaged."""

from collections.abc import Sequence
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.rows import ask
from knowledger.domain.agents.semantics.generic.view import Answering, View, suggestions
from knowledger.domain.agents.semantics.wording import Writing, bar_chart, exact
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.graphs.schema import NodeType, Property
from knowledger.kernel.json import JsonObject

_MOST_GROUPS = 200


def answer_groups(
    view: View, node: NodeType, by: Property, numbers: Sequence[Property], condition: str, parameters: JsonObject
) -> Answering:
    if view.cues.has("median") or (view.cues.has("average") and not numbers):
        return abstain("I tell numbers, sums and averages of groups.", suggestions(view.setting.schema))
    if numbers:
        condition = f"{condition} AND" if condition else " WHERE"
        condition += f" n.`{numbers[0].name}` IS NOT NULL"
    measure = f"list_sum(collect(n.`{numbers[0].name}`))" if numbers else "count(*)"
    order = "" if view.cues.direction == "least" else " DESC"
    query = (
        f"MATCH (n:`{node.name}`){condition} RETURN n.`{by.name}` AS part, {measure} AS value, "
        f"count(*) AS nodes ORDER BY value{order}, part LIMIT {_MOST_GROUPS + 1}"
    )
    rows = yield from ask(query, parameters, f"{node.name} by {by.name}")
    if isinstance(rows, Reply):
        return rows
    kept = [row for row in rows if row["part"] is not None and row["value"] is not None]
    is_average = bool(numbers) and view.cues.has("average")
    if is_average and len(rows) > _MOST_GROUPS:  # those with the largest sums; the largest averages may be others
        return abstain(f"There are too many values of {by.name} to average each.", suggestions(view.setting.schema))
    if is_average:
        kept = [{**row, "value": exact(_mean(row))} for row in kept]
        kept.sort(key=lambda row: Decimal(str(row["value"])), reverse=view.cues.direction != "least")
    if not kept:
        return abstain(f"No {node.name} has a {by.name}.", suggestions(view.setting.schema))
    writing = Writing("group")
    marks = writing.cite(view.citation(query, f"{node.name} by {by.name}"))
    what = f"{'average' if is_average else 'sum of'} {numbers[0].name}" if numbers else "number"
    writing.say(f"{what.capitalize()} of {node.name} nodes by {by.name} {marks}:")
    for row in kept[: view.cues.count or 30]:
        writing.say(f"- **{row['part']}**: {row['value']}")
        writing.values[str(row["part"])] = str(row["value"])
    writing.values |= {"value": str(kept[0]["value"]), "best": str(kept[0]["part"])}
    writing.tables.append(
        Table(
            f"{node.name} by {by.name}",
            (by.name, what),
            tuple((row["part"], row["value"]) for row in kept[:_MOST_GROUPS]),
        )
    )
    writing.chart = bar_chart(what, by.name, [("", str(row["part"]), Decimal(str(row["value"]))) for row in kept[:20]])
    return writing.reply()


def _mean(row: JsonObject) -> Decimal:
    return Decimal(str(row["value"])) / int(str(row["nodes"]))


def answer_aggregate(view: View, node: NodeType, item: Property, condition: str, parameters: JsonObject) -> Answering:
    """Summed exactly; the average is that sum over the count."""
    if view.cues.has("median"):
        return abstain("I tell sums and averages, no medians, of nodes.", suggestions(view.setting.schema))
    present = f"{condition} AND" if condition else " WHERE"
    query = (
        f"MATCH (n:`{node.name}`){present} n.`{item.name}` IS NOT NULL RETURN "
        f"list_sum(collect(n.`{item.name}`)) AS total, count(*) AS nodes"
    )
    rows = yield from ask(query, parameters, f"{item.name} of {node.name}")
    if isinstance(rows, Reply):
        return rows
    if not rows or not rows[0]["nodes"]:
        return abstain(f"No {node.name} has a {item.name}.", suggestions(view.setting.schema))
    total, nodes = Decimal(str(rows[0]["total"])), int(str(rows[0]["nodes"]))
    is_average = view.cues.has("average")
    value = total / nodes if is_average else total
    writing = Writing(
        "average" if is_average else "sum",
        formula=f"sum of {item.name} / {nodes}" if is_average else f"sum of {item.name}",
    )
    marks = writing.cite(view.citation(query, f"{item.name} of {node.name}"))
    word = "Average" if is_average else "Sum of"
    writing.say(
        f"{word} {item.name} over {nodes} {node.name} nodes: "
        f"**{exact(value) if not is_average else f'{value:.4f}'}** {marks}."
    )
    writing.values["value"] = exact(value)
    return writing.reply()
