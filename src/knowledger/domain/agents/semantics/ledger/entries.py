"""What was posted to an account, line by line."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, left_over, suggestions
from knowledger.domain.agents.semantics.ledger.spans import days_of, span
from knowledger.domain.agents.semantics.ledger.transactions import DOCUMENT_KINDS
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Call, Table

ENTRIES = """
    MATCH (t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
    WHERE a.account_id IN $accounts AND t.transaction_date >= date($first) AND t.transaction_date <= date($last)
      AND (t.status IS NULL OR t.status <> 'draft')
    OPTIONAL MATCH (t)-[:MADE_WITH]->(c:Counterparty)
    RETURN t.transaction_date AS day, t.transaction_id AS transaction, t.transaction_kind AS kind,
           t.document_number AS document, t.description AS description, c.counterparty_id AS partner, c.name AS name,
           l.debit AS debit, l.credit AS credit
    ORDER BY day, transaction, l.line_number
"""
_MOST = 5000
_SHOWN = 20


def asks_for_entries(books: Books) -> bool:
    cues = books.frame.cues
    summed = cues.has("share", "compare", "growth", "average", "median", "sum") or cues.direction or cues.bounds
    listed = books.says("transactions", "line_items") or _kinds(books)
    told = cues.has("list", "count") or books.frame.question.words[:1] in (["show"], ["list"], ["what"], ["which"])
    return bool(books.named and listed and told and not summed and not books.frame.metrics and not books.says("open"))


def answer_entries(books: Books) -> Answering:
    if problem := left_over(books):
        return problem
    bounds = days_of(books)
    if bounds is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    months, parameters = bounds
    accounts = [below.id for item in books.named for below in books.book.below(item.id)]
    found = yield Call(
        "run_cypher",
        {"query": ENTRIES, "parameters": {**parameters, "accounts": [*accounts]}, "max_rows": _MOST},
        "what was posted to the account",
    )
    rows = found.value.get("rows")
    if found.failed or found.truncated or not isinstance(rows, list):
        return abstain("There are more entries than I can read at once. Name a shorter time.")
    wanted, kinds = {item for item, _ in books.partners}, _kinds(books)
    lines = [row for row in rows if isinstance(row, dict) and (not wanted or row["partner"] in wanted)]
    lines = [row for row in lines if row["kind"] in kinds] or lines
    if not lines:
        return abstain("Nothing like that is posted to this account in that time.", suggestions())
    names = " and ".join(item.name for item in books.named)
    debit, credit = (sum((Decimal(str(row[side] or 0)) for row in lines), Decimal(0)) for side in ("debit", "credit"))
    writing = Writing("entries")
    marks = writing.cite(books.citation(f"line items of {names}", ENTRIES, str(len(lines)), span(months)))
    transactions = list(dict.fromkeys(str(row["transaction"]) for row in lines))
    writing.say(
        f"**{len(lines)}** entries of {len(transactions)} transactions on {names} over {span(months)}: debits "
        f"{amount(debit, books.currency, 'flow')}, credits {amount(credit, books.currency, 'flow')} {marks}."
    )
    for row in lines[:_SHOWN]:
        side = "debit" if Decimal(str(row["debit"] or 0)) else "credit"
        told = " ".join(str(row[name]) for name in ("document", "description", "name") if row[name])
        writing.say(f"- {str(row['day'])[:10]} **{row['transaction']}** {told}: {side} {row[side]}")
    columns = ("day", "transaction", "kind", "document", "description", "name", "debit", "credit")
    table = tuple(tuple(str(row[name])[:10] if name == "day" else row[name] for name in columns) for row in lines)
    writing.tables.append(Table(f"Entries of {names}, {span(months)}", columns, table))
    writing.values |= {"value": str(len(lines) if books.says("line_items") else len(transactions))}
    writing.values |= {"debits": exact(debit), "credits": exact(credit), "names": "; ".join(transactions)}
    writing.values["best"] = str(lines[0]["document"] or lines[0]["transaction"])
    return writing.reply()


def _kinds(books: Books) -> tuple[str, ...]:
    return tuple(name for name, pattern in DOCUMENT_KINDS.items() if pattern.search(books.frame.question.text))
