"""With whom: customers and vendors, what is open, and the transactions themselves."""

import re
from collections.abc import Generator
from decimal import Decimal
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger import Books, last_day, lasting, left_over, span, suggestions
from knowledger.domain.agents.semantics.ledger_book import Month
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, exact
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.json import JsonObject

Answering: TypeAlias = Generator[Call, ToolOutput, Reply | None]

_WITH = """
    MATCH (c:Counterparty)<-[:MADE_WITH]-(t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
    WHERE t.transaction_date >= date($first) AND t.transaction_date <= date($last)
      AND (t.status IS NULL OR t.status <> 'draft')
    RETURN c.counterparty_id AS id, c.name AS name, c.counterparty_kind AS kind, a.account_type AS type,
           a.account_subtype AS subtype, list_sum(collect(l.debit)) AS debit, list_sum(collect(l.credit)) AS credit
"""
_OPEN = """
    MATCH (c:Counterparty)<-[:MADE_WITH]-(t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
    WHERE a.account_subtype IN $subtypes AND t.transaction_date <= date($last)
      AND (t.status IS NULL OR t.status <> 'draft')
    WITH c, t.document_number AS document, min(t.transaction_date) AS issued, list_sum(collect(l.debit)) AS debit,
         list_sum(collect(l.credit)) AS credit
    WHERE debit <> credit
    RETURN c.counterparty_id AS id, c.name AS name, document, issued, debit, credit ORDER BY issued, document
"""
_TRANSACTIONS = """
    MATCH (t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)
    WHERE t.transaction_date >= date($first) AND t.transaction_date <= date($last)
    OPTIONAL MATCH (t)-[:MADE_WITH]->(c:Counterparty)
    WITH t, c, list_sum(collect(l.debit)) AS amount
    RETURN t.transaction_id AS transaction, t.transaction_date AS day, t.transaction_kind AS kind,
           t.description AS description, c.counterparty_id AS partner, c.name AS name, t.status AS status,
           t.document_number AS document, amount
    ORDER BY amount DESC, transaction
"""
_KINDS = {
    "invoice": re.compile(r"\binvoices?\b", re.IGNORECASE),
    "bill": re.compile(r"\bbills?\b", re.IGNORECASE),
    "payment": re.compile(r"\bpayments?\b", re.IGNORECASE),
    "deposit": re.compile(r"\bdeposits?\b", re.IGNORECASE),
    "transfer": re.compile(r"\btransfers?\b", re.IGNORECASE),
    "payroll": re.compile(r"\bpayrolls?\b|\bpayroll runs?\b", re.IGNORECASE),
    "adjustment": re.compile(r"\badjust(?:ment|ments|ing)\b", re.IGNORECASE),
    "credit note": re.compile(r"\bcredit notes?\b", re.IGNORECASE),
}
_DEALINGS = ("by_customer", "by_vendor", "received", "paid", "sold", "bought", "invoices", "bills")
_RECEIVABLE = ("receivable", "receivables")
_PAYABLE = ("payable", "payables")


def think_partners(books: Books) -> Answering:
    cues = books.frame.cues
    metrics = {item.id for item in books.frame.metrics}
    for_open = books.says("owes_us", "we_owe", "open") or metrics & {"receivables", "payables"}
    about_an_account = books.named and not books.partners
    if (
        for_open
        and not about_an_account
        and (
            books.partners
            or books.says(
                "customers",
                "vendors",
                "invoices",
                "bills",
                "owes_us",
                "we_owe",
                "by_customer",
                "by_vendor",
                "counterparties",
            )
            or cues.has("list")
        )
    ):
        return (yield from _open(books, metrics))
    if cues.has("count") and not books.frame.metrics and not cues.bounds:
        return (yield from _counted(books))
    about_partners = books.says("customers", "vendors", "by_customer", "by_vendor", "counterparties")
    if books.partners or (
        about_partners and (cues.direction or cues.has("rank", "list", "by", "split") or books.says(*_DEALINGS))
    ):
        return (yield from _turnover(books))
    kinds = [name for name, pattern in _KINDS.items() if pattern.search(books.frame.question.text)]
    if (
        (books.says("transactions") or kinds)
        and (cues.direction or cues.bounds or cues.has("list"))
        and not books.named
        and not books.frame.metrics
    ):
        return (yield from _listed(books))
    return None


def _bounds(books: Books) -> tuple[list[Month], JsonObject] | None:
    months = lasting(books, stock=False)
    if not months:
        return None
    days = [item for item in books.frame.times.periods if item.kind == "day"]
    first, last = Period(months[0][0], "month", months[0][1]).days()[0], last_day(months)
    if len(days) == 1:
        first = last = days[0].days()[0]
    return months, {"first": str(first), "last": str(last)}


def _open(books: Books, metrics: set[str]) -> Answering:
    """What is owed, to us or by us, by partner and document."""
    if problem := left_over(books):
        return problem
    to_vendors = books.says("we_owe", "vendors", "bills", "by_vendor") or "payables" in metrics
    kinds = yield from _kinds_of(books)
    if books.partners and not books.says("we_owe") and "receivables" not in metrics:
        to_vendors = kinds.get(books.partners[0][0]) != "customer"
    if (
        books.says("owes_us", "customers", "invoices")
        and not books.partners
        and not books.says("we_owe", "vendors", "bills")
    ):
        to_vendors = False
    months = lasting(books, stock=True)
    if not months:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    days = [item for item in books.frame.times.periods if item.kind == "day"]
    day = days[0].days()[0] if days else last_day(months)
    subtypes = _PAYABLE if to_vendors else _RECEIVABLE
    found = yield Call(
        "run_cypher",
        {"query": _OPEN, "parameters": {"subtypes": [*subtypes], "last": str(day)}, "max_rows": 5000},
        "open documents",
    )
    rows = found.value.get("rows")
    if found.failed or found.truncated or not isinstance(rows, list):
        return abstain("The open documents could not be read whole.")
    sign = -1 if to_vendors else 1
    listed = [
        (
            str(row["id"]),
            str(row["name"]),
            str(row["document"] or ""),
            str(row["issued"])[:10],
            sign * (Decimal(str(row["debit"])) - Decimal(str(row["credit"]))),
        )
        for row in rows
        if isinstance(row, dict)
    ]
    if books.partners:
        wanted = {item for item, _ in books.partners}
        listed = [item for item in listed if item[0] in wanted]
        if not listed and any((kinds.get(item) == "customer") == to_vendors for item in wanted):
            names = ", ".join(name for _, name in books.partners)
            return abstain(f"{names} is not among those {'we owe' if to_vendors else 'who owe us'}.", suggestions())
    return _told_open(books, listed, to_vendors=to_vendors, day=str(day))


def _told_open(books: Books, listed: list[tuple[str, str, str, str, Decimal]], *, to_vendors: bool, day: str) -> Reply:
    cues = books.frame.cues
    totals: dict[str, Decimal] = {}
    for _, name, _, _, owed in listed:
        totals[name] = totals.get(name, Decimal(0)) + owed
    kept = {name: value for name, value in totals.items() if all(bound.holds(value) for bound in cues.bounds)}
    ordered = sorted(kept.items(), key=lambda pair: (pair[1] if cues.direction == "least" else -pair[1], pair[0]))
    total = sum(totals.values(), Decimal(0))
    writing = Writing("payables" if to_vendors else "receivables")
    who, verb = ("vendors", "we owe") if to_vendors else ("customers", "owe us")
    marks = writing.cite(books.citation(f"documents open at {day}", _OPEN, exact(total), day))
    by_document = books.says("invoices", "bills") and not cues.direction
    writing.say(
        f"At {day}, {len(totals)} {who} with {len(listed)} open documents: in all "
        f"**{amount(total, books.currency, 'flow')}** {marks}."
    )
    for name, value in ordered[: cues.count or 30]:
        writing.say(f"- **{name}**: {amount(value, books.currency, 'flow')}")
        writing.values[name] = exact(value)
    rows = tuple((name, document, issued, exact(owed)) for _, name, document, issued, owed in listed)
    writing.tables.append(
        Table(
            f"What {who if not to_vendors else ''} {verb} at {day}".replace("  ", " "),
            ("partner", "document", "issued", "open"),
            rows,
        )
    )
    writing.values |= {"total": exact(total), "partners": str(len(totals)), "documents": str(len(listed))}
    writing.values["names"] = "; ".join(name for name, _ in ordered[: cues.count or None])
    if ordered:
        writing.values["best"] = ordered[0][0]
    counted = str(len(listed)) if by_document else str(len(totals))
    first = exact(ordered[0][1]) if ordered and cues.direction else exact(total)
    writing.values["value"] = counted if cues.has("count") else first
    return writing.reply()


def _kinds_of(books: Books) -> Generator[Call, ToolOutput, dict[str, str]]:
    query = "MATCH (c:Counterparty) RETURN c.counterparty_id AS id, c.counterparty_kind AS kind"
    found = yield Call("run_cypher", {"query": query, "max_rows": 5000}, "who is a customer, who a vendor")
    rows = found.value.get("rows")
    return (
        {str(row["id"]): str(row["kind"] or "") for row in rows if isinstance(row, dict)}
        if isinstance(rows, list)
        else {}
    )


def _turnover(books: Books) -> Answering:
    """What was sold to, received from, or paid to partners."""
    if problem := left_over(books):
        return problem
    bounds = _bounds(books)
    if bounds is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    months, parameters = bounds
    kinds = yield from _kinds_of(books)
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
    wanted = {item for item, _ in books.partners}
    for row in rows:
        if not isinstance(row, dict) or (wanted and str(row["id"]) not in wanted):
            continue
        if not wanted and kind and row["kind"] != kind:
            continue
        if _is_in(measure, str(row["type"]), str(row["subtype"])):
            debit, credit = (Decimal(str(row[side] or 0)) for side in ("debit", "credit"))
            moved = credit - debit if measure == "revenue" else (credit if sign < 0 else debit)
            name = str(row["name"])
            totals[name] = totals.get(name, Decimal(0)) + moved
    for _, name in books.partners:
        totals.setdefault(name, Decimal(0))
    return _told_turnover(books, totals, measure, sign, months)


def _measure(books: Books, kinds: dict[str, str]) -> tuple[str | None, int, str]:
    """What is meant (revenue or cash), its sign, and the kind of partner it is asked of."""
    metrics = {item.id for item in books.frame.metrics}
    their = kinds.get(books.partners[0][0], "") if books.partners else ""
    if their == "customer" and books.says("bought"):
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
    most = cues.count or (
        1 if cues.direction and not cues.has("rank") and not books.says("by_customer", "by_vendor") else len(ordered)
    )
    top = ordered if cues.bounds else ordered[:most]
    told = {"revenue": "revenue from"}.get(measure, "paid to" if sign < 0 else "received from")
    writing = Writing("partners")
    marks = writing.cite(books.citation(f"transactions: {told} partners", _WITH, period=span(months)))
    for name, value in top[:30]:
        writing.say(f"- {told} **{name}** over {span(months)}: {amount(value, books.currency, 'flow')} {marks}")
        writing.values[name] = exact(value)
    rows = tuple((name, exact(value)) for name, value in top)
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
    if len(top) > 1:
        writing.chart = bar_chart(told, "partner", [("", name, value) for name, value in top[:20]])
    return writing.reply()


def _transactions(books: Books) -> Generator[Call, ToolOutput, list[JsonObject] | Reply]:
    bounds = _bounds(books)
    if bounds is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    found = yield Call(
        "run_cypher", {"query": _TRANSACTIONS, "parameters": bounds[1], "max_rows": 5000}, "transactions"
    )
    rows = found.value.get("rows")
    if found.failed or found.truncated or not isinstance(rows, list):
        return abstain("There are more transactions than I can read at once. Name a shorter time.")
    kinds = [
        name
        for name, pattern in _KINDS.items()
        if books.frame.question.take(pattern) or pattern.search(books.frame.question.text)
    ]
    wanted = {item for item, _ in books.partners}
    return [
        row
        for row in rows
        if isinstance(row, dict)
        and (not kinds or row["kind"] in kinds)
        and (not wanted or str(row["partner"]) in wanted)
        and (not books.says("reversed") or row["status"] == "reversed")
        and all(bound.holds(Decimal(str(row["amount"]))) for bound in books.frame.cues.bounds)
    ]


def _counted(books: Books) -> Answering:
    """How many transactions (of a kind, in a time, with a partner), accounts, customers …"""
    kinds = [name for name, pattern in _KINDS.items() if pattern.search(books.frame.question.text)]
    if books.says("transactions") or kinds:
        rows = yield from _transactions(books)
        if isinstance(rows, Reply):
            return rows
        if problem := left_over(books):
            return problem
        writing = Writing("count")
        months = lasting(books, stock=False) or books.book.months
        what = " or ".join(kinds) + " transactions" if kinds else "transactions"
        marks = writing.cite(books.citation("transactions", _TRANSACTIONS, str(len(rows)), span(months)))
        writing.say(f"There are **{len(rows)}** {what} over {span(months)} {marks}.")
        writing.values["value"] = str(len(rows))
        return writing.reply()
    wanted = "customer" if books.says("customers") else "vendor" if books.says("vendors") else ""
    if wanted and not books.frame.unknown and not books.frame.times.periods:
        of_kind = yield from _kinds_of(books)
        number = sum(kind == wanted for kind in of_kind.values())
        writing = Writing("count")
        marks = writing.cite(
            books.citation("counterparties", "MATCH (c:Counterparty) RETURN c.counterparty_kind, count(*)", str(number))
        )
        writing.say(f"There are **{number}** {wanted}s {marks}.")
        writing.values["value"] = str(number)
        return writing.reply()
    return None


def _listed(books: Books) -> Answering:
    rows = yield from _transactions(books)
    if isinstance(rows, Reply):
        return rows
    if problem := left_over(books):
        return problem
    cues = books.frame.cues
    ordered = rows[::-1] if cues.direction == "least" else rows
    most = cues.count or (1 if cues.direction else 20)
    top = ordered if cues.bounds else ordered[:most]
    if not top:
        return abstain("There is no such transaction in the books.", suggestions())
    writing = Writing("transactions")
    marks = writing.cite(
        *(
            books.citation(f"transaction {row['transaction']}", _TRANSACTIONS, str(row["amount"]), str(row["day"]))
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
    writing.values |= {"value": str(top[0]["amount"]), "best": str(top[0]["transaction"]), "count": str(len(rows))}
    if cues.has("count"):
        writing.values["value"] = str(len(rows))
    return writing.reply()
