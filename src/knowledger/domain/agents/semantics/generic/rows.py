"""Rows of the graph, and what a node is called in them."""

from collections.abc import Generator
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.steps import Call, Reply
from knowledger.domain.agents.tools.entities import name_property
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.graphs.schema import NodeType
from knowledger.kernel.json import JsonObject, JsonValue


def ask(
    query: str, parameters: JsonObject, why: str, most: int = 1000
) -> Generator[Call, ToolOutput, list[JsonObject] | Reply]:
    found = yield Call("run_cypher", {"query": query, "parameters": parameters, "max_rows": most}, why)
    rows = found.value.get("rows")
    if found.failed or not isinstance(rows, list):
        return abstain(f"The graph could not be asked: {found.value.get('message')}")
    return [row for row in rows if isinstance(row, dict)]


def decimal_of(value: JsonValue) -> Decimal:
    """A number as the graph has it; of a double the digits that its sums are sure of."""
    return Decimal(f"{value:.15g}") if isinstance(value, float) else Decimal(str(value))


def shown_name(node: NodeType) -> str:
    own = [item.name for item in node.properties]
    return name_property(node) or ("description" if "description" in own else node.key[0])
