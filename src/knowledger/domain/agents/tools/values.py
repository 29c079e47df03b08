"""The values that a property takes, most frequent first."""

from dataclasses import dataclass

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.cypher import as_value
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool
from knowledger.domain.graphs.schema import NodeType
from knowledger.kernel.errors import InvalidInput


class UnknownType(InvalidInput):
    """The graph has no such node type or property."""


@dataclass(frozen=True)
class SampleValues:
    node_type: str
    property: str
    contains: str = ""
    limit: int = 20


def sample_values(context: ToolContext, asked: SampleValues) -> ToolOutput:
    node = node_type(context, asked.node_type)
    name = property_name(node, asked.property)
    limit = max(1, min(asked.limit, 200))
    query = (
        f"MATCH (n:`{node.name}`) WHERE n.`{name}` IS NOT NULL AND "
        f"($part = '' OR lower(CAST(n.`{name}` AS STRING)) CONTAINS lower($part)) "
        f"RETURN n.`{name}` AS value, count(*) AS nodes ORDER BY nodes DESC, value LIMIT {limit + 1}"
    )
    rows = context.reading.cypher(query, {"part": asked.contains}, max_rows=limit)
    return ToolOutput(as_value(rows), truncated=rows.truncated)


def node_type(context: ToolContext, name: str) -> NodeType:
    for node in context.schema.nodes:
        if node.name.lower() == name.lower():
            return node
    known = ", ".join(node.name for node in context.schema.nodes)
    raise UnknownType(f"There is no node type {name!r}.", hint=f"Node types: {known}.")


def property_name(node: NodeType, name: str) -> str:
    for item in node.properties:
        if item.name.lower() == name.lower():
            return item.name
    known = ", ".join(item.name for item in node.properties)
    raise UnknownType(f"{node.name} has no property {name!r}.", hint=f"Its properties: {known}.")


SAMPLE_VALUES = Tool(
    name="sample_values",
    title="Sample a property's values",
    description="The values of one property of a node type with how many nodes have each, most frequent first.",
    input=SampleValues,
    run=sample_values,
)
