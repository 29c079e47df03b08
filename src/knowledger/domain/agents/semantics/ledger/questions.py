"""Questions about books, and which answer each gets."""

import re
from collections.abc import Generator

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.ledger.accounts import answer_by_account
from knowledger.domain.agents.semantics.ledger.books import Books, open_books, suggestions
from knowledger.domain.agents.semantics.ledger.cash import answer_burn
from knowledger.domain.agents.semantics.ledger.chart import answer_accounts, asks_for_accounts
from knowledger.domain.agents.semantics.ledger.checks import answer_balance_check
from knowledger.domain.agents.semantics.ledger.definitions import answer_definition
from knowledger.domain.agents.semantics.ledger.document import answer_document
from knowledger.domain.agents.semantics.ledger.entries import answer_entries, asks_for_entries
from knowledger.domain.agents.semantics.ledger.growth import answer_growth, answer_share, answer_shifts
from knowledger.domain.agents.semantics.ledger.lexicon import SELECTIONS
from knowledger.domain.agents.semantics.ledger.lines import Line, are_several, read_lines
from knowledger.domain.agents.semantics.ledger.movements import answer_movements
from knowledger.domain.agents.semantics.ledger.partners import think_partners
from knowledger.domain.agents.semantics.ledger.spans import lasting, missing_months, span, splits_a_month
from knowledger.domain.agents.semantics.ledger.statements import answer_statement
from knowledger.domain.agents.semantics.ledger.values import (
    answer_average,
    answer_extreme,
    answer_series,
    answer_values,
)
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.output import ToolOutput

_WHICH_OF = re.compile(r"\b(?:which|what) (?:\w+ )?(?:costs?|expenses?|revenues?|assets?|liabilit\w+)\b", re.IGNORECASE)
_OTHER = re.compile(r"\b(?:names?|called|where|who|whose|address|phone|iban|e-?mail|number of)\b", re.IGNORECASE)


def think_ledger(text: str, setting: Setting) -> Generator[Call, ToolOutput, Reply | None]:
    """None where the question is not one about books."""
    books = yield from open_books(text, setting)
    if isinstance(books, Reply):
        return books
    if missing := missing_months(books):
        return abstain(
            f"The books have nothing for {', '.join(missing)}: they go from {span(books.book.months)}.", suggestions()
        )
    if (books.frame.cues.has("define") or (books.says("type") and len(books.named) == 1)) and (
        books.frame.metrics or books.named
    ):
        return answer_definition(books)
    if books.lines:
        return (yield from answer_document(books))
    checks = books.frame.cues.has("balance_check") and not books.frame.cues.has("trial_balance") and not books.partners
    if checks and books.says("transactions", "debits"):
        return (yield from answer_balance_check(books))
    if asks_for_accounts(books):
        return (yield from answer_accounts(books))
    if asks_for_entries(books):
        return (yield from answer_entries(books))
    for particular in (answer_burn, answer_statement, think_partners, answer_movements, answer_balance_check):
        found = yield from particular(books)
        if found is not None:
            return found
    lines = read_lines(books)
    if not lines and books.named and books.frame.metrics:
        return abstain("The books do not tell that of a single account.", suggestions())
    if not lines:
        return None
    if len(lines) > 1 and books.says("included"):
        return abstain("I cannot tell what all of it is to be the sum of.", suggestions())
    if len(lines) > 1 and not are_several(books) and not books.frame.cues.has("share", "compare"):
        return abstain("One figure at a time, or several with “and” between them.", suggestions())
    if unknown := books.frame.unknown:
        return unknown_words(unknown, suggestions())
    if books.partners:
        return abstain("I can tell what was sold to, paid to or is owed by a partner.", suggestions())
    return _answered(books, lines)


def _answered(books: Books, lines: list[Line]) -> Reply:
    cues, times = books.frame.cues, books.frame.times
    months = lasting(books, stock=lines[0].is_stock)
    if months is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    if not all(line.is_of_a_day for line in lines) and splits_a_month(books):
        return abstain("I tell what came and went by whole months; name a month, quarter or year.", suggestions())
    if cues.has("when") or _OTHER.search(books.frame.question.text):
        return abstain("I tell amounts of these books, not names, places or days.", suggestions())
    if books.says("received", "outflow") and any(item.id == "cash" for item in books.frame.metrics):
        return abstain("Do you mean the cash balance, or what came in or went out with partners?", suggestions())
    if cues.has("count"):
        return abstain("I count transactions, documents and partners; of these I can tell the amount.", suggestions())
    is_counted = len(lines) == 1 and any(item.formula for item in books.frame.metrics)
    if cues.has("split_segment", "split_product", "split_region") or (
        cues.has("share") and len(lines) != 2 and not is_counted
    ):
        return abstain(
            "I split figures by account, customer or vendor, and hold one figure against another.", suggestions()
        )
    if cues.bounds and not (books.says("category", "accounts") and len(lines) == 1):
        return abstain("I hold accounts, customers, vendors and transactions against a limit.", suggestions())
    if cues.has("share") and not is_counted:
        return answer_share(books, lines, months)
    by_time = times.step is not None and times.is_all
    several = books.says("accounts", "category") or (cues.direction and _WHICH_OF.search(books.frame.question.text))
    if cues.has("growth") and several and not books.named:
        if len(lines) == 1 and books.frame.metrics and books.frame.metrics[0].id in SELECTIONS and not by_time:
            return answer_shifts(books, books.frame.metrics[0])
        return abstain("I tell how one figure or account changed at a time.", suggestions())
    if books.says("category") or (cues.has("split") and not by_time):
        if len(lines) == 1 and books.frame.metrics:
            return answer_by_account(books, books.frame.metrics[0], months)
        return abstain("I split revenue, expenses, assets or liabilities by account.", suggestions())
    if (cues.direction or cues.bounds) and books.says("accounts", "category") and books.frame.metrics:
        return answer_by_account(books, books.frame.metrics[0], months)
    by_nature = books.frame.metrics and books.frame.metrics[0].id == "expenses" and times.step is None
    if cues.direction and len(lines) == 1 and not books.named and by_nature:
        return answer_by_account(books, books.frame.metrics[0], months)
    if cues.has("compare") and len(lines) == 2 and len(times.periods) == 1:
        return answer_values(books, lines, months)
    if cues.has("growth", "compare") and (
        len(times.periods) == 2 or times.is_range or (times.step and not times.is_all) or len(times.periods) == 1
    ):
        return answer_growth(books, lines, months)
    if cues.direction and len(lines) == 1:
        return answer_extreme(books, lines[0], months)
    if cues.has("average", "median") and len(lines) == 1:
        return answer_average(books, lines[0], months)
    if (
        (len(times.periods) > 1 and not times.is_range)
        or times.is_all
        or cues.has("trend", "growth")
        or (times.step and times.last > 1)
    ):
        return answer_series(books, lines, months)
    return answer_values(books, lines, months)
