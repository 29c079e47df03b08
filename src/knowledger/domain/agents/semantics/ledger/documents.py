"""What is owed, to us or by us, by partner and document."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, left_over, suggestions
from knowledger.domain.agents.semantics.ledger.counterparties import partner_kinds
from knowledger.domain.agents.semantics.ledger.spans import last_day, lasting, span
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Call, Reply, Table

_OPEN = """
    MATCH (c:Counterparty)<-[:MADE_WITH]-(t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)-[:POSTED_TO]->(a:Account)
    WHERE a.account_subtype IN $subtypes AND t.transaction_date <= date($last)
      AND (t.status IS NULL OR t.status <> 'draft')
    WITH c, t.document_number AS document, min(t.transaction_date) AS issued, list_sum(collect(l.debit)) AS debit,
         list_sum(collect(l.credit)) AS credit
    WHERE debit <> credit
    RETURN c.counterparty_id AS id, c.name AS name, document, issued, debit, credit ORDER BY issued, document
"""


_RECEIVABLE = ("receivable", "receivables")


_PAYABLE = ("payable", "payables")


def answer_open(books: Books, metrics: set[str]) -> Answering:
    """What is owed, to us or by us, by partner and document."""
    if problem := left_over(books):
        return problem
    to_vendors = books.says("we_owe", "vendors", "bills", "by_vendor") or "payables" in metrics
    kinds = yield from partner_kinds(books)
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
    if books.says("oldest", "newest") and listed:
        return _told_first(books, listed, str(day))
    return _told_open(books, listed, to_vendors=to_vendors, day=str(day))


def _told_first(books: Books, listed: list[tuple[str, str, str, str, Decimal]], day: str) -> Reply:
    """The document that has been open longest, or shortest."""
    listed.sort(key=lambda item: (item[3], item[2]), reverse=books.says("newest"))
    _, name, document, issued, owed = listed[0]
    writing = Writing("open_document")
    marks = writing.cite(books.citation(f"documents open at {day}", _OPEN, exact(owed), day))
    writing.say(
        f"**{document}** of {issued} with {name}: {amount(owed, books.currency, 'flow')} open at {day} {marks}."
    )
    rows = tuple((item[1], item[2], item[3], exact(item[4])) for item in listed)
    writing.tables.append(Table(f"Open at {day}", ("partner", "document", "issued", "open"), rows))
    writing.values |= {"value": exact(owed), "best": document, "name": name, "day": issued}
    return writing.reply()


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
