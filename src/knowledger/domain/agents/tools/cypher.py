"""Read-only Cypher, mended once where it is another dialect's."""

from dataclasses import dataclass, field

from knowledger.domain.agents.tools.context import Rows, ToolContext
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.rewriting import rewritten
from knowledger.domain.agents.tools.tool import Tool
from knowledger.domain.graphs.reading import QueryError, StatementNotAllowed
from knowledger.kernel.json import JsonObject, JsonValue

MOST_ROWS = 5_000


@dataclass(frozen=True)
class RunCypher:
    query: str
    parameters: JsonObject = field(default_factory=dict)
    max_rows: int = 200


def run_cypher(context: ToolContext, asked: RunCypher) -> ToolOutput:
    """What is refused as it stands is compiled said the one other way, before that is run."""
    try:
        rows = _run(context, asked, asked.query)
    except (QueryError, StatementNotAllowed) as refused:
        query = _said_otherwise(context, asked, refused)
        rows = _run(context, asked, query)
        return ToolOutput({**as_value(rows), "rewritten_query": query}, truncated=rows.truncated)
    return ToolOutput(as_value(rows), truncated=rows.truncated)


def as_value(rows: Rows) -> JsonObject:
    listed: list[JsonValue] = [dict(row) for row in rows.rows]
    return {"columns": list(rows.columns), "rows": listed, "row_count": len(rows.rows), "truncated": rows.truncated}


def _run(context: ToolContext, asked: RunCypher, query: str) -> Rows:
    return context.reading.cypher(query, asked.parameters, max_rows=max(1, min(asked.max_rows, MOST_ROWS)))


def _said_otherwise(context: ToolContext, asked: RunCypher, refused: QueryError | StatementNotAllowed) -> str:
    """The other query, if it compiles. Else raises what the first one was refused with."""
    other = rewritten(asked.query, f"{refused.message} {refused.hint or ''}")
    if other == asked.query:
        raise refused
    try:
        context.reading.cypher(f"EXPLAIN {other}", asked.parameters, max_rows=1)
    except (QueryError, StatementNotAllowed):
        raise refused from None
    return other


RUN_CYPHER = Tool(
    name="run_cypher",
    title="Run read-only Cypher",
    description=(
        "Run one read-only Cypher statement (LadybugDB) on the graph: MATCH … RETURN. Paths must be bounded (*1..3). "
        "Hand values over as parameters ($name). Sum decimals exactly with list_sum(collect(x)). Call get_schema first."
    ),
    input=RunCypher,
    run=run_cypher,
)
