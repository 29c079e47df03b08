"""The figures that a question asks of books: metrics and accounts."""

import re
from collections.abc import Callable
from decimal import Decimal

from knowledger.domain.agents.semantics.ledger.book import Account, Month
from knowledger.domain.agents.semantics.ledger.books import Books
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.wording import amount


class Line:
    """A figure of the books over time: a metric, or an account with what is summed into it."""

    def __init__(self, books: Books, name: str, kind: str, value: Callable[[list[Month]], Decimal | None]) -> None:
        self.name = name
        self.kind = kind
        self.value = value
        self.books = books

    @property
    def is_stock(self) -> bool:
        return self.kind == "stock"

    def shown(self, value: Decimal) -> str:
        return amount(value, self.books.currency, self.kind)


def are_several(books: Books) -> bool:
    """Whether what a question names stands side by side."""
    return bool(_SEVERAL.search(books.frame.question.text))


def read_lines(books: Books) -> list[Line]:
    """The figures that are asked for. "What we spent on rent" is the account alone; "rent and revenue" are two."""
    metrics = [_metric_line(books, item) for item in books.frame.metrics]
    accounts = [_account_line(books, item) for item in books.named]
    if accounts and metrics and not books.frame.cues.has("share"):
        kinds = {_KIND_OF.get(item.id, "") for item in books.frame.metrics}
        if {item.type for item in books.named} == kinds:
            return accounts
        return [*metrics, *accounts] if are_several(books) else []
    return [*accounts, *metrics] if books.frame.cues.has("share") else [*metrics, *accounts]


_KIND_OF = {"expenses": "expense", "revenue": "revenue", "cash": "asset", "debt": "liability"}


_SEVERAL = re.compile(r"\band\b|,|&|\bvs\b|\bversus\b", re.IGNORECASE)


def _metric_line(books: Books, metric: Metric) -> Line:
    return Line(books, metric.name, metric.kind, lambda months: books.book.metric(metric, months))


def _account_line(books: Books, account: Account) -> Line:
    kind = "flow" if account.is_flow else "stock"
    return Line(books, account.name, kind, lambda months: books.book.account(account, months))
