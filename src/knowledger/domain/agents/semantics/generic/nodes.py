"""Nodes of one type: how many, which, and the first of them by a property."""

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.rows import ask, shown_name
from knowledger.domain.agents.semantics.generic.view import Answering, View, suggestions
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.graphs.schema import NodeType, Property
from knowledger.kernel.json import JsonObject


def answer_count(view: View, node: NodeType, condition: str, parameters: JsonObject) -> Answering:
    query = f"MATCH (n:`{node.name}`){condition} RETURN count(*) AS nodes"
    rows = yield from ask(query, parameters, f"count of {node.name}")
    if isinstance(rows, Reply):
        return rows
    writing = Writing("count")
    marks = writing.cite(view.citation(query, f"count of {node.name}"))
    told = "".join(f", {item.name} = {value}" for item, value in view.filters) + "".join(
        f", {bound}" for bound in view.cues.bounds
    )
    writing.say(f"There are **{rows[0]['nodes']}** {node.name} nodes{told} {marks}.")
    writing.values["value"] = str(rows[0]["nodes"])
    return writing.reply()


def answer_list(view: View, node: NodeType, condition: str, parameters: JsonObject) -> Answering:
    name = shown_name(node)
    query = (
        f"MATCH (n:`{node.name}`){condition} RETURN n.`{node.key[0]}` AS id, n.`{name}` AS name "
        f"ORDER BY name, id LIMIT 201"
    )
    rows = yield from ask(query, parameters, f"list of {node.name}")
    if isinstance(rows, Reply):
        return rows
    writing = Writing("list")
    marks = writing.cite(view.citation(query, f"list of {node.name}"))
    many = "more than 200" if len(rows) > 200 else str(len(rows))
    writing.say(
        f"**{many}** {node.name} nodes {marks}: "
        + "; ".join(str(row["name"]) for row in rows[:50])
        + ("…" if len(rows) > 50 else ".")
    )
    writing.tables.append(
        Table(node.name, ("id", "name"), tuple((row["id"], row["name"]) for row in rows[:200]), len(rows) > 200)
    )
    writing.values |= {
        "value": str(len(rows)),
        "count": str(len(rows)),
        "names": "; ".join(str(row["name"]) for row in rows[:200]),
    }
    return writing.reply()


def answer_top(view: View, node: NodeType, by: Property, condition: str, parameters: JsonObject) -> Answering:
    count = view.cues.count or 1
    name = shown_name(node)
    text = view.question.text.lower()
    least = view.cues.direction == "least" or "oldest" in text
    present = f"{condition} AND" if condition else " WHERE"
    query = (
        f"MATCH (n:`{node.name}`){present} n.`{by.name}` IS NOT NULL RETURN n.`{node.key[0]}` AS id, "
        f"n.`{name}` AS name, "
        f"n.`{by.name}` AS value ORDER BY value{'' if least else ' DESC'}, id LIMIT {min(count, 200)}"
    )
    rows = yield from ask(query, parameters, f"{node.name} by {by.name}")
    if isinstance(rows, Reply):
        return rows
    if not rows:
        return abstain(f"No {node.name} has a {by.name}.", suggestions(view.setting.schema))
    writing = Writing("top")
    marks = writing.cite(view.citation(query, f"{node.name} by {by.name}"))
    for number, row in enumerate(rows, 1):
        writing.say(f"{number}. **{row['name']}**: {by.name} {row['value']} {marks}")
    writing.values |= {
        "value": str(rows[0]["value"]),
        "best": str(rows[0]["name"]),
        "names": "; ".join(str(row["name"]) for row in rows),
    }
    writing.tables.append(
        Table(
            f"{node.name} by {by.name}",
            ("id", "name", by.name),
            tuple((row["id"], row["name"], row["value"]) for row in rows),
        )
    )
    return writing.reply()
