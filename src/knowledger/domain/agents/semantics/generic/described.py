"""What a graph holds: its types, their properties, how they are related, and how much of each there is."""

import re

from knowledger.domain.agents.semantics.abstain import unknown_words
from knowledger.domain.agents.semantics.generic.paths import ways
from knowledger.domain.agents.semantics.generic.rows import ask
from knowledger.domain.agents.semantics.generic.view import Answering, View, suggestions
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.domain.graphs.schema import NodeType

OF_SCHEMA = re.compile(
    r"\b(?:(?:types?|kinds?) of (?:nodes?|entit\w+|relationships?)|(?:node|entity|relationship|edge) types?|edges)\b",
    re.IGNORECASE,
)
_WAYS = re.compile(r"\b(?:relationships?|edges?|connect\w*|linked|related|link|relations?)\b", re.IGNORECASE)
_WEIGHTLESS = word_set(
    """
    directly direct hold holds each stored contained exist exists kind kinds type types node nodes edge edges
    relationship relationships linked connected of via related relate
    """
)


def is_of_schema(view: View) -> bool:
    """Whether types themselves are asked about: how two are related, of which kind there is how much."""
    text = view.question.text
    if OF_SCHEMA.search(text):
        return True
    is_how = view.question.words[:1] == ["how"] and bool(_WAYS.search(text))
    return (
        len(view.nodes) == 2
        and (view.cues.has("path") or is_how)
        and not (view.properties or view.values or view.cues.has("count"))
    )


def describe(view: View) -> Answering:
    schema = view.setting.schema
    if unknown := [word for word in view.question.left if word not in _WEIGHTLESS]:
        return unknown_words(unknown, suggestions(schema))
    writing = Writing("schema")
    about_ways = bool(_WAYS.search(view.question.text))
    if view.properties and view.cues.has("define"):
        for said in view.properties[:3]:
            item = said.item
            writing.say(f"**{said.owner.name}.{item.name}** ({item.type}): {item.description or 'no description'}")
    elif len(view.nodes) == 2 and about_ways:
        _say_way(view, writing, *view.nodes)
    elif view.nodes:
        for node in view.nodes:
            _say_type(view, writing, node, about_ways=about_ways)
    else:
        return (yield from _whole(view, writing, about_ways=about_ways))
    return writing.reply()


def _say_way(view: View, writing: Writing, one: NodeType, other: NodeType) -> None:
    found = ways(view.setting.schema, one.name, other.name)
    if not found:
        writing.say(f"{one.name} and {other.name} are not related within three steps.")
    for way in found:
        told = f"({one.name})"
        for item, type_ in way.steps:
            told += f"-[{item.name}]-({type_})"
        writing.say(told)
    steps = [item for way in found for item in way.steps]
    writing.values |= {
        "names": "; ".join(dict.fromkeys(item.name for item, _ in steps)),
        "between": "; ".join(dict.fromkeys(type_ for _, type_ in steps if type_ != other.name)),
        "value": str(len(found[0].steps)) if found else "none",
    }


def _say_type(view: View, writing: Writing, node: NodeType, *, about_ways: bool) -> None:
    writing.say(f"**{node.name}**: {node.description or 'no description'}. Key: {', '.join(node.key)}.")
    rows = tuple((item.name, str(item.type), item.description) for item in node.properties)
    writing.tables.append(Table(node.name, ("property", "type", "description"), rows))
    related = [item for item in view.setting.schema.relationships if node.name in (item.from_node, item.to_node)]
    if not about_ways:
        writing.say("Properties: " + ", ".join(f"{item.name} ({item.type})" for item in node.properties) + ".")
    writing.say(
        "Relationships: " + ", ".join(f"({item.from_node})-[{item.name}]->({item.to_node})" for item in related) + "."
    )
    neighbours = [item.to_node if item.from_node == node.name else item.from_node for item in related]
    names = [item.name for item in (related if about_ways else node.properties)]
    writing.values |= {
        "count": str(len(names)),
        "names": "; ".join(names),
        "types": "; ".join(dict.fromkeys(neighbours)),
    }


def _whole(view: View, writing: Writing, *, about_ways: bool) -> Answering:
    schema = view.setting.schema
    writing.say(
        f"{schema.description or 'This graph'}: {len(schema.nodes)} node types and "
        f"{len(schema.relationships)} relationship types."
    )
    writing.say("Node types: " + ", ".join(node.name for node in schema.nodes) + ".")
    writing.say("Relationship types: " + ", ".join(item.name for item in schema.relationships) + ".")
    rows = tuple((node.name, node.description, ", ".join(node.key)) for node in schema.nodes)
    writing.tables.append(Table("Node types", ("type", "description", "key"), rows))
    names = [item.name for item in (schema.relationships if about_ways else schema.nodes)]
    writing.values |= {"count": str(len(names)), "value": str(len(names)), "names": "; ".join(names)}
    if view.cues.has("count") and "each" in view.question.words:
        query = "MATCH (n) RETURN label(n) AS type, count(*) AS nodes ORDER BY nodes DESC, type"
        counted = yield from ask(query, {}, "how much of each type")
        if isinstance(counted, Reply):
            return counted
        marks = writing.cite(view.citation(query, "nodes by type"))
        for row in counted:
            writing.say(f"- **{row['type']}**: {row['nodes']} {marks}")
            writing.values[str(row["type"])] = str(row["nodes"])
        if counted:
            writing.values |= {"best": str(counted[0]["type"])}
    return writing.reply()
