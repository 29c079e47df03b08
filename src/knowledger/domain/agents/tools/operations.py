"""What is being done to the graph, and what was."""

from dataclasses import dataclass

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool


@dataclass(frozen=True)
class ListOperations:
    limit: int = 10


def list_operations(context: ToolContext, asked: ListOperations) -> ToolOutput:
    return ToolOutput({"rows": [*context.reading.operations(max(1, min(asked.limit, 100)))]})


LIST_OPERATIONS = Tool(
    name="list_operations",
    title="List operations",
    description="The graph's newest operations (stagings, materializations, backups …) with status and progress.",
    input=ListOperations,
    run=list_operations,
)
