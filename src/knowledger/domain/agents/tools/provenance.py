"""Where a fact comes from: its filing, document, place, and what became of its value later."""

from dataclasses import dataclass

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.cypher import as_value
from knowledger.domain.agents.tools.facts import fact_source
from knowledger.domain.agents.tools.figures import cited, figures
from knowledger.domain.agents.tools.kinds import is_reporting
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool
from knowledger.kernel.errors import NotFound
from knowledger.kernel.json import JsonValue

_RESTATED = """
    MATCH (later:Fact)-[:RESTATES]->(earlier:Fact) WHERE later.fact_id = $fact_id OR earlier.fact_id = $fact_id
    RETURN later.fact_id AS later_fact_id, later.report_id AS later_report, later.value AS later_value,
           earlier.fact_id AS earlier_fact_id, earlier.report_id AS earlier_report, earlier.value AS earlier_value
"""


class FactNotFound(NotFound):
    """The graph has no such fact."""

    hint = "fact_id stands in the rows of find_fact queries and of financial_statement."


@dataclass(frozen=True)
class FactProvenance:
    fact_id: str


def fact_provenance(context: ToolContext, asked: FactProvenance) -> ToolOutput:
    source = fact_source(context)
    parameters: dict[str, JsonValue] = {"fact_id": asked.fact_id}
    rows = context.reading.cypher(source.query(source.by_id), parameters, max_rows=5)
    if not rows.rows:
        raise FactNotFound
    value = as_value(rows)
    if is_reporting(context.schema):
        value["restatements"] = as_value(context.reading.cypher(_RESTATED, parameters, max_rows=20))["rows"]
    found = figures(value["rows"])
    citations = tuple(cited(item, item.concept, context.graph_id, context.generation_id) for item in found)
    return ToolOutput(value, citations=citations)


FACT_PROVENANCE = Tool(
    name="fact_provenance",
    title="Where a fact comes from",
    description="A fact's filing, concept, period, unit, place in the document, and restatements.",
    input=FactProvenance,
    run=fact_provenance,
)
