"""The graph's schema, cut down to what a question is about."""

import re
from dataclasses import dataclass

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool
from knowledger.domain.graphs.schema import GraphSchema, NodeType, RelationshipType
from knowledger.kernel.json import JsonObject, JsonValue

_WORD = re.compile(r"[A-Za-z0-9]+")
_SMALL = 12
"""A schema with no more types than this is shown whole."""


@dataclass(frozen=True)
class GetSchema:
    about: str = ""


def get_schema(context: ToolContext, asked: GetSchema) -> ToolOutput:
    schema = context.schema
    nodes = _relevant(schema, asked.about) if asked.about and len(schema.nodes) > _SMALL else schema.nodes
    names = {node.name for node in nodes}
    ways = [item for item in schema.relationships if {item.from_node, item.to_node} <= names]
    told_nodes: list[JsonValue] = [_node(node) for node in nodes]
    told_ways: list[JsonValue] = [_relationship(item) for item in ways]
    left_out: list[JsonValue] = [node.name for node in schema.nodes if node.name not in names]
    value: JsonObject = {"name": schema.name, "description": schema.description, "nodes": told_nodes}
    value |= {"relationships": told_ways} | ({"other_node_types": left_out} if left_out else {})
    return ToolOutput(value)


def words_of(text: str) -> frozenset[str]:
    """The words of a text or a name, in lower case and without a plural's s: LineItems → line, item."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    return frozenset(word.lower().rstrip("s") for word in _WORD.findall(split))


def _relevant(schema: GraphSchema, about: str) -> tuple[NodeType, ...]:
    """The types that share words with the question, and those that they are directly related to."""
    wanted = words_of(about)
    scores = {node.name: _score(node, wanted) for node in schema.nodes}
    best = {name for name, score in scores.items() if score > 0}
    near = {
        other
        for item in schema.relationships
        for one, other in ((item.from_node, item.to_node), (item.to_node, item.from_node))
        if one in best
    }
    return tuple(node for node in schema.nodes if node.name in best | near) or schema.nodes


def _score(node: NodeType, wanted: frozenset[str]) -> int:
    own = len(words_of(node.name) & wanted) * 3 + len(words_of(node.description) & wanted)
    return own + sum(len(words_of(item.name) & wanted) for item in node.properties)


def _node(node: NodeType) -> JsonObject:
    properties: JsonObject = {
        item.name: f"{item.type} {item.description}".strip() + (" (key)" if item.name in node.key else "")
        for item in node.properties
    }
    return {"name": node.name, "description": node.description, "properties": properties}


def _relationship(item: RelationshipType) -> JsonObject:
    told: JsonObject = {"pattern": f"(:{item.from_node})-[:{item.name}]->(:{item.to_node})"}
    if item.description:
        told["description"] = item.description
    if item.properties:
        told["properties"] = {each.name: str(each.type) for each in item.properties}
    return told


GET_SCHEMA = Tool(
    name="get_schema",
    title="Get the graph's schema",
    description=(
        "Node types, their properties and the relationships between them. `about`: the question, to get only the part "
        "of a large schema that it is about."
    ),
    input=GetSchema,
    run=get_schema,
)
