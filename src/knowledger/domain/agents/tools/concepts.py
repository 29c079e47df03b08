"""Concepts by the words people use for them."""

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.facts import NoReports
from knowledger.domain.agents.tools.kinds import is_data_sets, is_reporting
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import Tool
from knowledger.kernel.json import JsonObject, JsonValue

_FETCHED = 2_000
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_REPORTING = """
    MATCH (c:Concept) WHERE (c.is_abstract IS NULL OR c.is_abstract = false)
      AND lower(concat(c.name, ' ', coalesce(c.label, ''))) CONTAINS $word
    RETURN c.concept_id AS concept, c.name AS name, c.label AS label, c.documentation AS documentation,
           c.period_type AS period_type, c.balance AS balance, c.data_type AS data_type
"""
_DATA_SETS = """
    MATCH (c:Tag) WHERE (c.abstract IS NULL OR c.abstract = false)
      AND lower(concat(c.tag, ' ', coalesce(c.tlabel, ''))) CONTAINS $word
    RETURN DISTINCT c.tag AS concept, c.tag AS name, c.tlabel AS label, c.doc AS documentation,
           CASE c.iord WHEN 'I' THEN 'instant' ELSE 'duration' END AS period_type,
           CASE c.crdr WHEN 'C' THEN 'credit' WHEN 'D' THEN 'debit' END AS balance, c.datatype AS data_type
"""


@dataclass(frozen=True)
class FindConcept:
    text: str
    limit: int = 10


def find_concept(context: ToolContext, asked: FindConcept) -> ToolOutput:
    """Best first; `score` is 100 where the words are the label's or the name's, in any order."""
    if not (is_reporting(context.schema) or is_data_sets(context.schema)):
        raise NoReports
    query = _REPORTING if is_reporting(context.schema) else _DATA_SETS
    wanted = _plain(asked.text)
    longest = max(wanted.split(), key=len, default="")
    if len(longest) < 3:
        return ToolOutput({"rows": []})
    rows = context.reading.cypher(query, {"word": longest.rstrip("s")}, max_rows=_FETCHED)
    scored = sorted(((_score(wanted, row), row) for row in rows.rows), key=lambda pair: -pair[0])
    best: list[JsonValue] = [{**row, "score": round(score, 1)} for score, row in scored[: max(1, min(asked.limit, 50))]]
    return ToolOutput({"rows": best}, truncated=rows.truncated)


def spoken(name: str) -> str:
    """A concept's name as words: AccountsPayableCurrent → accounts payable current."""
    return " ".join(part.lower() for part in _CAMEL.findall(name))


def _score(wanted: str, row: JsonObject) -> float:
    forms = [spoken(str(row["name"])), _plain(str(row.get("label") or ""))]
    return max(fuzz.token_sort_ratio(wanted, form) for form in forms)


def _plain(text: str) -> str:
    words = re.findall(r"[a-z0-9&]+", spoken(text) if re.fullmatch(r"[A-Za-z]+", text) else text.lower())
    return " ".join(word for word in words if word not in ("and", "of", "the", "a", "in"))


FIND_CONCEPT = Tool(
    name="find_concept",
    title="Find a concept",
    description="Concepts (such as us-gaap:GrossProfit) whose label or name is close to a few words, best first.",
    input=FindConcept,
    run=find_concept,
)
