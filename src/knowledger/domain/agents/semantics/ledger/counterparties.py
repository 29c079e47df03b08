"""Who is a customer, who a vendor."""

from collections.abc import Generator

from knowledger.domain.agents.semantics.ledger.books import Books
from knowledger.domain.agents.steps import Call
from knowledger.domain.agents.tools.output import ToolOutput


def partner_kinds(books: Books) -> Generator[Call, ToolOutput, dict[str, str]]:
    query = "MATCH (c:Counterparty) RETURN c.counterparty_id AS id, c.counterparty_kind AS kind"
    found = yield Call("run_cypher", {"query": query, "max_rows": 5000}, "who is a customer, who a vendor")
    rows = found.value.get("rows")
    return (
        {str(row["id"]): str(row["kind"] or "") for row in rows if isinstance(row, dict)}
        if isinstance(rows, list)
        else {}
    )


def partner_names(books: Books, kind: str) -> Generator[Call, ToolOutput, dict[str, str]]:
    """The names of all partners of a kind, by id."""
    query = "MATCH (c:Counterparty) WHERE c.counterparty_kind = $kind RETURN c.counterparty_id AS id, c.name AS name"
    found = yield Call(
        "run_cypher", {"query": query, "parameters": {"kind": kind}, "max_rows": 5000}, f"the names of all {kind}s"
    )
    rows = found.value.get("rows")
    listed = rows if isinstance(rows, list) else []
    return {str(row["id"]): str(row["name"]) for row in listed if isinstance(row, dict)}
