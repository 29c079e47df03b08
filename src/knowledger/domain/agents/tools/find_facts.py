"""The figures of some concepts, of some companies, in some years."""

from dataclasses import dataclass, field

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.cypher import as_value
from knowledger.domain.agents.tools.facts import MOST_FACTS, facts_of
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool


@dataclass(frozen=True)
class FindFacts:
    """`by_part`: by segment, region or another axis, instead of the whole."""

    concepts: list[str]
    entities: list[str] = field(default_factory=list)
    fiscal_years: list[int] = field(default_factory=list)
    by_part: bool = False
    max_rows: int = 500


def find_facts(context: ToolContext, asked: FindFacts) -> ToolOutput:
    most = max(1, min(asked.max_rows, MOST_FACTS))
    rows = facts_of(context, asked.concepts, asked.entities, asked.fiscal_years, parts=asked.by_part, max_rows=most)
    return ToolOutput(as_value(rows), truncated=rows.truncated)


FIND_FACTS = Tool(
    name="find_facts",
    title="Find facts",
    description=(
        "Reported figures of concepts (Revenues, us-gaap:Assets …) for entity ids, in and around fiscal years, with "
        "period, unit, filing and place. Empty lists mean all. by_part: by segment, region … instead of the whole."
    ),
    input=FindFacts,
    run=find_facts,
)
