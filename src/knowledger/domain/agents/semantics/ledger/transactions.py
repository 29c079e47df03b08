"""Transactions of books: counted and listed."""

import re
from collections import Counter
from collections.abc import Generator
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, left_over, suggestions
from knowledger.domain.agents.semantics.ledger.counterparties import partner_kinds
from knowledger.domain.agents.semantics.ledger.spans import days_of, lasting, span
from knowledger.domain.agents.semantics.wording import Writing, amount
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.json import JsonObject, JsonValue

# An invoice is worth what is owed for it, a payment what was paid: other lines of it (goods sold, fees) do not count.
TRANSACTIONS = """
    MATCH (t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
    WHERE t.transaction_date >= date($first) AND t.transaction_date <= date($last)
    OPTIONAL MATCH (t)-[:MADE_WITH]->(c:Counterparty)
    WITH t, c, list_sum(collect(l.debit)) AS turned,
         list_sum(collect(CASE WHEN a.account_subtype IN $settled THEN l.debit END)) AS came,
         list_sum(collect(CASE WHEN a.account_subtype IN $settled THEN l.credit END)) AS went
    RETURN t.transaction_id AS transaction, t.transaction_date AS day, t.transaction_kind AS kind,
           t.description AS description, c.counterparty_id AS partner, c.name AS name, t.status AS status,
           t.document_number AS document, turned, came, went
    ORDER BY turned DESC, transaction
"""
_SETTLED: list[JsonValue] = ["receivable", "receivables", "payable", "payables", "cash", "bank"]
_SETTLES = ("invoice", "bill", "payment", "deposit", "credit note")


DOCUMENT_KINDS = {
    "invoice": re.compile(r"\binvoices?\b", re.IGNORECASE),
    "bill": re.compile(r"\bbills?\b", re.IGNORECASE),
    "payment": re.compile(r"\bpayments?\b", re.IGNORECASE),
    "deposit": re.compile(r"\bdeposits?\b", re.IGNORECASE),
    "transfer": re.compile(r"\btransfers?\b", re.IGNORECASE),
    "payroll": re.compile(r"\bpayrolls?\b|\bpayroll runs?\b", re.IGNORECASE),
    "adjustment": re.compile(r"\badjust(?:ment|ments|ing)\b", re.IGNORECASE),
    "credit note": re.compile(r"\bcredit notes?\b", re.IGNORECASE),
}


def read_transactions(books: Books, *, bounded: bool = True) -> Generator[Call, ToolOutput, list[JsonObject] | Reply]:
    bounds = days_of(books)
    if bounds is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    found = yield Call(
        "run_cypher",
        {"query": TRANSACTIONS, "parameters": {**bounds[1], "settled": _SETTLED}, "max_rows": 5000},
        "transactions",
    )
    rows = found.value.get("rows")
    if found.failed or found.truncated or not isinstance(rows, list):
        return abstain("There are more transactions than I can read at once. Name a shorter time.")
    kinds = [
        name
        for name, pattern in DOCUMENT_KINDS.items()
        if books.frame.question.take(pattern) or pattern.search(books.frame.question.text)
    ]
    wanted = {item for item, _ in books.partners}
    valued = [{**row, "amount": _worth(row)} for row in rows if isinstance(row, dict)]
    valued.sort(key=lambda row: (-Decimal(str(row["amount"])), str(row["transaction"])))
    return [
        row
        for row in valued
        if (not kinds or row["kind"] in kinds)
        and (not wanted or str(row["partner"]) in wanted)
        and (not books.says("reversed") or row["status"] == "reversed")
        and (not bounded or all(bound.holds(Decimal(str(row["amount"]))) for bound in books.frame.cues.bounds))
    ]


def _worth(row: JsonObject) -> str:
    turned, came, went = (Decimal(str(row[name] or 0)) for name in ("turned", "came", "went"))
    return str(max(came, went) or turned) if row["kind"] in _SETTLES else str(turned)


def _say_steps(books: Books, writing: Writing, rows: list[JsonObject]) -> None:
    """How many in each month, quarter or year."""
    counted = Counter(step_of(str(row["day"]), books.frame.times.step or "month") for row in rows)
    for name, number in sorted(counted.items()):
        writing.say(f"- **{name}**: {number}")
        writing.values[name] = str(number)
    steps = tuple(sorted(counted.items()))
    writing.tables.append(Table("Transactions", ("period", "number"), steps))
    if books.frame.cues.direction:
        pick = min if books.frame.cues.direction == "least" else max
        name, number = pick(steps, key=lambda pair: pair[1])
        writing.say(f"{'Fewest' if books.frame.cues.direction == 'least' else 'Most'}: **{name}**.")
        writing.values |= {"value": str(number), "best": name, "period": name}
    elif books.frame.cues.has("average"):
        writing.values["value"] = str(Decimal(len(rows)) / len(steps))


def step_of(day: str, step: str) -> str:
    year, month = int(day[:4]), int(day[5:7])
    return {"year": f"{year}", "quarter": f"Q{(month - 1) // 3 + 1} {year}"}.get(step, f"{year}-{month:02}")


def answer_count(books: Books) -> Answering:
    """How many transactions (of a kind, in a time, with a partner), accounts, customers …"""
    kinds = [name for name, pattern in DOCUMENT_KINDS.items() if pattern.search(books.frame.question.text)]
    if books.says("transactions") or kinds:
        rows = yield from read_transactions(books)
        if isinstance(rows, Reply):
            return rows
        if problem := left_over(books):
            return problem
        writing = Writing("count")
        months = lasting(books, stock=False) or books.book.months
        what = " or ".join(kinds) + " transactions" if kinds else "transactions"
        marks = writing.cite(books.citation("transactions", TRANSACTIONS, str(len(rows)), span(months)))
        writing.say(f"There are **{len(rows)}** {what} over {span(months)} {marks}.")
        writing.values["value"] = str(len(rows))
        if books.frame.times.step and books.frame.times.is_all:
            _say_steps(books, writing, rows)
        return writing.reply()
    wanted = "customer" if books.says("customers") else "vendor" if books.says("vendors") else ""
    if wanted and not books.frame.unknown and not books.frame.times.periods:
        of_kind = yield from partner_kinds(books)
        number = sum(kind == wanted for kind in of_kind.values())
        writing = Writing("count")
        marks = writing.cite(
            books.citation("counterparties", "MATCH (c:Counterparty) RETURN c.counterparty_kind, count(*)", str(number))
        )
        writing.say(f"There are **{number}** {wanted}s {marks}.")
        writing.values["value"] = str(number)
        return writing.reply()
    return None


_LAST = re.compile(
    r"\b(?:last|latest|newest|most recent|first|earliest|oldest) (?:\w+ )?"
    r"(?:transaction|invoice|bill|payment|deposit|transfer|booking|entry)",
    re.IGNORECASE,
)
_FIRST = re.compile(r"\b(?:first|earliest|oldest)\b", re.IGNORECASE)


def answer_list(books: Books) -> Answering:
    rows = yield from read_transactions(books)
    if isinstance(rows, Reply):
        return rows
    if problem := left_over(books):
        return problem
    cues = books.frame.cues
    ordered = rows[::-1] if cues.direction == "least" else rows
    ordered = ordered[cues.nth - 1 :] or ordered if cues.nth else ordered
    if _LAST.search(books.frame.question.text):
        ordered = sorted(rows, key=lambda row: str(row["day"]), reverse=not _FIRST.search(books.frame.question.text))
    most = cues.count or (1 if cues.direction or _LAST.search(books.frame.question.text) else 20)
    top = ordered if cues.bounds else ordered[:most]
    if cues.direction and top and not cues.bounds:
        top += [row for row in ordered[len(top) :] if row["amount"] == top[-1]["amount"]]
    if not top:
        return abstain("There is no such transaction in the books.", suggestions())
    writing = Writing("transactions")
    marks = writing.cite(
        *(
            books.citation(f"transaction {row['transaction']}", TRANSACTIONS, str(row["amount"]), str(row["day"]))
            for row in top[:10]
        )
    )
    writing.say(f"{len(rows)} transactions, of which {len(top)} {marks}:")
    for row in top[:30]:
        writing.say(
            f"- **{row['transaction']}**, {str(row['day'])[:10]}, {row['kind']}: {row['description']} "
            f"{row['name'] or ''} {amount(Decimal(str(row['amount'])), books.currency, 'flow')}"
        )
    columns = ("transaction", "day", "kind", "description", "name", "amount")
    writing.tables.append(Table("Transactions", columns, tuple(tuple(row[name] for name in columns) for row in top)))
    first = top[0]
    writing.values |= {"value": str(first["amount"]), "best": str(first["transaction"]), "count": str(len(rows))}
    writing.values |= {
        "document": str(first["document"] or ""),
        "name": str(first["name"] or ""),
        "day": str(first["day"])[:10],
    }
    writing.values["names"] = "; ".join(str(row["transaction"]) for row in top)
    if cues.has("count"):
        writing.values["value"] = str(len(rows))
    return writing.reply()
