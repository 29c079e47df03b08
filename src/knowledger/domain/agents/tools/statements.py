"""A company's statement for a period, as the report itself arranges it."""

from dataclasses import dataclass
from typing import Literal

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.cypher import as_value
from knowledger.domain.agents.tools.facts import NoReports
from knowledger.domain.agents.tools.kinds import is_data_sets, is_reporting
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool
from knowledger.kernel.json import JsonObject

Statement = Literal["balance_sheet", "income_statement", "cash_flow", "equity", "comprehensive_income"]
_MOST_LINES = 500
_REPORTING = """
    MATCH (r:Report) WHERE r.entity_id = $entity AND r.fiscal_year = $year AND r.fiscal_period = $period
    WITH r ORDER BY r.filed_on DESC LIMIT 1
    MATCH (r)-[:HAS_STRUCTURE]->(s:Structure)-[line:PRESENTS]->(c:Concept)<-[:HAS_CONCEPT]-(f:Fact),
          (f)-[:HAS_PERIOD]->(p:Period)
    WHERE s.statement_kind = $statement AND s.structure_kind = 'statement' AND f.report_id = r.report_id
      AND (f.dimension_set_id IS NULL OR f.dimension_set_id = '') AND f.numeric_value IS NOT NULL
    RETURN s.name AS statement, line.place AS place, line.depth AS depth, coalesce(line.label, c.label, c.name) AS line,
           c.concept_id AS concept, f.numeric_value AS value, f.unit_id AS unit, p.start_date AS start,
           p.end_date AS end, f.fact_id AS fact_id, r.report_id AS accession, r.form AS form, r.filed_on AS filed,
           line.label_role AS label_role
    ORDER BY statement, place, end DESC, start
"""
_DATA_SETS = """
    MATCH (r:Filing) WHERE r.name = $entity AND r.fy = $year AND r.fp = $period
    WITH r ORDER BY r.filed DESC LIMIT 1
    MATCH (r)-[line:PRESENTS]->(t:Tag)<-[:OF_TAG]-(f:Fact)
    WHERE line.stmt = $statement AND f.adsh = r.adsh AND f.segments = '' AND f.coreg = '' AND f.value IS NOT NULL
    RETURN line.stmt AS statement, line.line AS place, 0 AS depth, line.plabel AS line, t.tag AS concept,
           f.value AS value, f.uom AS unit, f.qtrs AS quarters, f.ddate AS end,
           concat(f.adsh, ' ', f.tag, ' ', CAST(f.ddate AS STRING), ' ', CAST(f.qtrs AS STRING)) AS fact_id,
           r.adsh AS accession, r.form AS form, r.filed AS filed
    ORDER BY statement, place, end DESC, quarters
"""
_SHORT = {
    "balance_sheet": "BS",
    "income_statement": "IS",
    "cash_flow": "CF",
    "equity": "EQ",
    "comprehensive_income": "CI",
}


@dataclass(frozen=True)
class FinancialStatement:
    entity: str
    statement: Statement
    fiscal_year: int
    fiscal_period: str = "FY"


def financial_statement(context: ToolContext, asked: FinancialStatement) -> ToolOutput:
    parameters: JsonObject = {"entity": asked.entity, "year": asked.fiscal_year, "period": asked.fiscal_period}
    if is_reporting(context.schema):
        query, kind = _REPORTING, str(asked.statement)
    elif is_data_sets(context.schema):
        query, kind = _DATA_SETS, _SHORT[asked.statement]
    else:
        raise NoReports
    rows = context.reading.cypher(query, {**parameters, "statement": kind}, max_rows=_MOST_LINES)
    return ToolOutput(as_value(rows), truncated=rows.truncated)


FINANCIAL_STATEMENT = Tool(
    name="financial_statement",
    title="Financial statement",
    description=(
        "The lines of a company's balance sheet, income statement or cash flow as its report for a fiscal year and "
        "period (FY, Q1 … Q3) shows them, with fact ids. `entity` is an id from find_entity."
    ),
    input=FinancialStatement,
    run=financial_statement,
)
