"""Which customers or vendors there was business with in a time, and which there was none with."""

import re
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, left_over, suggestions
from knowledger.domain.agents.semantics.ledger.counterparties import partner_names
from knowledger.domain.agents.semantics.ledger.spans import lasting, span
from knowledger.domain.agents.semantics.ledger.transactions import DOCUMENT_KINDS, TRANSACTIONS, read_transactions
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Reply, Table

_DONE = {
    ("customer", "pays"): ("deposit",),
    ("customer", "trades"): ("invoice",),
    ("vendor", "pays"): ("payment",),
    ("vendor", "trades"): ("bill",),
}
_WHO = re.compile(
    r"\b(?:which|what|list|show|name|how many|number of|any|all)(?: (?:of|our|the|all|different|other|distinct))* "
    r"(?:customers?|clients?|buyers?|vendors?|suppliers?)\b",
    re.IGNORECASE,
)


def asks_who(books: Books) -> bool:
    """ "Which customers did not buy in June", "how many vendors did we pay in May"."""
    cues = books.frame.cues
    dealt = books.says("bought", "sold", "paid", "received", "sent", "invoices", "bills") or _kinds(books)
    told_apart = books.says("without") or cues.has("count")
    ranked = cues.direction or cues.bounds or cues.has("share", "average", "sum", "compare", "growth")
    of_them = books.says("customers") != books.says("vendors")
    plain = not books.frame.metrics and not books.partners and not books.named and not ranked
    return bool(plain and of_them and dealt and told_apart and _WHO.search(books.frame.question.text))


def answer_who(books: Books) -> Answering:
    kind = "customer" if books.says("customers") else "vendor"
    rows = yield from read_transactions(books, bounded=False)
    if isinstance(rows, Reply):
        return rows
    if problem := left_over(books):
        return problem
    names = yield from partner_names(books, kind)
    done = _kinds(books) or _DONE[kind, "pays" if _pays(books, kind) else "trades"]
    met = {str(row["partner"]) for row in rows if row["kind"] in done and Decimal(str(row["amount"])) > 0}
    absent = books.says("without")
    kept = sorted(name for partner, name in names.items() if (partner in met) != absent)
    months = lasting(books, stock=False)
    if months is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    writing = Writing("who")
    told = f"{'without' if absent else 'with'} {'s or '.join(done)}s over {span(months)}"
    marks = writing.cite(books.citation(f"transactions of {kind}s", TRANSACTIONS, str(len(kept)), span(months)))
    writing.say(f"**{len(kept)}** of {len(names)} {kind}s {told} {marks}: {', '.join(kept) or 'none'}.")
    writing.tables.append(Table(f"{kind}s {told}", (kind,), tuple((name,) for name in kept)))
    writing.values |= {"value": str(len(kept)), "count": str(len(kept)), "names": "; ".join(kept)}
    if kept:
        writing.values["best"] = kept[0]
    return writing.reply()


def _kinds(books: Books) -> tuple[str, ...]:
    return tuple(name for name, pattern in DOCUMENT_KINDS.items() if pattern.search(books.frame.question.text))


def _pays(books: Books, kind: str) -> bool:
    return books.says("paid") if kind == "vendor" else books.says("paid", "received")
