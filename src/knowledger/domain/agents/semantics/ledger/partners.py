"""Questions about customers, vendors and transactions, and which answer each gets."""

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, suggestions
from knowledger.domain.agents.semantics.ledger.dealings import (
    answer_how_often,
    answer_typical,
    answer_when,
    asks_how_often,
)
from knowledger.domain.agents.semantics.ledger.documents import answer_open
from knowledger.domain.agents.semantics.ledger.paying import answer_how_long, asks_how_long
from knowledger.domain.agents.semantics.ledger.transactions import DOCUMENT_KINDS, answer_count, answer_list
from knowledger.domain.agents.semantics.ledger.turnover import answer_turnover
from knowledger.domain.agents.semantics.ledger.who import answer_who, asks_who

_DEALINGS = ("by_customer", "by_vendor", "received", "paid", "sold", "bought", "invoices", "bills")


def think_partners(books: Books) -> Answering:
    cues = books.frame.cues
    metrics = {item.id for item in books.frame.metrics}
    kinds = [name for name, pattern in DOCUMENT_KINDS.items() if pattern.search(books.frame.question.text)]
    if cues.has("when") and not books.frame.metrics and (books.partners or kinds or books.says("transactions")):
        return (yield from answer_when(books))
    if cues.has("when") and books.says("customers", "vendors"):
        return abstain("I tell amounts of these books, not the day on which something came about.", suggestions())
    if asks_how_long(books):
        return (yield from answer_how_long(books))
    if asks_who(books):
        return (yield from answer_who(books))
    if asks_how_often(books):
        return (yield from answer_how_often(books))
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
        return (yield from answer_open(books, metrics))
    if cues.has("average", "median") and cues.has("count"):
        return None
    if books.says("category") and books.says("transactions") and not books.frame.metrics:
        return None
    by_time = books.frame.times.step is not None and books.frame.times.is_all
    if by_time and (kinds or books.says("transactions")) and not books.frame.metrics and not books.named:
        return (yield from answer_count(books))
    if cues.has("count") and not books.frame.metrics and (not cues.bounds or kinds or books.says("transactions")):
        return (yield from answer_count(books))
    if books.partners and not books.frame.metrics and cues.has("list") and books.says("transactions"):
        return (yield from answer_list(books))
    about_partners = books.says("customers", "vendors", "by_customer", "by_vendor", "counterparties")
    if books.partners or (
        about_partners
        and (cues.direction or cues.bounds or cues.has("rank", "list", "by", "split") or books.says(*_DEALINGS))
    ):
        return (yield from answer_turnover(books))
    if (books.says("transactions") or kinds) and _is_summed(books) and not books.named:
        return (yield from answer_typical(books))
    if (
        (books.says("transactions") or kinds)
        and (
            cues.direction
            or books.frame.times.periods
            or cues.bounds
            or cues.has("list")
            or books.says("reversed")
            or books.frame.times.is_latest
        )
        and not books.named
        and not books.frame.metrics
    ):
        return (yield from answer_list(books))
    return None


def _is_summed(books: Books) -> bool:
    return books.frame.cues.has("average", "median", "sum") or "total" in books.frame.question.words
