"""What a client can read without a tool: the graph's schema, and the statements that companies reported."""

import json
import re
from collections.abc import Callable
from typing import Any, get_args
from urllib.parse import unquote

from mcp import types
from mcp.server import ServerRequestContext
from mcp.shared.exceptions import MCPError
from mcp.types.version import MODERN_PROTOCOL_VERSIONS

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.kinds import is_data_sets, is_reporting
from knowledger.domain.agents.tools.registry import tool_named
from knowledger.domain.agents.tools.statements import FINANCIAL_STATEMENT, Statement
from knowledger.kernel.errors import NotFound
from knowledger.kernel.json import JsonObject
from knowledger.mcp.tools import LONGEST_RESULT
from knowledger.mcp.visit import Visit, visit_of

_JSON = "application/json"
_NOT_FOUND = -32002  # the code before 2026-07-28, which calls such an address invalid
_URI = re.compile(r"knowledger://graphs/(?P<graph>[^/]+)/(?P<rest>.+)")
_STATEMENT = re.compile(r"statements/(?P<entity>[^/]+)/(?P<statement>[^/]+)/(?P<year>\d{4})(?:/(?P<period>[^/]+))?")


class ResourceNotFound(NotFound):
    """There is no such resource."""


async def list_resources(
    context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
) -> types.ListResourcesResult:
    return types.ListResourcesResult(
        resources=[
            types.Resource(
                uri=_schema_uri(visit_of(context)),
                name="schema",
                title="The graph's schema",
                description="Node types with their properties, and the relationships between them.",
                mime_type=_JSON,
            )
        ]
    )


async def list_templates(
    context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
) -> types.ListResourceTemplatesResult:
    visit = visit_of(context)
    if not await visit.use(lambda tools: is_reporting(tools.schema) or is_data_sets(tools.schema)):
        return types.ListResourceTemplatesResult(resource_templates=[])
    kinds = ", ".join(get_args(Statement))
    return types.ListResourceTemplatesResult(
        resource_templates=[
            types.ResourceTemplate(
                uri_template=f"knowledger://graphs/{visit.graph_id}/statements/{{entity}}/{{statement}}/{{year}}",
                name="statement",
                title="A company's statement for a fiscal year",
                description=f"As the report arranges it. `statement`: {kinds}. `entity`: an id that find_entity gives.",
                mime_type=_JSON,
            )
        ]
    )


async def read_resource(
    context: ServerRequestContext[Any, Any], params: types.ReadResourceRequestParams
) -> types.ReadResourceResult:
    visit = visit_of(context)
    try:
        body = await visit.use(_reader(visit, params.uri))
    except NotFound as error:
        code = types.INVALID_PARAMS if context.protocol_version in MODERN_PROTOCOL_VERSIONS else _NOT_FOUND
        raise MCPError(code, error.message, {"uri": params.uri}) from None
    text = json.dumps(body, ensure_ascii=False)
    return types.ReadResourceResult(contents=[types.TextResourceContents(uri=params.uri, mime_type=_JSON, text=text)])


def _schema_uri(visit: Visit) -> str:
    return f"knowledger://graphs/{visit.graph_id}/schema"


def _reader(visit: Visit, uri: str) -> Callable[[ToolContext], JsonObject]:
    """Another graph's resources are not there, whoever may read it elsewhere."""
    found = _URI.fullmatch(uri)
    if found is None or found["graph"] != visit.graph_id:
        raise ResourceNotFound(f"There is no resource {uri}.")
    if found["rest"] == "schema":
        return lambda tools: tool_named("get_schema").call(tools, {}).within(LONGEST_RESULT)
    statement = _STATEMENT.fullmatch(found["rest"])
    if statement is None:
        raise ResourceNotFound(f"There is no resource {uri}.")
    arguments: JsonObject = {
        "entity": unquote(statement["entity"]),
        "statement": statement["statement"],
        "fiscal_year": int(statement["year"]),
        "fiscal_period": statement["period"] or "FY",
    }

    def read(tools: ToolContext) -> JsonObject:
        output = FINANCIAL_STATEMENT.call(tools, arguments)
        if output.failed:
            raise ResourceNotFound(str(output.value["message"]))
        return output.within(LONGEST_RESULT)

    return read
