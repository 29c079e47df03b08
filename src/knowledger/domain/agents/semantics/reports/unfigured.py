"""Questions about reports that name no figure: statements, definitions, who a company is."""

import re

from knowledger.domain.agents.semantics.formulas import spoken
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.reports.balance import answer_balance_check
from knowledger.domain.agents.semantics.reports.company import answer_attribute, take_attribute
from knowledger.domain.agents.semantics.reports.counted import answer_fact_count
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, Perhaps
from knowledger.domain.agents.semantics.reports.filings import answer_filings
from knowledger.domain.agents.semantics.reports.statements import STATEMENTS, answer_statement
from knowledger.domain.agents.semantics.reports.strangers import stuck
from knowledger.domain.agents.semantics.wording import Writing, capital
from knowledger.domain.agents.steps import Call

_WHAT_IS = re.compile(r"\s*(?:what(?:'s|’s| is| are)|define|explain)\b", re.IGNORECASE)


def without_metric(desk: Desk) -> Perhaps:
    """What needs no figure that is named. None where this is another kind of question."""
    cues, frame = desk.frame.cues, desk.frame
    if cues.has("balance_check") and frame.who:
        return stuck(desk) or (yield from answer_balance_check(desk))
    for cue, (statement, title) in STATEMENTS.items():
        if cues.has(cue) and not _other_metrics(desk):
            return stuck(desk) or (yield from answer_statement(desk, statement, title))
    asks_what = _WHAT_IS.match(frame.question.text) and frame.times.says_nothing and not cues.bounds
    if "facts" in frame.words and cues.has("count", "how_much") and (frame.who or frame.metrics):
        return stuck(desk) or (yield from answer_fact_count(desk))
    asks_how = "formula" in frame.words and not frame.times.periods
    if (cues.has("define") or asks_how or (asks_what and not cues.words)) and len(frame.metrics) == 1 and not frame.who:
        return stuck(desk) or (yield from _definition(frame.metrics[0]))
    if cues.has("year_end") and frame.who and not frame.metrics:
        return stuck(desk) or (yield from answer_attribute(desk, "fiscal_year_end"))
    if not frame.metrics and frame.who and (attribute := take_attribute(desk)):
        return stuck(desk) or (yield from answer_attribute(desk, attribute))
    if not frame.metrics and frame.who and (cues.has("filings") or {"filing", "accession"} & frame.words):
        return stuck(desk) or (yield from answer_filings(desk))
    return None


def _other_metrics(desk: Desk) -> bool:
    return any(item.id != "cash" for item in desk.frame.metrics)


def _definition(metric: Metric) -> Answering:
    writing = Writing("definition")
    if metric.formula and not metric.concepts:
        writing.formula = f"{metric.name} = {spoken(metric)}"
        writing.say(f"**{capital(metric.name)}** is counted as {spoken(metric)}.")
        writing.values["value"] = spoken(metric)
        return writing.reply()
    found = yield Call("find_concept", {"text": metric.concepts[0], "limit": 3}, f"the concept behind {metric.name}")
    rows = found.value.get("rows")
    best = (
        next((row for row in rows if isinstance(row, dict) and row["name"] == metric.concepts[0]), None)
        if isinstance(rows, list)
        else None
    )
    told = (
        str(best["documentation"])
        if best and best.get("documentation")
        else f"reported under {', '.join(metric.concepts)}"
    )
    writing.say(f"**{capital(metric.name)}** ({metric.concepts[0]}): {told}")
    writing.values |= {"value": told, "concept": metric.concepts[0]}
    return writing.reply()
