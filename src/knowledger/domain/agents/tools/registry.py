"""The tools there are: the same for the analyst, for models and for MCP."""

from typing import Any

from knowledger.domain.agents.tools.concepts import FIND_CONCEPT
from knowledger.domain.agents.tools.cypher import RUN_CYPHER
from knowledger.domain.agents.tools.entities import FIND_ENTITY
from knowledger.domain.agents.tools.find_facts import FIND_FACTS
from knowledger.domain.agents.tools.operations import LIST_OPERATIONS
from knowledger.domain.agents.tools.provenance import FACT_PROVENANCE
from knowledger.domain.agents.tools.schema import GET_SCHEMA
from knowledger.domain.agents.tools.staging import QUERY_STAGING
from knowledger.domain.agents.tools.statements import FINANCIAL_STATEMENT
from knowledger.domain.agents.tools.tool import Tool, UnknownTool
from knowledger.domain.agents.tools.values import SAMPLE_VALUES

TOOLS: tuple[Tool[Any], ...] = (
    GET_SCHEMA,
    RUN_CYPHER,
    SAMPLE_VALUES,
    FIND_ENTITY,
    FIND_CONCEPT,
    FIND_FACTS,
    FINANCIAL_STATEMENT,
    FACT_PROVENANCE,
    QUERY_STAGING,
    LIST_OPERATIONS,
)


def tool_named(name: str) -> Tool[Any]:
    for tool in TOOLS:
        if tool.name == name:
            return tool
    raise UnknownTool(f"There is no tool {name!r}.", hint=f"Tools: {', '.join(tool.name for tool in TOOLS)}.")
