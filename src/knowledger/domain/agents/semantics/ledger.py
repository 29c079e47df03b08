"""Questions about double-entry books: what was earned, spent, owned and owed, and with whom."""

import re
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, unknown_words
from knowledger.domain.agents.semantics.frame import Frame, named_words, read_frame
from knowledger.domain.agents.semantics.ledger_book import ACCOUNTS, POSTINGS, UP_TO, Account, LedgerBook, Month
from knowledger.domain.agents.semantics.ledger_lexicon import METRICS
from knowledger.domain.agents.semantics.lexicon import mended
from knowledger.domain.agents.semantics.periods import Period, Times
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.kernel.json import JsonObject, JsonValue

Answering: TypeAlias = Generator[Call, ToolOutput, Reply]

KINDS = ("Account", "Counterparty", "Entity")
WORDS: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE)
    for name, pattern in {
        "by_customer": r"(?:by|per|for each|each) (?:customer|client|buyer)",
        "by_vendor": r"(?:by|per|for each|each) (?:vendor|supplier)",
        "category": r"(?:by|per|each|every) (?:account|category|type|kind)s?|categor(?:y|ies)",
        "customers": r"customers?|clients?|buyers?",
        "vendors": r"vendors?|suppliers?",
        "counterparties": r"counterpart(?:y|ies)|business partners?",
        "owes_us": r"ow(?:es?|ed|ing) us|owed to us|who owes(?: us)?|has not paid us|have not paid us"
                   r"|haven't paid(?: us)?|still owes?|owes?|owing",
        "we_owe": r"(?:do )?we owe|owed to|owed by us|we still owe|our debts? to",
        "open": r"open|outstanding|unpaid|overdue|unsettled|past due",
        "invoices": r"invoices?|invoiced",
        "bills": r"bills?|billed",
        "paid": r"paid|pay|pays|payments?|paying",
        "received": r"received|receipts?|collected|collections?|came in|took in|inflows?",
        "bought": r"bought|buy|purchases?|purchased",
        "earned": r"earn(?:ed|ings)?|made|make|generate[ds]?|brought in|bring in",
        "sold": r"sold|sell|from sales",
        "outflow": r"outflows?|went out|cash out",
        "transactions": r"(?:booked |posted |recorded |entered )?transactions?(?: (?:booked|posted"
                        r"|recorded|entered|made|were booked))?|journal entries|entries|bookings?"
                        r"|vouchers?|booked|posted|recorded",
        "accounts": r"accounts?|ledger accounts?|chart of accounts",
        "line_items": r"line items?|postings?",
        "journals": r"journals?",
        "reversed": r"reversed|reversals?|taken back|cancelled",
        "moved": r"cash (?:flow|movements?|flows)|movements?",
        "balance": r"(?:closing |ending |account "
                   r"|cash )?(?<!trial )(?<!books )(?<!balance )balances?(?! sheet)(?! check)(?! out)|worth",
        "balance_alone": r"(?<!trial )(?<!books )(?<!balance )balances?(?! sheet)(?! check)(?! out)",
        "sent": r"send|sent|issued?|write|wrote|wrote out|get|getting",
        "went": r"go|goes|went|gone|into|spend(?:ing)? on|cost(?:s)? us|cost",
    }.items()
}  # fmt: skip


@dataclass
class Books:
    """The books, and the question about them."""

    setting: Setting
    frame: Frame
    book: LedgerBook
    words: frozenset[str]
    named: list[Account] = field(default_factory=list)
    partners: list[tuple[str, str]] = field(default_factory=list)

    @property
    def currency(self) -> str:
        return self.book.currency

    def says(self, *words: str) -> bool:
        return any(word in self.words for word in words)

    def citation(
        self, label: str, query: str = POSTINGS, value: str | None = None, period: str | None = None
    ) -> Citation:
        return Citation(
            label=label,
            graph_id=self.setting.graph_id,
            generation_id=self.setting.generation_id,
            node="LineItem",
            file="LineItem",
            period=period,
            value=value,
            unit=self.currency,
            query=" ".join(query.split()),
        )


def open_books(text: str, setting: Setting) -> Generator[Call, ToolOutput, Books | Reply]:
    """Read the question and the books. What the words leave over is not judged here."""
    found = yield Call("find_entity", {"text": text}, "accounts and partners that the question names")
    if found.failed:
        return abstain(f"The graph could not be read: {found.value.get('message')}")
    text = mended(text, named_words(found.value["rows"]))
    frame = read_frame(text, _sensible(found.value["rows"]), KINDS, METRICS, WORDS)
    if frame.cues.has("advice"):
        return abstain(ADVICE, suggestions())
    if frame.times.is_future:
        return abstain(FUTURE, suggestions())
    if frame.cues.has("why"):
        return abstain(WHY, suggestions())
    accounts = yield Call("run_cypher", {"query": ACCOUNTS, "max_rows": 5000}, "the chart of accounts")
    query, parameters = _postings(frame.times)
    posted = yield Call("run_cypher", {"query": query, "parameters": parameters, "max_rows": 5000}, "what was posted")
    entity = yield Call("run_cypher", {"query": _ENTITY, "max_rows": 2}, "whose books they are")
    for output in (accounts, posted, entity):
        if output.failed or output.truncated:
            return abstain("The books could not be read whole, so no figure from them would be sure.")
    year_end, currency = _entity(entity)
    book = LedgerBook.of(accounts.value["rows"], posted.value["rows"], currency, year_end)
    if not book.posted:
        return abstain("Nothing is posted in these books for that time.", suggestions())
    words = frame.words
    named = [book.accounts[item.id] for item in frame.who if item.type == "Account" and item.id in book.accounts]
    partners = [(item.id, item.name) for item in frame.who if item.type == "Counterparty"]
    return Books(setting, frame, book, words, named, partners)


_ENTITY = """
    MATCH (e:Entity)-[:RECORDS]->(t:Transaction) RETURN e.fiscal_year_end AS year_end, e.currency AS currency,
           count(t) AS transactions ORDER BY transactions DESC LIMIT 1
"""


def _entity(output: ToolOutput) -> tuple[int, str]:
    rows = output.value.get("rows")
    row = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else {}
    assert isinstance(row, dict)
    digits = re.sub(r"\D", "", str(row.get("year_end") or ""))
    return (int(digits[:2]) if len(digits) == 4 else 12), str(row.get("currency") or "")


def _postings(times: Times) -> tuple[str, JsonObject]:
    days = [item for item in times.periods if item.kind == "day"]
    if len(days) != 1 or len(times.periods) > 1 or _is_month_end(days[0]):
        return POSTINGS, {}
    return UP_TO, {"day": str(days[0])}


def _is_month_end(period: Period) -> bool:
    return Period(period.year, "month", period.month).days()[1].day == period.day


def _sensible(rows: JsonValue) -> JsonValue:
    """Names that are no ordinary words of questions about books. A heading is less likely meant than an account."""
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    metric_names = {name for metric in METRICS for name in metric.names}
    return [
        row
        for row in listed
        if str(row["text"]) not in metric_names and str(row["text"]) not in ("assets", "sale", "good")
    ]


def suggestions() -> list[str]:
    return [
        "What was the profit by month?",
        "What is the cash balance?",
        "Which customers owe us money?",
        "Show the income statement.",
        "What did we spend by account?",
    ]


def lasting(books: Books, *, stock: bool) -> list[Month] | None:
    """The months that a question is about; None where the books do not reach there."""
    times, book = books.frame.times, books.book
    months = book.months
    if times.periods:
        found = sorted(
            {month for item in (dated(each, book) for each in times.periods) for month in book.of_period(item)}
        )
        return found or None
    if times.since:
        return [item for item in months if book.fiscal_year(item) >= times.since.year] or None
    if times.last:
        return _last(times.last, times.step or "month", book)
    if times.is_ttm:
        return months[-12:] if len(months) >= 12 else None
    if times.is_ytd:
        return book.of_period(Period(book.fiscal_year(months[-1]), "FY"))
    if times.is_previous or (times.is_latest and times.step):
        steps = book.years() if times.step == "year" else book.quarters()
        under_way = times.step in ("year", "quarter") and not book.whole(steps[-1])
        is_last = re.search(
            r"\blast (?:fiscal |financial |full )?(?:year|quarter)", books.frame.question.text, re.IGNORECASE
        )
        if is_last and under_way:
            return _last(2, times.step or "year", book, only_first=True)
        back = 2 if times.is_previous else 1
        return _last(back, times.step or "month", book, only_first=times.is_previous)
    return months


def _last(count: int, step: str, book: LedgerBook, *, only_first: bool = False) -> list[Month] | None:
    if step == "month":
        return (book.months[-count:][:1] if only_first else book.months[-count:]) if len(book.months) >= count else None
    listed = book.quarters() if step == "quarter" else book.years()
    if len(listed) < count:
        return None
    chosen = listed[-count:][:1] if only_first else listed[-count:]
    return sorted({month for item in chosen for month in book.of_period(item)})


def dated(period: Period, book: LedgerBook) -> Period:
    """A period without a year is in the newest year that has it."""
    if period.year:
        return period
    years = sorted({month[0] for month in book.months}, reverse=True)
    found = [replace(period, year=year) for year in years if book.of_period(replace(period, year=year))]
    return found[0] if found else replace(period, year=years[0])


def missing_months(books: Books) -> list[str]:
    """The periods that the question names and the books have nothing in, or only a part of."""
    return [str(item) for item in books.frame.times.periods if not books.book.of_period(dated(item, books.book))]


def partly(books: Books) -> list[str]:
    named = [dated(item, books.book) for item in books.frame.times.periods]
    return [str(item) for item in named if books.book.of_period(item) and not books.book.whole(item)]


def span(months: list[Month]) -> str:
    first, last = months[0], months[-1]
    one, other = (f"{year}-{month:02}" for year, month in (first, last))
    return one if one == other else f"{one} to {other}"


def last_day(months: list[Month]) -> date:
    return Period(months[-1][0], "month", months[-1][1]).days()[1]


def left_over(books: Books) -> Reply | None:
    unknown = books.frame.unknown
    return unknown_words(unknown, suggestions()) if unknown else None
