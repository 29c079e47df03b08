"""How nodes are related: neighbours, most related among their own kind, the shortest path."""

import re

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.generic.naming import relationship_forms
from knowledger.domain.agents.semantics.generic.nodes import RUNNERS_UP, after, with_ties
from knowledger.domain.agents.semantics.generic.rows import ask, shown_name
from knowledger.domain.agents.semantics.generic.view import Answering, SaidProperty, View, suggestions
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.graphs.schema import NodeType, RelationshipType
from knowledger.kernel.json import JsonObject


def answer_related_alike(view: View, node: NodeType) -> Answering:
    """One type, by how many of its own kind each is related to: who owns the most companies, or is owned by most."""
    ways = [item for item in view.relationships if item.from_node == item.to_node == node.name]
    verb = _verb(view, ways[0]) if len(ways) == 1 == len(view.relationships) else ""
    if not verb or verb.endswith(("er", "ers", "or", "ors")) or view.values or view.bounds or view.times.periods:
        return abstain("I cannot tell which way they are meant to be related.", suggestions(view.setting.schema))
    arrow = f"<-[:`{ways[0].name}`]-" if _is_passive(view, verb) else f"-[:`{ways[0].name}`]->"
    least = view.cues.direction == "least"  # and nobody has less than one that is related to none
    query = (
        f"MATCH (n:`{node.name}`) {'OPTIONAL ' if least else ''}MATCH (n){arrow}(m:`{node.name}`) "
        f"RETURN n.`{node.key[0]}` AS id, n.`{shown_name(node)}` AS name, count(DISTINCT m) AS value "
        f"ORDER BY value{'' if least else ' DESC'}, id LIMIT 200"
    )
    rows = yield from ask(query, {}, f"{node.name} by number of {node.name}")
    if isinstance(rows, Reply):
        return rows
    if not rows:
        return abstain(f"No {node.name} is related to a {node.name}.", suggestions(view.setting.schema))
    rows = after(rows, view.cues.nth) if view.cues.nth else rows
    top = with_ties(rows, view.cues.count or 1)
    writing = Writing("top")
    marks = writing.cite(view.citation(query, f"{node.name} by number of {node.name}"))
    for row in top:
        writing.say(f"- **{row['name']}**: {row['value']} {node.name} nodes {marks}")
    writing.values |= {"value": str(top[0]["value"]), "best": str(top[0]["name"])}
    writing.values["names"] = "; ".join(str(row["name"]) for row in top)
    listed = tuple((row["name"], row["value"]) for row in rows[: max(len(top), RUNNERS_UP)])
    writing.tables.append(Table(f"{node.name} by number of {node.name}", ("name", "number"), listed))
    return writing.reply()


def _verb(view: View, way: RelationshipType) -> str:
    """The question's word for a relationship."""
    named = relationship_forms(way, view.setting.schema)
    return next((word for word in view.question.words if (singular(word),) in named), "")


def _is_passive(view: View, verb: str) -> bool:
    return verb.endswith(("ed", "en", "t")) and bool(re.search(r"\bby\b", view.question.text, re.IGNORECASE))


def answer_neighbours(view: View, node: NodeType, mention: JsonObject) -> Answering:
    ways = [item for item in view.relationships if node.name in (item.from_node, item.to_node)]
    if len(ways) != 1 or view.bounds or view.times.periods or view.values:
        return abstain("I cannot tell which relationship is meant.", suggestions(view.setting.schema))
    way = ways[0]
    outward = way.from_node == node.name
    if way.from_node == way.to_node:
        verb = _verb(view, way)
        before = int(str(mention["start"])) < (view.question.words.index(verb) if verb else 0)
        outward = before != _is_passive(view, verb)
    other = next(item for item in view.setting.schema.nodes if item.name == (way.to_node if outward else way.from_node))
    name = shown_name(other)
    arrow = f"-[:`{way.name}`]->" if outward else f"<-[:`{way.name}`]-"
    query = (
        f"MATCH (n:`{node.name}`){arrow}(m:`{other.name}`) WHERE n.`{node.key[0]}` = $id RETURN "
        f"m.`{other.key[0]}` AS id, m.`{name}` AS name ORDER BY name, id LIMIT 201"
    )
    rows = yield from ask(query, {"id": mention["id"]}, f"{way.name} of {mention['name']}")
    if isinstance(rows, Reply):
        return rows
    writing = Writing("neighbours")
    marks = writing.cite(view.citation(query, f"{way.name} of {mention['name']}"))
    arrowed = f"{mention['name']} {way.name}" if outward else f"{way.name} {mention['name']}"
    writing.say(
        f"**{len(rows)}** {other.name} nodes ({arrowed}) {marks}: "
        + "; ".join(str(row["name"]) for row in rows[:50])
        + "."
    )
    writing.values |= {"count": str(len(rows)), "names": "; ".join(str(row["name"]) for row in rows)}
    writing.values["value"] = str(len(rows)) if view.cues.has("count") else writing.values["names"]
    return writing.reply()


def of_both(view: View) -> SaidProperty | None:
    """The property of the relationship between the two that are named: since when somebody works there."""
    types = {str(row["type"]) for row in view.mentions}
    found = [
        SaidProperty(item, each, 0, 0)
        for item in view.setting.schema.relationships
        for each in item.properties
        if {item.from_node, item.to_node} == types
        and (any(said.item == each for said in view.properties) or each.name in view.question.words)
    ]
    return found[0] if len(found) == 1 and not view.types else None


def answer_between(view: View, said: SaidProperty) -> Answering:
    keys = {node.name: node.key[0] for node in view.setting.schema.nodes}
    one, other = view.mentions
    query = (
        f"MATCH (a:`{one['type']}`)-[r:`{said.owner.name}`]-(b:`{other['type']}`) "
        f"WHERE a.`{keys[str(one['type'])]}` = $one AND b.`{keys[str(other['type'])]}` = $other "
        f"RETURN r.`{said.item.name}` AS value ORDER BY value"
    )
    title = f"{said.item.name} of {one['name']} and {other['name']}"
    rows = yield from ask(query, {"one": one["id"], "other": other["id"]}, title)
    if isinstance(rows, Reply):
        return rows
    if not rows or rows[0]["value"] is None:
        told = f"{one['name']} and {other['name']} are not related by {said.owner.name}."
        return abstain(told, suggestions(view.setting.schema))
    writing = Writing("attribute")
    marks = writing.cite(view.citation(query, title))
    told = "; ".join(str(row["value"]) for row in rows)
    writing.say(f"{title}: **{told}** {marks}")
    writing.values |= {"value": str(rows[0]["value"]), said.item.name: told}
    return writing.reply()


def answer_path(view: View) -> Answering:
    one, other = view.mentions
    keys = {node.name: node.key[0] for node in view.setting.schema.nodes}
    query = (
        f"MATCH p = (a:`{one['type']}`)-[* SHORTEST 1..6]-(b:`{other['type']}`) WHERE "
        f"a.`{keys[str(one['type'])]}` = $one "
        f"AND b.`{keys[str(other['type'])]}` = $other RETURN length(p) AS steps, p AS path LIMIT 1"
    )
    rows = yield from ask(query, {"one": one["id"], "other": other["id"]}, "the shortest way between them")
    if isinstance(rows, Reply):
        return rows
    writing = Writing("path")
    marks = writing.cite(view.citation(query, f"path from {one['name']} to {other['name']}"))
    if not rows:
        writing.say(f"{one['name']} and {other['name']} are **not connected** within six steps {marks}.")
        writing.values |= {"value": "none", "answer": "no"}
        return writing.reply()
    path = rows[0]["path"]
    nodes = path.get("_nodes") if isinstance(path, dict) else None
    found = [item for item in nodes if isinstance(item, dict)] if isinstance(nodes, list) else []
    named = {node.name: shown_name(node) for node in view.setting.schema.nodes}
    told = [str(item.get(named.get(str(item.get("_label")), "name")) or item.get("_label")) for item in found]
    writing.say(
        f"{one['name']} and {other['name']} are **{rows[0]['steps']} steps** apart: {' – '.join(told)} {marks}."
    )
    writing.values |= {"value": str(rows[0]["steps"]), "answer": "yes", "names": "; ".join(told)}
    writing.values["between"] = "; ".join(told[1:-1])
    return writing.reply()
