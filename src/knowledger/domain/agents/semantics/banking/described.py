"""What only the descriptions of transactions tell: payroll, and the days that a question is about."""

import re
from collections.abc import Generator
from datetime import date

from knowledger.domain.agents.semantics.banking.book import FLOWS
from knowledger.domain.agents.semantics.frame import Frame
from knowledger.domain.agents.semantics.periods import Times
from knowledger.domain.agents.steps import Call
from knowledger.domain.agents.tools.named import singular
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.things import other_words
from knowledger.kernel.json import JsonObject

_SHORTEST = 3
_KNOWN = (
    "MATCH (t:BankTransaction) WHERE lower(t.description) CONTAINS $word RETURN DISTINCT t.description AS text LIMIT 50"
)
_TO = re.compile(r"\b(?:between|from|to|until|till|through)\b|[-–]", re.IGNORECASE)


def read_described(frame: Frame) -> Generator[Call, ToolOutput, tuple[str, ...]]:
    """Words that nothing else names and that descriptions have; they are then understood."""
    found: list[str] = []
    for word in dict.fromkeys(frame.unknown):
        if len(word) < _SHORTEST or not word.isalpha():
            continue
        for form in dict.fromkeys((singular(word), *other_words(singular(word)))):
            output = yield Call(
                "run_cypher", {"query": _KNOWN, "parameters": {"word": form}}, f"transactions with “{form}”"
            )
            rows = output.value.get("rows")
            texts = (
                [str(row["text"]).lower() for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
            )
            if any(re.search(rf"\b{re.escape(form)}s?\b", text) for text in texts):
                found.append(form)
                frame.understand(word)
                break
    return tuple(found)


def flows_of(described: tuple[str, ...], days: tuple[date | None, date | None]) -> tuple[str, JsonObject]:
    """The query for what came and went, narrowed to days; what is `described` is marked."""
    query = FLOWS
    parameters: JsonObject = {}
    for number, word in enumerate(described):
        parameters[f"word{number}"] = word
    if described:
        told = " AND ".join(f"lower(t.description) CONTAINS $word{number}" for number in range(len(described)))
        query = query.replace("true AS described", f"({told}) AS described")
    for name, sign, day in (("first", ">=", days[0]), ("last", "<=", days[1])):
        if day is not None:
            query = query.replace(
                "(t.is_pending IS NULL", f"t.posted_on {sign} date(${name}) AND (t.is_pending IS NULL", 1
            )
            parameters[name] = str(day)
    return query, parameters


def days_of(text: str, times: Times) -> tuple[date | None, date | None]:
    """First and last day where a question names days; months and years are told by `wanted_months`."""
    named = [item.days()[0] for item in times.periods if item.kind == "day"]
    if len(named) == 2 and _TO.search(text):
        return min(named), max(named)
    if len(named) == 1 and len(times.periods) == 1:
        return named[0], named[0]
    edges = [item for item in (times.since, times.until) if item]
    if not any(item.kind == "day" for item in edges):
        return None, None
    return times.since.days()[0] if times.since else None, times.until.days()[1] if times.until else None
