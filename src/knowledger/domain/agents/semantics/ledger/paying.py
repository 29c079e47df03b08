"""How long documents take to be settled."""

import re
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, suggestions
from knowledger.domain.agents.semantics.ledger.counterparties import partner_kinds
from knowledger.domain.agents.semantics.ledger.spans import lasting, span
from knowledger.domain.agents.semantics.wording import Writing, exact, rounded
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.domain.agents.tools.nicknames import word_set

# What was taken back or written off was not paid: only documents that money settled count.
SETTLED = """
    MATCH (c:Counterparty)<-[:MADE_WITH]-(t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
    WHERE a.account_subtype IN $subtypes AND t.document_number IS NOT NULL
      AND (t.status IS NULL OR t.status <> 'draft')
    WITH c, t.document_number AS document, min(t.transaction_date) AS issued, max(t.transaction_date) AS settled,
         list_sum(collect(l.debit)) AS debit, list_sum(collect(l.credit)) AS credit,
         collect(t.transaction_kind) AS kinds
    WHERE debit = credit
    RETURN c.counterparty_id AS id, c.name AS name, document, issued, settled,
           settled - issued AS days, kinds
"""
_MOST, _SHOWN = 5000, 20
_HOW_LONG = re.compile(
    r"\bhow (?:long|many days|quickly|fast|soon|promptly)\b.*\b(?:pay|pays|paid|settle[ds]?|collect(?:ed)?|payment)\b"
    r"|\b(?:days|time|delay) (?:until|till|to|before|between)\b.*\b(?:pays?|paid|settle[ds]?|payment|collect)\b"
    r"|\b(?:payment|collection|paying) (?:time|period|duration|days|delay)\b|\bpay(?:s|ing)? (?:us )?(?:the )?"
    r"(?:fastest|slowest|quickest|latest|soonest)\b|\b(?:fastest|slowest|quickest) (?:payers?|to pay|paying)\b",
    re.IGNORECASE,
)
_SLOWEST = re.compile(r"\b(?:slowest|latest|longest)\b", re.IGNORECASE)
_FASTEST = re.compile(r"\b(?:fastest|quickest|soonest|shortest)\b", re.IGNORECASE)
_WEIGHTLESS = word_set(
    """
    take takes took taken long quickly fast soon promptly days day until till before between time delay after being
    issued sent slowest fastest quickest payer payers typically usually our get gets collect period payment duration
    """
)


def asks_how_long(books: Books) -> bool:
    return bool(_HOW_LONG.search(books.frame.question.text)) and not books.frame.cues.has("runway")


def answer_how_long(books: Books) -> Answering:
    """Days from a document to the day that settled it, in the middle of all, by partner."""
    if unknown := [word for word in books.frame.unknown if word not in _WEIGHTLESS]:
        return unknown_words(unknown, suggestions())
    kinds = yield from partner_kinds(books)
    ours = books.says("vendors", "bills", "we_owe") or (
        bool(books.partners) and kinds.get(books.partners[0][0]) == "vendor"
    )
    ours = ours or (bool(re.search(r"\b(?:do|did) we\b", books.frame.question.text)) and not books.says("customers"))
    subtypes = ["payable", "payables"] if ours else ["receivable", "receivables"]
    found = yield Call(
        "run_cypher",
        {"query": SETTLED, "parameters": {"subtypes": [*subtypes]}, "max_rows": _MOST},
        "documents that are settled",
    )
    rows = found.value.get("rows")
    months = lasting(books, stock=False)
    if found.failed or found.truncated or not isinstance(rows, list) or not months:
        return abstain("The documents of that time could not be read whole.")
    wanted = {item for item, _ in books.partners}
    days: dict[str, list[int]] = {}
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row["kinds"], list):
            continue
        at = (int(str(row["issued"])[:4]), int(str(row["issued"])[5:7]))
        if {"deposit", "payment"} & set(row["kinds"]) and at in months and (not wanted or row["id"] in wanted):
            days.setdefault(str(row["name"]), []).append(int(str(row["days"])))
    if not days:
        return abstain("No document of that time is settled.", suggestions())
    return _told(books, days, "bills" if ours else "invoices", span(months))


def _told(books: Books, days: dict[str, list[int]], what: str, when: str) -> Reply:
    every = sorted(day for listed in days.values() for day in listed)
    average = Decimal(sum(every)) / len(every)
    median = (Decimal(every[len(every) // 2]) + every[-1 - len(every) // 2]) / 2
    means = sorted(((Decimal(sum(item)) / len(item), name) for name, item in days.items()), reverse=True)
    writing = Writing("paying", formula="sum of the days from a document to its settlement / documents")
    marks = writing.cite(books.citation(f"{what} that are settled", SETTLED, exact(average), when))
    value = median if books.frame.cues.has("median") else average
    if edge := _edge(books, means):
        value, names = edge
        writing.say(f"**{', '.join(names)}**: {rounded(value, 1)} days on average {marks}.")
        writing.values |= {"best": names[0], "names": "; ".join(names)}
    writing.say(
        f"**{rounded(average, 1)} days** on average over {len(every)} {what} of {when} that money has settled; "
        f"the median is {exact(median)}, the longest {every[-1]} {marks}."
    )
    for mean, name in means[:_SHOWN]:
        writing.say(f"- **{name}**: {rounded(mean, 1)} days")
        writing.values[name] = exact(mean)
    rows = tuple((name, exact(rounded(mean, 1)), str(len(days[name]))) for mean, name in means)
    writing.tables.append(Table(f"Days until {what} are settled", ("partner", "days", what), rows))
    writing.values |= {"value": exact(value), "average": exact(average), "median": exact(median)}
    return writing.reply()


def _edge(books: Books, means: list[tuple[Decimal, str]]) -> tuple[Decimal, list[str]] | None:
    """Who takes longest, or shortest, where that is asked."""
    text = books.frame.question.text
    if not (_SLOWEST.search(text) or _FASTEST.search(text)):
        return None
    edge = means[0][0] if _SLOWEST.search(text) else means[-1][0]
    return edge, sorted(name for mean, name in means if mean == edge)
