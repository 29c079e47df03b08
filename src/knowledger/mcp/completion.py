"""What can stand in a prompt's or a template's place, as it is typed."""

from typing import Any, get_args

from mcp import types
from mcp.server import ServerRequestContext

from knowledger.domain.agents.tools.beginnings import companies_beginning
from knowledger.domain.agents.tools.statements import Statement
from knowledger.mcp.visit import visit_of

_MOST = 20


async def complete(
    context: ServerRequestContext[Any, Any], params: types.CompleteRequestParams
) -> types.CompleteResult:
    """Kinds of statements, and companies of this graph: by id for a template's `entity`, by name for a prompt."""
    typed = params.argument.value
    match params.argument.name:
        case "statement":
            return _result([kind for kind in get_args(Statement) if kind.startswith(typed.lower().replace(" ", "_"))])
        case "entity" | "company" as name:
            found = await visit_of(context).use(lambda tools: companies_beginning(tools, typed, _MOST + 1))
            return _result([company.id if name == "entity" else company.name for company in found])
    return _result([])


def _result(values: list[str]) -> types.CompleteResult:
    return types.CompleteResult(completion=types.Completion(values=values[:_MOST], has_more=len(values) > _MOST))
