"""SQL over the rows that were staged, before they became a graph."""

from dataclasses import dataclass, field

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.cypher import MOST_ROWS, as_value
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool
from knowledger.kernel.json import JsonValue


@dataclass(frozen=True)
class QueryStaging:
    sql: str
    parameters: list[JsonValue] = field(default_factory=list)
    max_rows: int = 200


def query_staging(context: ToolContext, asked: QueryStaging) -> ToolOutput:
    rows = context.reading.sql(asked.sql, asked.parameters, max_rows=max(1, min(asked.max_rows, MOST_ROWS)))
    return ToolOutput(as_value(rows), truncated=rows.truncated)


QUERY_STAGING = Tool(
    name="query_staging",
    title="Query staging tables",
    description=(
        "One SELECT (DuckDB) over the graph's staging tables, named as its node and relationship types. Each row has "
        "_file_id and _row, the file it came from. Parameters by position ($1)."
    ),
    input=QueryStaging,
    run=query_staging,
)
