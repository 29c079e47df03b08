"""What was sold to, received from or paid to partners."""

from dataclasses import replace
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.book import Month
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, left_over, suggestions
from knowledger.domain.agents.semantics.ledger.counterparties import partner_kinds
from knowledger.domain.agents.semantics.ledger.spans import days_of, span
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, exact, rounded
from knowledger.domain.agents.steps import Call, Reply, Table

_WITH = """
    MATCH (c:Counterparty)<-[:MADE_WITH]-(t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
    WHERE t.transaction_date >= date($first) AND t.transaction_date <= date($last)
      AND (t.status IS NULL OR t.status <> 'draft')
    RETURN c.counterparty_id AS id, c.name AS name, c.counterparty_kind AS kind, a.account_type AS type,
           a.account_subtype AS subtype, list_sum(collect(l.debit)) AS debit, list_sum(collect(l.credit)) AS credit
"""


_RUNNERS_UP = 5


def answer_turnover(books: Books) -> Answering:
    """What was sold to, received from, or paid to partners; of two times that are held against each other, in each."""
    times = books.frame.times
    if len(times.periods) != 2 or times.is_range or not books.partners:
        return (yield from _answer_turnover(books))
    writing = Writing("compare")
    found = []
    for period in times.periods:
        books.frame.times = replace(times, periods=(period,))
        reply = yield from _answer_turnover(books)
        if reply is None or not reply.understood:
            return reply
        found.append((str(period).split()[0] if not period.year else str(period), Decimal(reply.values["value"])))
        marks = writing.cite(*reply.citations)
        writing.say(f"- **{period}**: {amount(found[-1][1], books.currency, 'flow')} {marks}")
    (one, first), (other, second) = found
    best = one if first >= second else other
    writing.say(f"More: **{best}**, by {amount(abs(second - first), books.currency, 'flow')}.")
    writing.values |= {one: exact(first), other: exact(second), "difference": exact(second - first), "best": best}
    writing.values["value"] = exact(max(first, second))
    return writing.reply()


def _answer_turnover(books: Books) -> Answering:
    if problem := left_over(books):
        return problem
    bounds = days_of(books)
    if bounds is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    months, parameters = bounds
    kinds = yield from partner_kinds(books)
    found = yield Call(
        "run_cypher", {"query": _WITH, "parameters": parameters, "max_rows": 5000}, "what was done with partners"
    )
    rows = found.value.get("rows")
    if found.failed or found.truncated or not isinstance(rows, list):
        return abstain("The transactions with partners could not be read whole.")
    measure, sign, kind = _measure(books, kinds)
    if measure is None:
        return abstain("Do you mean what was sold to them, received from them or paid to them?", suggestions())
    totals: dict[str, Decimal] = {}
    every = Decimal(0)
    wanted = {item for item, _ in books.partners}
    for row in rows:
        if not isinstance(row, dict) or (kind and not wanted and row["kind"] != kind):
            continue
        if _is_in(measure, str(row["type"]), str(row["subtype"])):
            debit, credit = (Decimal(str(row[side] or 0)) for side in ("debit", "credit"))
            moved = credit - debit if measure == "revenue" else (credit if sign < 0 else debit)
            every += moved if kind in ("", str(row["kind"])) else Decimal(0)
            if wanted and str(row["id"]) not in wanted:
                continue
            name = str(row["name"])
            totals[name] = totals.get(name, Decimal(0)) + moved
    for _, name in books.partners:
        totals.setdefault(name, Decimal(0))
    if books.frame.cues.has("share"):
        told = "revenue from" if measure == "revenue" else "what was paid to" if sign < 0 else "what was received from"
        whole = (
            books.book.of_accounts(books.book.selected("revenue"), "credit", months) if measure == "revenue" else every
        )
        if not books.partners and (count := books.frame.cues.count or (1 if books.frame.cues.direction else 0)):
            totals = dict(sorted(totals.items(), key=lambda pair: -pair[1])[:count])
            return _told_share(books, totals, whole, told, months)
        return _told_share(books, totals, whole if books.partners else Decimal(0), told, months)
    return _told_turnover(books, totals, measure, sign, months)


def _measure(books: Books, kinds: dict[str, str]) -> tuple[str | None, int, str]:
    """What is meant (revenue or cash), its sign, and the kind of partner it is asked of."""
    metrics = {item.id for item in books.frame.metrics}
    their = kinds.get(books.partners[0][0], "") if books.partners else ""
    if books.says("bought") and (their == "customer" or (not their and books.says("customers", "by_customer"))):
        return "revenue", 1, "customer"
    if metrics & {"revenue"} or books.says("sold", "earned", "invoices"):
        return "revenue", 1, "customer"
    if books.says("received") or (books.says("paid") and (their == "customer" or books.says("customers"))):
        return "cash", 1, "customer" if not books.partners else ""
    if books.says("paid", "bought", "bills", "went") or "expenses" in metrics:
        return "cash", -1, "vendor"
    if books.says("customers", "by_customer"):
        return "revenue", 1, "customer"
    if books.says("vendors", "by_vendor"):
        return "cash", -1, "vendor"
    return None, 0, ""


def _told_share(books: Books, totals: dict[str, Decimal], wanted: Decimal, told: str, months: list[Month]) -> Reply:
    """What part of all is with those that are named."""
    part = sum(totals.values(), Decimal(0))
    if not wanted:
        return abstain("There is nothing that a share could be measured against.", suggestions())
    writing = Writing("share", formula="part / whole")
    marks = writing.cite(books.citation(f"transactions: {told} partners", _WITH, period=span(months)))
    names = ", ".join(totals)
    share = f"**{rounded(part / wanted * 100)}%** over {span(months)}: {exact(part)} of {exact(wanted)}"
    writing.say(f"{told} {names} is {share} {marks}.")
    writing.values |= {"value": exact(part / wanted * 100), "part": exact(part), "total": exact(wanted)}
    return writing.reply()


def _is_in(measure: str, kind: str, subtype: str) -> bool:
    return kind == "revenue" if measure == "revenue" else subtype in ("cash", "bank")


def _told_turnover(books: Books, totals: dict[str, Decimal], measure: str, sign: int, months: list[Month]) -> Reply:
    cues = books.frame.cues
    kept = {name: value for name, value in totals.items() if value and all(bound.holds(value) for bound in cues.bounds)}
    if books.partners:
        kept = totals
    ordered = sorted(kept.items(), key=lambda pair: (pair[1] if cues.direction == "least" else -pair[1], pair[0]))
    if not ordered:
        return abstain("There is nothing like that in the books for that time.", suggestions())
    ordered = ordered[cues.nth - 1 :] or ordered if cues.nth else ordered
    most = cues.count or (
        1 if cues.direction and not cues.has("rank") and not books.says("by_customer", "by_vendor") else len(ordered)
    )
    last = ordered[:most][-1][1]
    top = ordered if cues.bounds else [*ordered[:most], *(pair for pair in ordered[most:] if pair[1] == last)]
    told = {"revenue": "revenue from"}.get(measure, "paid to" if sign < 0 else "received from")
    writing = Writing("partners")
    marks = writing.cite(books.citation(f"transactions: {told} partners", _WITH, period=span(months)))
    for name, value in top[:30]:
        writing.say(f"- {told} **{name}** over {span(months)}: {amount(value, books.currency, 'flow')} {marks}")
        writing.values[name] = exact(value)
    listed = ordered[: max(len(top), _RUNNERS_UP)]
    rows = tuple((name, exact(value)) for name, value in listed)
    writing.tables.append(Table(f"{told} partners, {span(months)}", ("partner", "amount"), rows))
    writing.values |= {
        "value": exact(top[0][1]),
        "best": top[0][0],
        "names": "; ".join(name for name, _ in top),
        "count": str(len(ordered)),
    }
    total = sum((value for _, value in ordered), Decimal(0))
    if len(ordered) > 1 and not cues.direction:
        writing.say(f"In all: **{amount(total, books.currency, 'flow')}**.")
        writing.values |= {"value": exact(total), "total": exact(total)}
    if cues.has("count"):
        writing.values["value"] = str(len(ordered))
    if cues.has("average") and not books.partners:
        mean = total / len(ordered)
        writing.say(f"On average over {len(ordered)} partners: **{amount(mean, books.currency, 'average')}**.")
        writing.values |= {"value": exact(mean), "average": exact(mean)}
    if len(top) > 1:
        writing.chart = bar_chart(told, "partner", [("", name, value) for name, value in top[:20]])
    return writing.reply()
