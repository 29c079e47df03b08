"""A company's statement for a period, as the report itself arranges it."""

from dataclasses import dataclass
from typing import Literal

from knowledger.domain.agents.tools.context import Rows, ToolContext
from knowledger.domain.agents.tools.cypher import as_value
from knowledger.domain.agents.tools.facts import NoReports
from knowledger.domain.agents.tools.kinds import is_data_sets, is_reporting
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool
from knowledger.kernel.errors import NotFound
from knowledger.kernel.json import JsonObject

Statement = Literal["balance_sheet", "income_statement", "cash_flow", "equity", "comprehensive_income"]
_MOST_LINES = 500
_MOST_FACTS = 5_000


@dataclass(frozen=True)
class _Source:
    """How a kind of graph is asked for the newest report of a period, the lines it presents, and its facts."""

    report: str
    lines: str
    facts: str


_REPORTING = _Source(
    report="""
        MATCH (r:Report) WHERE r.entity_id = $entity AND r.fiscal_year = $year AND r.fiscal_period = $period
        RETURN r.report_id AS accession, r.form AS form, r.filed_on AS filed ORDER BY filed DESC LIMIT 1
    """,
    lines="""
        MATCH (r:Report)-[:HAS_STRUCTURE]->(s:Structure)-[line:PRESENTS]->(c:Concept)
        WHERE r.report_id = $accession AND s.statement_kind = $statement AND s.structure_kind = 'statement'
        RETURN s.name AS statement, line.place AS place, line.depth AS depth,
               coalesce(line.label, c.label, c.name) AS line, c.concept_id AS concept, line.label_role AS label_role
        ORDER BY statement, place
    """,
    facts="""
        MATCH (f:Fact)-[:HAS_PERIOD]->(p:Period)
        WHERE f.report_id = $accession AND (f.dimension_set_id IS NULL OR f.dimension_set_id = '')
          AND f.numeric_value IS NOT NULL
        RETURN f.concept_id AS concept, f.numeric_value AS value, f.unit_id AS unit, p.start_date AS first_day,
               p.end_date AS last_day, f.fact_id AS fact_id, f.fiscal_year AS fiscal_year,
               f.fiscal_period AS fiscal_period
        ORDER BY last_day DESC, first_day, fact_id
    """,
)
_DATA_SETS = _Source(
    report="""
        MATCH (r:Filing) WHERE r.name = $entity AND r.fy = $year AND r.fp = $period
        RETURN r.adsh AS accession, r.form AS form, r.filed AS filed ORDER BY filed DESC LIMIT 1
    """,
    lines="""
        MATCH (r:Filing)-[line:PRESENTS]->(t:Tag) WHERE r.adsh = $accession AND line.stmt = $statement
        RETURN CAST(line.report AS STRING) AS statement, line.line AS place, 0 AS depth, line.plabel AS line,
               t.tag AS concept, '' AS label_role
        ORDER BY line.report, place
    """,
    facts="""
        MATCH (f:Fact) WHERE f.adsh = $accession AND f.segments = '' AND f.coreg = '' AND f.value IS NOT NULL
        RETURN f.tag AS concept, f.value AS value, f.uom AS unit, f.qtrs AS quarters, f.ddate AS last_day,
               concat(f.adsh, ' ', f.tag, ' ', CAST(f.ddate AS STRING), ' ', CAST(f.qtrs AS STRING)) AS fact_id
        ORDER BY last_day DESC, quarters, fact_id
    """,
)
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


class StatementNotFound(NotFound):
    """The graph has no such statement of this company for that period."""

    hint = "Look for the company's id with find_entity, and for its reports with run_cypher."


def financial_statement(context: ToolContext, asked: FinancialStatement) -> ToolOutput:
    """One row for each line and fact; the lines of the first structure of that kind."""
    source, kind = _source(context, asked.statement)
    wanted: JsonObject = {"entity": asked.entity, "year": asked.fiscal_year, "period": asked.fiscal_period}
    reports = context.reading.cypher(source.report, wanted, max_rows=1).rows
    if not reports:
        raise StatementNotFound
    report = reports[0]
    one: JsonObject = {"accession": report["accession"]}
    lines = context.reading.cypher(source.lines, {**one, "statement": kind}, max_rows=_MOST_LINES)
    facts = context.reading.cypher(source.facts, one, max_rows=_MOST_FACTS)
    shown = [line for line in lines.rows if line["statement"] == lines.rows[0]["statement"]]
    rows = [{**line, **fact, **report} for line in shown for fact in facts.rows if fact["concept"] == line["concept"]]
    if not rows:
        raise StatementNotFound
    columns = tuple(rows[0])
    truncated = lines.truncated or facts.truncated
    return ToolOutput(as_value(Rows(columns, tuple(rows), truncated)), truncated=truncated)


def _source(context: ToolContext, statement: Statement) -> tuple[_Source, str]:
    if is_reporting(context.schema):
        return _REPORTING, statement
    if is_data_sets(context.schema):
        return _DATA_SETS, _SHORT[statement]
    raise NoReports


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
