"""The registry's tools as MCP has them: every one only reads, and answers with a value and with the same as text."""

import json
from typing import Any, cast

from mcp import types
from mcp.server import ServerRequestContext
from mcp.shared.exceptions import MCPError

from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.registry import TOOLS, tool_named
from knowledger.domain.agents.tools.tool import Tool, UnknownTool
from knowledger.kernel.json import JsonObject
from knowledger.mcp.visit import visit_of
from knowledger.mcp.watching import WATCH_OPERATION, watch_operation

LONGEST_RESULT = 32_000
"""Characters of the value and of the text each: together less than 20,000 tokens."""

_READS = types.ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)


def _as_mcp(tool: Tool[Any]) -> types.Tool:
    return types.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=dict(tool.input_schema),
        annotations=_READS,
    )


DEFINITIONS = [*(_as_mcp(tool) for tool in TOOLS), WATCH_OPERATION]
INPUT_SCHEMAS = {tool.name: tool.input_schema for tool in DEFINITIONS}


async def list_tools(
    context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
) -> types.ListToolsResult:
    return types.ListToolsResult(tools=DEFINITIONS)


async def call_tool(
    context: ServerRequestContext[Any, Any], params: types.CallToolRequestParams
) -> types.CallToolResult:
    """What a tool cannot do is an answer with `is_error`, which a model can read; an unknown tool is a refusal."""
    arguments = cast(JsonObject, params.arguments or {})
    if params.name == WATCH_OPERATION.name:
        return result(await watch_operation(context, arguments))
    try:
        tool = tool_named(params.name)
    except UnknownTool as error:
        raise MCPError(types.INVALID_PARAMS, error.message) from None
    return await visit_of(context).use(lambda tools: result(tool.call(tools, arguments)))


def result(output: ToolOutput) -> types.CallToolResult:
    shown = output.shown(LONGEST_RESULT)
    text = shown.text if not output.failed else json.dumps(shown.value, ensure_ascii=False)
    return types.CallToolResult(
        content=[types.TextContent(text=text)], structured_content=shown.value, is_error=output.failed
    )
