"""How often partners are dealt with, and when: documents by partner, the first and the last of them."""

import re
from collections import Counter
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, left_over, suggestions
from knowledger.domain.agents.semantics.ledger.counterparties import partner_kinds
from knowledger.domain.agents.semantics.ledger.spans import lasting, span
from knowledger.domain.agents.semantics.ledger.transactions import DOCUMENT_KINDS, TRANSACTIONS, read_transactions
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Reply, Table

_COUNTS = re.compile(
    r"\b(?:most|fewest|least|number of|how many|more than|at least|less than|fewer than|over)\b", re.IGNORECASE
)
_FIRST = re.compile(r"\b(?:first|earliest|oldest)\b", re.IGNORECASE)
_PAYS = ("deposit", "payment")
_RUNNERS_UP = 5


def asks_how_often(books: Books) -> bool:
    """Which customers have most invoices, or more than eight of them."""
    cues, text = books.frame.cues, books.frame.question.text
    kinds = any(pattern.search(text) for pattern in DOCUMENT_KINDS.values()) or books.says("transactions")
    of_whom = books.says("customers", "vendors", "by_customer", "by_vendor", "counterparties")
    wanted = bool(cues.direction or cues.bounds or books.says("by_customer", "by_vendor"))
    small = all(bound.amount < 1000 and bound.amount == bound.amount.to_integral_value() for bound in cues.bounds)
    return kinds and of_whom and wanted and small and bool(_COUNTS.search(text)) and not books.frame.metrics


def answer_how_often(books: Books) -> Answering:
    cues = books.frame.cues
    rows = yield from read_transactions(books, bounded=False)
    kinds = yield from partner_kinds(books)
    if isinstance(rows, Reply):
        return rows
    if problem := left_over(books):
        return problem
    wanted = (
        "customer" if books.says("customers", "by_customer") else "vendor" if books.says("vendors", "by_vendor") else ""
    )
    counted = Counter(
        str(row["name"]) for row in rows if row["name"] and (not wanted or kinds.get(str(row["partner"])) == wanted)
    )
    kept = [
        (name, number) for name, number in counted.items() if all(bound.holds(Decimal(number)) for bound in cues.bounds)
    ]
    kept.sort(key=lambda pair: (pair[1] if cues.direction == "least" else -pair[1], pair[0]))
    if not kept:
        return abstain("There is no such partner in the books.", suggestions())
    first_only = cues.direction is not None and not cues.bounds and not books.says("by_customer", "by_vendor")
    most = cues.count or 1
    top = [pair for pair in kept if not first_only or pair in kept[:most] or pair[1] == kept[most - 1][1]]
    writing = Writing("how_often")
    months = lasting(books, stock=False) or books.book.months
    marks = writing.cite(books.citation("transactions by partner", TRANSACTIONS, period=span(months)))
    for name, number in top[:30]:
        writing.say(f"- **{name}**: {number} {marks}")
        writing.values[name] = str(number)
    writing.tables.append(
        Table("Transactions by partner", ("partner", "number"), tuple(kept[: max(len(top), _RUNNERS_UP)]))
    )
    writing.values |= {"best": top[0][0], "value": str(top[0][1]), "names": "; ".join(name for name, _ in top)}
    writing.values["count"] = str(len(kept))
    if cues.has("count") and cues.bounds:
        writing.values["value"] = str(len(kept))
    return writing.reply()


def answer_typical(books: Books) -> Answering:
    """The average, median or sum of transactions of a kind."""
    rows = yield from read_transactions(books)
    if isinstance(rows, Reply):
        return rows
    if problem := left_over(books):
        return problem
    amounts = sorted(Decimal(str(row["amount"])) for row in rows)
    if not amounts or len({row["kind"] for row in rows}) != 1 or books.frame.cues.direction:
        return abstain("Of which kind of transactions?", suggestions())
    total, middle = sum(amounts, Decimal(0)), len(amounts) // 2
    median = (amounts[middle] + amounts[-1 - middle]) / 2
    how = next(name for name in ("median", "average", "sum") if books.frame.cues.has(name) or name == "sum")
    value = {"median": median, "average": total / len(amounts), "sum": total}[how]
    writing = Writing(how, formula=f"{how} of {len(amounts)} transactions")
    months = lasting(books, stock=False) or books.book.months
    marks = writing.cite(books.citation("transactions", TRANSACTIONS, exact(value), span(months)))
    told = amount(value, books.currency, "flow")
    writing.say(
        f"{how.capitalize()} over {len(amounts)} {rows[0]['kind']} transactions, {span(months)}: **{told}** {marks}."
    )
    writing.values |= {"value": exact(value), "count": str(len(amounts))}
    return writing.reply()


def answer_when(books: Books) -> Answering:
    """The day of the last (or the first, or the largest) transaction of a kind or with a partner."""
    cues = books.frame.cues
    rows = yield from read_transactions(books)
    if isinstance(rows, Reply):
        return rows
    if problem := left_over(books):
        return problem
    kinds = yield from partner_kinds(books)
    wanted = "customer" if books.says("customers") else "vendor" if books.says("vendors") else ""
    rows = [row for row in rows if not wanted or kinds.get(str(row["partner"])) == wanted]
    pays = books.says("paid", "received")
    kept = [row for row in rows if not pays or row["kind"] in _PAYS]
    if not kept or not (
        books.partners or len(kept) < len(rows) or len({row["kind"] for row in kept}) == 1 or cues.direction
    ):
        return abstain("Which transactions are meant: of which kind, or with whom?", suggestions())
    if cues.direction:
        kept.sort(key=lambda row: Decimal(str(row["amount"])), reverse=cues.direction != "least")
    else:
        kept.sort(key=lambda row: str(row["day"]), reverse=not _FIRST.search(books.frame.question.text))
    first = kept[0]
    writing = Writing("when")
    day, worth = str(first["day"])[:10], Decimal(str(first["amount"]))
    marks = writing.cite(books.citation(f"transaction {first['transaction']}", TRANSACTIONS, exact(worth), day))
    told = f"{first['kind']} {first['document'] or first['transaction']}"
    writing.say(
        f"**{day}**: {told}, {first['description']} {first['name'] or ''} "
        f"{amount(worth, books.currency, 'flow')} {marks}."
    )
    writing.values |= {"value": day, "day": day, "best": str(first["document"] or first["transaction"])}
    writing.values |= {"amount": exact(worth), "transaction": str(first["transaction"])}
    return writing.reply()
