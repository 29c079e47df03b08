"""Ways to begin that a client can offer its user."""

from dataclasses import dataclass
from typing import Any

from mcp import types
from mcp.server import ServerRequestContext
from mcp.shared.exceptions import MCPError

_CITE = "Cite the source of every figure: accession number, concept and period, or file and row."


@dataclass(frozen=True)
class _Prompt:
    """`arguments`: name → what it is; every one is required."""

    title: str
    description: str
    arguments: dict[str, str]
    text: str


_PROMPTS = {
    "answer": _Prompt(
        "Answer a question",
        "Answer a question from the graph, every figure with its source.",
        {"question": "The question, in plain words"},
        "Answer from this graph alone: {question}\nRead the schema first, compute with run_cypher. " + _CITE,
    ),
    "statement": _Prompt(
        "Show a financial statement",
        "A company's statement over several years, as reported.",
        {"company": "Name, ticker or CIK", "statement": "income statement, balance sheet or cash flow"},
        "Show the {statement} of {company} for the last five fiscal years in the graph, side by side, as reported. "
        "Find the company with find_entity, then use financial_statement. " + _CITE,
    ),
    "reconcile": _Prompt(
        "Check the books",
        "Whether the figures of a period add up, and where not.",
        {"period": "A month, quarter or year"},
        "Check whether the figures for {period} add up: debits against credits, or totals against their parts. "
        "Name each difference with its amount and where it stands. " + _CITE,
    ),
}


async def list_prompts(
    context: ServerRequestContext[Any, Any], params: types.PaginatedRequestParams | None
) -> types.ListPromptsResult:
    return types.ListPromptsResult(
        prompts=[
            types.Prompt(
                name=name,
                title=prompt.title,
                description=prompt.description,
                arguments=[
                    types.PromptArgument(name=each, description=about, required=True)
                    for each, about in prompt.arguments.items()
                ],
            )
            for name, prompt in _PROMPTS.items()
        ]
    )


async def get_prompt(
    context: ServerRequestContext[Any, Any], params: types.GetPromptRequestParams
) -> types.GetPromptResult:
    prompt = _PROMPTS.get(params.name)
    if prompt is None:
        raise MCPError(types.INVALID_PARAMS, f"There is no prompt {params.name!r}; there are {', '.join(_PROMPTS)}.")
    given = params.arguments or {}
    missing = [name for name in prompt.arguments if not given.get(name)]
    if missing:
        raise MCPError(types.INVALID_PARAMS, f"The prompt {params.name} needs {', '.join(missing)}.")
    text = prompt.text.format(**{name: given[name] for name in prompt.arguments})
    return types.GetPromptResult(
        description=prompt.description,
        messages=[types.PromptMessage(role="user", content=types.TextContent(text=text))],
    )
