"""Cash of books: how it moved, how fast it goes, how long it lasts."""

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, suggestions
from knowledger.domain.agents.semantics.ledger.spans import lasting, span
from knowledger.domain.agents.semantics.ledger.values import stepped
from knowledger.domain.agents.semantics.wording import Writing, amount, exact, rounded
from knowledger.domain.agents.steps import Reply, Table
from knowledger.domain.agents.tools.nicknames import word_set


def answer_cash_flow(books: Books) -> Reply:
    months = lasting(books, stock=False)
    cash = books.book.selected("cash")
    if months is None or not cash:
        return abstain("These books have no cash accounts for that time.", suggestions())
    writing = Writing("cash_flow", formula="closing = opening + received − paid")
    rows = []
    for name, part in stepped(books, months):
        closing = books.book.of_accounts(cash, "debit", books.book.reach(True, part))
        change = books.book.of_accounts(cash, "debit", part)
        rows.append((name, exact(closing - change), exact(change), exact(closing)))
        writing.values[name] = exact(change)
    marks = writing.cite(books.citation("line items of cash accounts", period=span(months)))
    writing.say(f"Cash over {span(months)} {marks}: from {rows[0][1]} to **{rows[-1][3]} {books.currency}**.")
    writing.tables.append(Table("Cash", ("period", "opening", "change", "closing"), tuple(rows)))
    writing.values |= {"value": exact(books.book.of_accounts(cash, "debit", months)), "closing": rows[-1][3]}
    return writing.reply()


_WEIGHTLESS = word_set(
    """
    if keep keeps keeping losing lose rate pace continue continues going net current gives give average shrinking
    shrink shrinks dropping falling decreasing down falls drops declines declining left remaining still
    """
)


def answer_burn(books: Books) -> Answering:
    yield from ()
    cues = books.frame.cues
    if not cues.has("burn", "runway"):
        return None
    if unknown := [word for word in books.frame.unknown if word not in _WEIGHTLESS]:
        return unknown_words(unknown, suggestions())
    cash = books.book.selected("cash")
    months = lasting(books, stock=False)
    if not cash or not months:
        return abstain("These books have no cash accounts for that time.", suggestions())
    change = books.book.of_accounts(cash, "debit", months)
    burn = -change / len(months)
    closing = books.book.of_accounts(cash, "debit", books.book.reach(True, books.book.months))
    writing = Writing(
        "runway" if cues.has("runway") else "burn", formula="burn = −(change of cash) / months; runway = cash / burn"
    )
    marks = writing.cite(books.citation("line items of cash accounts", period=span(months)))
    told = f"Cash changed by {amount(change, books.currency, 'flow')} over {span(months)}: "
    if burn <= 0:
        writing.say(
            f"{told}it **grew** by {amount(-burn, books.currency, 'flow')} a month, so nothing is "
            f"burnt and no runway can be told {marks}."
        )
        writing.values |= {"value": exact(burn), "burn": exact(burn)}
        return writing.reply()
    writing.say(f"{told}a burn of **{amount(burn, books.currency, 'flow')}** a month {marks}.")
    writing.values |= {"burn": exact(burn), "value": exact(burn)}
    if cues.has("runway"):
        left = closing / burn
        writing.say(
            f"With {amount(closing, books.currency, 'flow')} of cash that is a runway of "
            f"**{rounded(left, 1)} months**. Formula: {writing.formula}."
        )
        writing.values |= {"value": exact(left), "runway": exact(left)}
    return writing.reply()
