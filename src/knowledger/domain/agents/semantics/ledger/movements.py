"""What came into accounts or went out of them, one side alone: cash received, goods bought, a loan repaid."""

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.ledger.book import Account
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, suggestions
from knowledger.domain.agents.semantics.ledger.spans import days_of, span, splits_a_month
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Call, Table
from knowledger.domain.agents.tools.nicknames import word_set

# What only goes from one of the accounts to another of them (cash drawn at the bank) came from nowhere.
MOVED = """
    MATCH (t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
    WHERE a.account_id IN $accounts AND t.transaction_date >= date($first) AND t.transaction_date <= date($last)
      AND (t.status IS NULL OR t.status <> 'draft')
    WITH t, list_sum(collect(l.debit)) AS debit, list_sum(collect(l.credit)) AS credit
    RETURN date_part('year', t.transaction_date) AS year, date_part('month', t.transaction_date) AS month,
           t.transaction_kind AS kind, debit, credit
"""
_MOST = 5000
_BOUGHT = ("bill", "payment")
_WEIGHTLESS = word_set("principal capital new back off actually in out into")


@dataclass(frozen=True)
class _Movement:
    """`kinds` are the transactions that count, all if none is named."""

    accounts: tuple[Account, ...]
    is_debit: bool
    told: str
    kinds: tuple[str, ...] = ()


def answer_movements(books: Books) -> Answering:
    """None where the question asks for no movement of cash, of things owned or of debts."""
    movements = _movements(books)
    if not movements:
        return None
    if unknown := [word for word in books.frame.unknown if word not in _WEIGHTLESS]:
        return unknown_words(unknown, suggestions())
    bounds = days_of(books)
    if bounds is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    if splits_a_month(books) and len(books.frame.times.periods) != 1:
        return abstain("I tell what came and went by whole months; name a month, quarter or year.", suggestions())
    months, parameters = bounds
    writing = Writing("movement")
    for movement in movements:
        ids = [item.id for item in movement.accounts]
        found = yield Call(
            "run_cypher",
            {"query": MOVED, "parameters": {**parameters, "accounts": [*ids]}, "max_rows": _MOST},
            "what moved on these accounts",
        )
        rows = found.value.get("rows")
        if found.failed or found.truncated or not isinstance(rows, list):
            return abstain("There is more than I can read at once. Name a shorter time.")
        by_month: dict[str, Decimal] = defaultdict(Decimal)
        for row in rows:
            if isinstance(row, dict) and (not movement.kinds or row["kind"] in movement.kinds):
                debit, credit = (Decimal(str(row[side] or 0)) for side in ("debit", "credit"))
                net = debit - credit if movement.is_debit else credit - debit
                by_month[f"{row['year']}-{int(str(row['month'])):02}"] += max(net, Decimal(0))
        total = sum(by_month.values(), Decimal(0))
        marks = writing.cite(books.citation(movement.told, MOVED, exact(total), span(months)))
        writing.say(f"{movement.told} over {span(months)}: **{amount(total, books.currency, 'flow')}** {marks}.")
        writing.values.setdefault("value", exact(total))
        writing.values[movement.told] = exact(total)
        if len(months) > 1:
            steps = tuple((name, exact(value)) for name, value in sorted(by_month.items()))
            writing.tables.append(Table(movement.told, ("month", "amount"), steps))
            if books.frame.times.is_all and len(movements) == 1:
                for name, value in sorted(by_month.items()):
                    writing.say(f"- {name}: {amount(value, books.currency, 'flow')}")
                writing.values |= dict(steps)
    return writing.reply()


def _movements(books: Books) -> list[_Movement]:
    cues = books.frame.cues
    if books.partners or books.says("customers", "vendors", "category") or cues.has("share", "compare", "growth"):
        return []
    if cues.direction or cues.has("average", "count", "when", "burn", "runway"):
        return []
    metrics = {item.id for item in books.frame.metrics}
    if books.says("repaid", "borrowed") and not metrics and not books.named:
        metrics = {"debt"}
    if (metrics <= {"cash"} and not books.named) and (metrics or _CASH.search(books.frame.question.text)):
        return _of_cash(books)
    return _of_others(books, metrics)


_CASH = re.compile(r"\b(?:inflows?|outflows?|takings|cash receipts|cash payments)\b", re.IGNORECASE)
_IN = re.compile(r"\b(?:in|received?|receipts?|inflows?|collect(?:ed)?|incoming)\b", re.IGNORECASE)
_OUT = re.compile(r"\b(?:out|paid|outflows?|payments?|disbursements?|outgoing|spent|left)\b", re.IGNORECASE)


def _of_cash(books: Books) -> list[_Movement]:
    text = books.frame.question.text
    cash = tuple(books.book.selected("cash"))
    found = []
    if books.says("received") and _IN.search(text):
        found.append(_Movement(cash, True, "Cash that came in"))
    if books.says("outflow", "paid") and _OUT.search(text):
        found.append(_Movement(cash, False, "Cash that went out"))
    return found


def _of_others(books: Books, metrics: set[str]) -> list[_Movement]:
    """Of what is owned or owed: bought, repaid, borrowed."""
    owed = tuple(item for item in books.named if item.type == "liability")
    owned = tuple(item for item in books.named if item.type == "asset" and item.subtype not in ("cash", "bank"))
    if len(owed) + len(owned) != len(books.named):
        return []
    if "debt" in metrics and not owned:
        owed = owed or tuple(books.book.selected("debt"))
    if metrics & {"inventory", "ppe"} and not owed:
        owned = owned or tuple(books.book.selected("inventory" if "inventory" in metrics else "ppe"))
    if metrics - {"debt", "inventory", "ppe", "expenses"}:
        return []
    named = " and ".join(item.name for item in (*owed, *owned)[:3])
    if owed and books.says("repaid"):
        return [_Movement(_below(books, owed), True, f"Repaid of {named}")]
    if owed and books.says("borrowed"):
        return [_Movement(_below(books, owed), False, f"Borrowed: {named}")]
    if owned and (books.says("bought") or "expenses" in metrics):
        return [_Movement(_below(books, owned), True, f"Bought: {named}", _BOUGHT)]
    return []


def _below(books: Books, accounts: tuple[Account, ...]) -> tuple[Account, ...]:
    return tuple(below for item in accounts for below in books.book.below(item.id))
