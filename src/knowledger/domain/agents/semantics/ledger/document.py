"""One document, or one transaction, that a question calls by its number."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, suggestions
from knowledger.domain.agents.semantics.ledger.numbers import NUMBERED
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Table
from knowledger.domain.agents.tools.nicknames import word_set
from knowledger.kernel.json import JsonObject, JsonValue

_SETTLED = ("receivable", "receivables", "payable", "payables")
_WEIGHTLESS = word_set(
    "contain contains about document entry full fully settled status issued due happened include details detail"
)
_SHOWN = 20


def answer_document(books: Books) -> Answering:
    """What it was, with whom and how much, its entries, and whether it is settled."""
    yield from ()
    if unknown := [word for word in books.frame.unknown if word not in _WEIGHTLESS]:
        return unknown_words(unknown, suggestions())
    if len({str(row["called"]) for row in books.lines}) > 1:
        return abstain("One document at a time, please.", suggestions())
    first = books.lines[0]
    name, day = str(first["called"]), str(first["day"])[:10]
    value = _worth([row for row in books.lines if row["transaction"] == first["transaction"]])
    writing = Writing("document")
    marks = writing.cite(books.citation(f"document {name}", NUMBERED, exact(value), day))
    told = ", ".join(str(first[part]) for part in ("name", "kind", "description") if first[part])
    told += " (reversed)" if first["status"] == "reversed" else ""
    writing.say(f"**{name}** of {day}: {told}, **{amount(value, books.currency, 'flow')}** {marks}.")
    writing.values |= {"value": exact(value), "day": day, "best": name, "name": str(first["name"] or "")}
    writing.values["description"] = str(first["description"] or "")
    if first["document"] == name:
        _say_settled(books, writing)
    _tell_entries(books, writing, name)
    return writing.reply()


def _worth(lines: list[JsonObject]) -> Decimal:
    """What is owed for it; of what nobody owes, what was turned over."""
    owed = abs(sum((_net(row) for row in lines if row["subtype"] in _SETTLED), Decimal(0)))
    return owed or sum((Decimal(str(row["debit"] or 0)) for row in lines), Decimal(0))


def _say_settled(books: Books, writing: Writing) -> None:
    owed = [row for row in books.lines if row["subtype"] in _SETTLED]
    left, last = abs(sum((_net(row) for row in owed), Decimal(0))), books.lines[-1]
    if not owed:
        return
    if left:
        writing.say(f"It is **not settled**: {amount(left, books.currency, 'flow')} of it is open.")
    else:
        day = str(last["day"])[:10]
        writing.say(f"It is **settled** since {day} by {last['transaction']}, {last['kind']}: {last['description']}.")
        writing.values["settled_on"] = day
    writing.values |= {"open": exact(left), "settled": "no" if left else "yes"}
    if books.says("open", "owes_us", "we_owe"):
        writing.values["value"] = exact(left)


def _tell_entries(books: Books, writing: Writing, name: str) -> None:
    columns = ("day", "transaction", "description", "account", "debit", "credit")
    rows = tuple(
        (
            str(row["day"])[:10],
            str(row["transaction"]),
            str(row["description"] or ""),
            f"{row['code']} {row['account']}",
            _shown(row["debit"]),
            _shown(row["credit"]),
        )
        for row in books.lines
    )
    for day, transaction, description, account, debit, credit in rows[:_SHOWN]:
        side = f"debit {debit}" if debit is not None else f"credit {credit}"
        writing.say(f"- {day} {transaction} {description}: {account} {side}")
    writing.tables.append(Table(name, columns, rows))


def _net(row: JsonObject) -> Decimal:
    return Decimal(str(row["debit"] or 0)) - Decimal(str(row["credit"] or 0))


def _shown(value: JsonValue) -> str | None:
    amount_there = Decimal(str(value or 0))
    return exact(amount_there) if amount_there else None
