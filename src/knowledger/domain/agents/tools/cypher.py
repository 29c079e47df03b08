"""Read-only Cypher, compiled before it runs, mended once where it is another dialect's."""

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
    query = _compiled(context, asked)
    rows = context.reading.cypher(query, asked.parameters, max_rows=max(1, min(asked.max_rows, MOST_ROWS)))
    value = as_value(rows)
    if query != asked.query:
        value["rewritten_query"] = query
    return ToolOutput(value, truncated=rows.truncated)


def as_value(rows: Rows) -> JsonObject:
    listed: list[JsonValue] = [dict(row) for row in rows.rows]
    return {"columns": list(rows.columns), "rows": listed, "row_count": len(rows.rows), "truncated": rows.truncated}


def _compiled(context: ToolContext, asked: RunCypher) -> str:
    """The query, or the one other way of saying it that compiles. Raises what the first one was refused with."""
    try:
        _compile(context, asked.query, asked.parameters)
    except (QueryError, StatementNotAllowed) as refused:
        other = rewritten(asked.query, f"{refused.message} {refused.hint or ''}")
        if other == asked.query:
            raise
        try:
            _compile(context, other, asked.parameters)
        except (QueryError, StatementNotAllowed):
            raise refused from None
        return other
    return asked.query


def _compile(context: ToolContext, query: str, parameters: JsonObject) -> None:
    first = query.lstrip().split(None, 1)[0].upper() if query.strip() else ""
    explained = query if first in ("EXPLAIN", "PROFILE", "CALL") else f"EXPLAIN {query}"
    context.reading.cypher(explained, parameters, max_rows=1)


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
