"""Facts of companies' reports, asked in one way of the graphs that hold them in several."""

from dataclasses import dataclass

from knowledger.domain.agents.tools.context import Rows, ToolContext
from knowledger.domain.agents.tools.kinds import is_data_sets, is_reporting
from knowledger.kernel.errors import InvalidInput
from knowledger.kernel.json import JsonObject, JsonValue

MOST_FACTS = 5_000


class NoReports(InvalidInput):
    """This graph holds no facts of reports."""

    hint = "get_schema says what it holds; run_cypher asks it."


@dataclass(frozen=True)
class FactSource:
    """How a kind of graph tells facts. All queries give the columns of `Figure` (see `semantics.figures`)."""

    facts: str
    dimensions: tuple[str, str]
    """How the parts that a fact belongs to are found, and what tells them."""
    whole: str
    parts: str
    concept: str
    entity: str
    year: str
    by_id: str
    prefixes: tuple[str, ...]

    def query(self, condition: str, *, parts: bool = True) -> str:
        """Without `parts` the facts must be of the whole: what part they are of is not looked for then."""
        match, label = self.dimensions if parts or not self.dimensions[0] else ("", "NULL")
        return self.facts.format(where=condition, dimensions=match, label=label)


_REPORTING = FactSource(
    facts="""
        MATCH (r:Report)-[:HAS_FACT]->(f:Fact)-[:HAS_PERIOD]->(p:Period)
        WHERE {where} AND f.numeric_value IS NOT NULL
        {dimensions}
        OPTIONAL MATCH (f)-[:HAS_UNIT]->(u:Unit)
        RETURN f.fact_id AS fact_id, f.entity_id AS entity, f.concept_id AS concept, f.numeric_value AS value,
               coalesce(u.currency, u.name, f.unit_id) AS unit, p.start_date AS first_day, p.end_date AS last_day,
               p.days AS days, f.fiscal_year AS fiscal_year, f.fiscal_period AS fiscal_period, r.report_id AS accession,
               r.form AS form, r.filed_on AS filed, {label} AS dimensions, f.document AS document,
               f.anchor AS anchor, f.decimals AS decimals
    """,
    dimensions=("OPTIONAL MATCH (f)-[:HAS_DIMENSION_SET]->(d:DimensionSet)", "d.label"),
    whole="(f.dimension_set_id IS NULL OR f.dimension_set_id = '')",
    parts="f.dimension_set_id <> ''",
    concept="f.concept_id IN $concepts",
    entity="f.entity_id IN $entities",
    year="f.fiscal_year IN $years",
    by_id="f.fact_id = $fact_id",
    prefixes=("us-gaap:", "ifrs-full:", "dei:", "srt:"),
)
_DATA_SETS = FactSource(
    facts="""
        MATCH (f:Fact)-[:REPORTED_IN]->(r:Filing)
        WHERE {where} AND f.value IS NOT NULL
        RETURN concat(f.adsh, ' ', f.tag, ' ', CAST(f.ddate AS STRING), ' ', CAST(f.qtrs AS STRING)) AS fact_id,
               r.name AS entity, f.tag AS concept, f.value AS value, f.uom AS unit, NULL AS first_day,
               f.ddate AS last_day, f.qtrs AS quarters, r.fye AS year_end, r.fy AS filing_year, r.period AS filing_end,
               r.adsh AS accession, r.form AS form, r.filed AS filed,
               {label} AS dimensions, NULL AS document, NULL AS anchor, NULL AS decimals
    """,
    dimensions=("", "f.segments"),
    whole="f.segments = '' AND f.coreg = ''",
    parts="f.segments <> '' AND f.coreg = ''",
    concept="f.tag IN $concepts",
    entity="r.name IN $entities",
    year="date_part('year', f.ddate) IN $years",
    by_id="concat(f.adsh, ' ', f.tag, ' ', CAST(f.ddate AS STRING), ' ', CAST(f.qtrs AS STRING)) = $fact_id",
    prefixes=("",),
)


def fact_source(context: ToolContext) -> FactSource:
    if is_reporting(context.schema):
        return _REPORTING
    if is_data_sets(context.schema):
        return _DATA_SETS
    raise NoReports


def facts_of(
    context: ToolContext,
    concepts: list[str],
    entities: list[str],
    years: list[int],
    *,
    parts: bool = False,
    max_rows: int = MOST_FACTS,
) -> Rows:
    """The facts of these concepts (names without prefix), entities (none: all), and years around (none: all)."""
    source = fact_source(context)
    wanted = [name if ":" in name else prefix + name for name in concepts for prefix in source.prefixes]
    parameters: JsonObject = {"concepts": [*wanted]}
    conditions = [source.concept, source.parts if parts else source.whole]
    if entities:
        conditions.append(source.entity)
        parameters["entities"] = [*entities]
    if years:
        conditions.append(source.year)
        near: list[JsonValue] = [*sorted({other for year in years for other in (year - 1, year, year + 1)})]
        parameters["years"] = near
    query = source.query(" AND ".join(conditions), parts=parts)
    return context.reading.cypher(query, parameters, max_rows=max_rows)
