"""From one node to others of its kind over what lies between: the airports that flights from Bergen arrive at."""

import re
from typing import TypeAlias

from knowledger.domain.agents.semantics.generic.paths import is_way, meant_by
from knowledger.domain.agents.semantics.generic.rows import ask, shown_name
from knowledger.domain.agents.semantics.generic.view import Answering, View
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.graphs.schema import GraphSchema, RelationshipType

_REACHED = re.compile(
    r"\b(?:(?:be|get|is|are)\s+)?(?:reach(?:ed|able)?|get to|got to|served)\b"
    r"(?:\s+(?:directly|non[- ]?stop|in one go))?",
    re.IGNORECASE,
)
_GOES = re.compile(r"\b(?:can|could|do|does)\b.*\b(?:fly|go|travel|ship|sail|drive|get)\b", re.IGNORECASE)
Legs: TypeAlias = tuple[str, RelationshipType, RelationshipType]


def legs_between(schema: GraphSchema, type_: str) -> list[Legs]:
    """What leaves one node of a type and arrives at another: its type, and the relationships to both ends."""
    found = []
    for node in schema.nodes:
        ends = [item for item in schema.relationships if (item.from_node, item.to_node) == (node.name, type_)]
        starts = [item for item in ends if meant_by("from") & set(item.name.lower().split("_"))]
        targets = [item for item in ends if meant_by("to") & set(item.name.lower().split("_"))]
        if len(starts) == len(targets) == 1 and starts != targets:
            found.append((node.name, starts[0], targets[0]))
    return found


def reached_from(view: View) -> Legs | None:
    """The legs that a question is about: "which airports can be reached from Bergen"; claims the words for it."""
    if len(view.mentions) != 1 or view.properties or view.values or view.bounds:
        return None
    named = str(view.mentions[0]["type"])
    legs = legs_between(view.setting.schema, named)
    others = {node.name for node in view.nodes} - {named}
    if len(legs) != 1 or named not in {node.name for node in view.nodes} or not _hint(view):
        return None
    goes = bool(others) and others == {legs[0][0]} and bool(_GOES.search(view.question.text))
    said = view.question.take(_REACHED) if not others else goes
    return legs[0] if said and view.times.says_nothing else None


def _hint(view: View) -> str:
    place = int(str(view.mentions[0]["start"])) - 1
    word = view.question.words[place] if place >= 0 else ""
    return word if is_way(word) else ""


def answer_reached(view: View, legs: Legs) -> Answering:
    [mention] = view.mentions
    node = next(item for item in view.setting.schema.nodes if item.name == mention["type"])
    between, start, target = legs
    if meant_by(_hint(view)) == meant_by("to"):
        start, target = target, start
    name, key = shown_name(node), node.key[0]
    query = (
        f"MATCH (a:`{node.name}`)<-[:`{start.name}`]-(:`{between}`)-[:`{target.name}`]->(n:`{node.name}`) "
        f"WHERE a.`{key}` = $id RETURN DISTINCT n.`{key}` AS id, n.`{name}` AS name ORDER BY name, id"
    )
    title = f"{node.name} {target.name} {between} {start.name} {mention['name']}"
    rows = yield from ask(query, {"id": mention["id"]}, title)
    if isinstance(rows, Reply):
        return rows
    writing = Writing("neighbours")
    marks = writing.cite(view.citation(query, title))
    names = [str(row["name"]) for row in rows]
    writing.say(f"**{len(rows)}** {node.name} nodes ({title}) {marks}: {'; '.join(names)}.")
    writing.tables.append(Table(title, ("id", "name"), tuple((row["id"], row["name"]) for row in rows)))
    writing.values |= {"value": str(len(rows)), "count": str(len(rows)), "names": "; ".join(names)}
    return writing.reply()
