"""The books, and the question about them, taken apart."""

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, unknown_words, which_of
from knowledger.domain.agents.semantics.conversation import gone_on
from knowledger.domain.agents.semantics.frame import Frame, named_words, read_frame
from knowledger.domain.agents.semantics.ledger.book import ACCOUNTS, POSTINGS, UP_TO, Account, LedgerBook
from knowledger.domain.agents.semantics.ledger.lexicon import METRICS
from knowledger.domain.agents.semantics.ledger.numbers import numbered
from knowledger.domain.agents.semantics.ledger.words import KINDS, WORDS
from knowledger.domain.agents.semantics.lexicon import mended
from knowledger.domain.agents.semantics.periods import Period, Times
from knowledger.domain.agents.semantics.plain import of_money
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.kernel.json import JsonObject, JsonValue


@dataclass
class Books:
    """The books, and the question about them."""

    setting: Setting
    frame: Frame
    book: LedgerBook
    words: frozenset[str]
    named: list[Account] = field(default_factory=list)
    partners: list[tuple[str, str]] = field(default_factory=list)
    lines: list[JsonObject] = field(default_factory=list)
    """The line items of the document that the question calls by its number."""

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
    text, lines = yield from numbered(text)
    frame = yield from _read(text)
    if isinstance(frame, Reply):
        return frame
    frame = yield from gone_on(frame, setting.earlier, _read)
    frame.times = frame.times.with_days_up_to(setting.today)
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
    return Books(setting, frame, book, words, named, partners, lines)


def _read(text: str) -> Generator[Call, ToolOutput, Frame | Reply]:
    text = of_money(_HALF_YEAR.sub("first half", _GROSS.sub("", text)))
    found = yield Call("find_entity", {"text": text}, "accounts and partners that the question names")
    if found.failed:
        return abstain(f"The graph could not be read: {found.value.get('message')}")
    text = mended(text, named_words(found.value["rows"]))
    frame = read_frame(text, _owed(_sensible(found.value["rows"], text), text), KINDS, METRICS, WORDS)
    if frame.cues.has("advice"):
        return abstain(ADVICE, suggestions())
    if frame.times.is_future:
        return abstain(FUTURE, suggestions())
    if frame.cues.has("why"):
        return abstain(WHY, suggestions())
    if frame.ambiguous:
        return which_of(frame.ambiguous, suggestions())
    return frame


_GROSS = re.compile(r"\b(?:incl(?:uding|usive of)?\.?|with) (?:the )?(?:vat|tax|sales tax)\b", re.IGNORECASE)
"""Documents are worth what is owed for them, tax included."""
_HALF_YEAR = re.compile(r"(?<!first )(?<!second )(?<!last )\bhalf[- ]year\b", re.IGNORECASE)
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


def _sensible(rows: JsonValue, text: str) -> list[JsonObject]:
    """Names that are no ordinary words of questions about books. A heading is less likely meant than an account."""
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    metric_names = {name for metric in METRICS for name in metric.names}
    figures = [name for name in metric_names if " " in name]
    return [
        row
        for row in listed
        if not _is_in_a_figure(str(row["text"]), text, figures)
        and str(row["text"]) not in metric_names
        and str(row["text"]) not in ("assets", "sale", "good")
    ]


def _is_in_a_figure(said: str, text: str, figures: list[str]) -> bool:
    """ "Quick ratio" names nobody whose name has a "quick" in it."""
    words = said.lower()
    return any(words in name and words != name and name in text.lower() for name in figures)


_DUE = re.compile(r"\b(?:due|payable|owed)\b", re.IGNORECASE)
_OWES = re.compile(r"\b(?:do|did|does|must|have to) we (?:still )?(?:owe|pay over|remit)\b|\bwe owe\b", re.IGNORECASE)


def _owed(rows: list[JsonObject], text: str) -> JsonValue:
    """What of one name is owed is due: of several taxes the one that is, where what we owe is asked about.

    What was spent is none that is due.
    """
    due = [row for row in rows if _DUE.search(str(row["name"]))]
    if _OWES.search(text):
        places = {(row["start"], row["end"]) for row in due}
        return [row for row in rows if (row["start"], row["end"]) not in places or row in due]
    if _SPENT.search(text):
        others = {(row["start"], row["end"]) for row in rows if row not in due}
        return [row for row in rows if row not in due or (row["start"], row["end"]) not in others]
    return [*rows]


_SPENT = re.compile(r"\b(?:spen[dt]|spending|costs?|expenses?|pa(?:y|id))\b(?! on the)", re.IGNORECASE)


def suggestions() -> list[str]:
    return [
        "What was the profit by month?",
        "What is the cash balance?",
        "Which customers owe us money?",
        "Show the income statement.",
        "What did we spend by account?",
    ]


def left_over(books: Books) -> Reply | None:
    unknown = books.frame.unknown
    return unknown_words(unknown, suggestions()) if unknown else None


Answering: TypeAlias = Generator[Call, ToolOutput, "Reply | None"]
