"""The chart of accounts: which accounts there are, and how many of a kind."""

from knowledger.domain.agents.semantics.ledger.book import ACCOUNTS, Account
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, left_over
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Table

_TYPES = {
    "assets": "asset",
    "liabilities": "liability",
    "equity": "equity",
    "revenue": "revenue",
    "expenses": "expense",
}


def asks_for_accounts(books: Books) -> bool:
    """ "Which accounts are assets", "how many expense accounts are there", "list the chart of accounts"."""
    cues, metrics = books.frame.cues, [item.id for item in books.frame.metrics]
    of_figures = cues.direction or cues.bounds or cues.has("share", "growth", "compare", "sum", "average", "how_much")
    plain = not (of_figures or books.named or books.partners or books.frame.times.periods)
    others = books.says("balance", "transactions", "moved", "by_customer", "by_vendor", "paid", "bought", "went")
    wanted = len(metrics) <= 1 and set(metrics) <= set(_TYPES)
    return bool(
        plain and not others and wanted and books.says("accounts") and cues.has("count", "list") and _alone(books)
    )


def _alone(books: Books) -> bool:
    """A kind of accounts, not what was spent by account."""
    words = books.frame.question.words
    return not {"by", "per", "each", "spend", "spent"} & set(words)


def answer_accounts(books: Books) -> Answering:
    yield from ()
    if problem := left_over(books):
        return problem
    kind = _TYPES[books.frame.metrics[0].id] if books.frame.metrics else ""
    found = sorted(
        (item for item in books.book.accounts.values() if not kind or item.type == kind), key=lambda item: item.code
    )
    headings = [item for item in found if _is_heading(books, item)]
    writing = Writing("accounts")
    marks = writing.cite(books.citation("the chart of accounts", ACCOUNTS, str(len(found))))
    of_them = f", {len(headings)} of them headings" if headings else ""
    writing.say(f"**{len(found)}** {kind} accounts{of_them} {marks}:".replace("  ", " "))
    for item in found:
        writing.say(f"- {item.code} {item.name}{' (heading)' if item in headings else ''}")
    rows = tuple((item.code, item.name, item.type, item.subtype) for item in found)
    writing.tables.append(Table("Accounts", ("code", "name", "type", "subtype"), rows))
    writing.values |= {"value": str(len(found)), "count": str(len(found))}
    writing.values |= {"postable": str(len(found) - len(headings)), "names": "; ".join(item.name for item in found)}
    if found:
        writing.values["best"] = found[0].name
    return writing.reply()


def _is_heading(books: Books, account: Account) -> bool:
    return len(books.book.below(account.id)) > 1
