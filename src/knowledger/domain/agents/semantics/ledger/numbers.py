"""Documents and transactions by the numbers that a text calls them by."""

import re
from collections.abc import Generator

from knowledger.domain.agents.steps import Call
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.json import JsonObject, JsonValue

NUMBERED = """
    MATCH (t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
    WHERE t.transaction_id IN $numbers OR t.document_number IN $numbers OR t.transaction_number IN $numbers
    OPTIONAL MATCH (t)-[:MADE_WITH]->(c:Counterparty)
    RETURN t.transaction_id AS transaction, t.transaction_date AS day, t.transaction_kind AS kind,
           t.description AS description, t.document_number AS document, t.transaction_number AS number,
           t.status AS status, c.name AS name,
           a.code AS code, a.name AS account, a.account_subtype AS subtype, l.debit AS debit, l.credit AS credit
    ORDER BY day, transaction, l.line_number
"""
_NUMBER = re.compile(r"\b(?=[\w/-]*\d)(?=[\w/-]*[A-Za-z])[A-Za-z]+[-/]?\d[\w/-]*(?<![-/])", re.IGNORECASE)


def numbered(text: str) -> Generator[Call, ToolOutput, tuple[str, list[JsonObject]]]:
    """The text without the numbers of documents that it holds, and their line items."""
    numbers = [match[0] for match in _NUMBER.finditer(text)]
    if not numbers:
        return text, []
    wanted = sorted({form for number in numbers for form in (number, number.upper(), number.lower())})
    parameters: JsonObject = {"numbers": [*wanted]}
    found = yield Call(
        "run_cypher", {"query": NUMBERED, "parameters": parameters, "max_rows": 500}, "documents that are named"
    )
    rows = found.value.get("rows")
    lines = [_called(row, wanted) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    known = {str(row["called"]).lower() for row in lines}
    for number in numbers:
        if number.lower() in known:
            text = text.replace(number, " ")
    return text, lines


def _called(row: JsonObject, numbers: list[str]) -> JsonObject:
    """A line item with the number by which it was found: the document's before the transaction's."""
    return {**row, "called": row["document"] if row["document"] in numbers else _own(row, numbers)}


def _own(row: JsonObject, numbers: list[str]) -> JsonValue:
    return row["transaction"] if row["transaction"] in numbers else row["number"]
