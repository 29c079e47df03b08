"""How many facts the graph holds: of a company, of a figure, of a fiscal year."""

import re

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.formulas import concepts_of
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, suggestions
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Call
from knowledger.domain.agents.tools.kinds import is_data_sets
from knowledger.domain.agents.tools.output import Citation
from knowledger.kernel.json import JsonObject

FACTS = re.compile(r"\b(?:facts?|data ?points?)\b", re.IGNORECASE)


def answer_fact_count(desk: Desk) -> Answering:
    """All that reports tell of the companies, figures and years that are named, parts of the whole too."""
    frame, sets = desk.frame, is_data_sets(desk.setting.schema)
    if frame.times.is_bounded or frame.times.last or any(item.kind != "FY" for item in frame.times.periods):
        return abstain("I count the facts of fiscal years.", suggestions(frame, desk.setting))
    conditions: list[str] = []
    parameters: JsonObject = {}
    if frame.who:
        conditions.append("r.name IN $who" if sets else "f.entity_id IN $who")
        parameters["who"] = [item.id for item in frame.who]
    if frame.metrics:
        conditions.append("f.tag IN $concepts" if sets else "c.name IN $concepts")
        parameters["concepts"] = [*concepts_of(frame.metrics)]
    if years := [item.year for item in frame.times.periods if item.year]:
        conditions.append("date_part('year', f.ddate) IN $years" if sets else "f.fiscal_year IN $years")
        parameters["years"] = [*years]
    matched = "(f:Fact)-[:REPORTED_IN]->(r:Filing)" if sets else "(f:Fact)"
    if frame.metrics and not sets:
        matched = "(f:Fact)-[:HAS_CONCEPT]->(c:Concept)"
    query = f"MATCH {matched} WHERE {' AND '.join(conditions)} RETURN count(f) AS value"
    found = yield Call("run_cypher", {"query": query, "parameters": parameters}, "how many facts there are")
    rows = found.value.get("rows")
    row = rows[0] if isinstance(rows, list) and rows else None
    if found.failed or not isinstance(row, dict):
        return abstain("The graph could not be read.", suggestions(frame, desk.setting))
    named = [*(item.name for item in frame.who), *(item.name for item in frame.metrics), *map(str, frame.times.periods)]
    writing = Writing("count")
    cited = Citation("facts", desk.setting.graph_id, desk.setting.generation_id, "Fact", query=query)
    writing.say(f"There are **{row['value']}** facts of {', '.join(named)} {writing.cite(cited)}.")
    writing.values |= {"value": str(row["value"]), "count": str(row["value"])}
    return writing.reply()
