"""The filings of a company."""

import re

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, suggestions
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Call, Table
from knowledger.domain.agents.tools.kinds import is_data_sets
from knowledger.kernel.json import JsonObject

_FORM = re.compile(r"\b(10-?k|10-?q|8-?k|20-?f|annual reports?|quarterly reports?)s?(/a)?s?\b", re.IGNORECASE)


def answer_filings(desk: Desk) -> Answering:
    who = desk.frame.who[0]
    if len(desk.frame.who) > 1:
        return abstain("One company's filings at a time, please.")
    sets = is_data_sets(desk.setting.schema)
    node, owner, year, filed, key = (
        ("Filing", "name", "fy", "filed", "adsh")
        if sets
        else ("Report", "entity_id", "fiscal_year", "filed_on", "report_id")
    )
    fiscal = "fp" if sets else "fiscal_period"
    conditions = [f"r.{owner} = $id"]
    parameters: JsonObject = {"id": who.id}
    if match := _FORM.search(desk.frame.question.text):
        form = match[1].lower().replace("-", "")
        parameters["form"] = {"10k": "10-K", "10q": "10-Q", "8k": "8-K", "20f": "20-F"}.get(
            form, "10-K" if form.startswith("annual") else "10-Q"
        )
        if match[2]:
            parameters["form"] = f"{parameters['form']}/A"
        conditions.append("r.form STARTS WITH $form")
    periods = [item for item in desk.frame.times.periods if item.year and item.kind not in ("day", "month")]
    if periods:
        parameters["years"] = [*{item.year for item in periods}]
        conditions.append(f"r.{year} IN $years")
    if quarters := [item.kind for item in periods if item.kind.startswith("Q")]:
        parameters["quarters"] = [*{"FY" if kind == "Q4" else kind for kind in quarters}]
        conditions.append(f"r.{fiscal} IN $quarters")
    query = (
        f"MATCH (r:{node}) WHERE {' AND '.join(conditions)} RETURN r.{key} AS accession, r.form AS "
        f"form, r.{filed} AS filed, "
        f"r.{year} AS fiscal_year, r.{fiscal} AS fiscal_period ORDER BY filed DESC, accession"
    )
    found = yield Call(
        "run_cypher", {"query": query, "parameters": parameters, "max_rows": 1000}, f"filings of {who.name}"
    )
    rows = found.value.get("rows")
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if found.failed or not listed or found.truncated:
        return abstain(f"The graph has no such filing of {who.name}.", suggestions(desk.frame, desk.setting))
    writing = Writing("filings")
    newest = listed[0]
    writing.say(
        f"{who.name} has **{len(listed)}** such filing{'s' if len(listed) > 1 else ''} here; the "
        f"newest is {newest['form']} {newest['accession']}, filed on {str(newest['filed'])[:10]}."
    )
    columns = ("accession", "form", "filed", "fiscal_year", "fiscal_period")
    writing.tables.append(
        Table(
            f"Filings of {who.name}",
            columns,
            tuple(tuple(row[name] for name in columns) for row in listed[:100]),
            len(listed) > 100,
        )
    )
    writing.values |= {
        "count": str(len(listed)),
        "filed": str(newest["filed"])[:10],
        "accession": str(newest["accession"]),
    }
    words, text = desk.frame.words, desk.frame.question.text.lower()
    named = "accession" if "accession" in words else "filed" if desk.frame.cues.has("when") else "count"
    if "filing" in words and "form" in text:
        named = "form"
    writing.values["form"] = str(newest["form"])
    writing.values["value"] = writing.values[named]
    return writing.reply()
