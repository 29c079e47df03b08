"""The figures that a question asks of books: metrics and accounts."""

import re
from collections.abc import Callable
from decimal import Decimal

from knowledger.domain.agents.semantics.ledger.book import Account, Month
from knowledger.domain.agents.semantics.ledger.books import Books
from knowledger.domain.agents.semantics.ledger.lexicon import METRICS, SELECTIONS
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.wording import amount


class Line:
    """A figure of the books over time: a metric, or an account with what is summed into it."""

    def __init__(
        self,
        books: Books,
        name: str,
        kind: str,
        value: Callable[[list[Month]], Decimal | None],
        parts: tuple[Metric, ...] = (),
    ) -> None:
        self.name = name
        self.kind = kind
        self.value = value
        self.books = books
        self.parts = parts

    @property
    def is_stock(self) -> bool:
        return self.kind == "stock"

    @property
    def is_of_a_day(self) -> bool:
        """A stock, or counted of nothing but stocks: the current ratio."""
        return self.is_stock or (bool(self.parts) and all(part.kind == "stock" for part in self.parts))

    def shown(self, value: Decimal) -> str:
        return amount(value, self.books.currency, self.kind)


def are_several(books: Books) -> bool:
    """Whether what a question names stands side by side."""
    return bool(_SEVERAL.search(books.frame.question.text))


def read_lines(books: Books) -> list[Line]:
    """The figures that are asked for. "What we spent on rent" is the account alone; "rent and revenue" are two."""
    _without_explanations(books)
    _without_verbs(books)
    if books.says("included") and {item.id for item in books.frame.metrics} == {"equity", "net_income"}:
        return [_metric_line(books, next(item for item in METRICS if item.id == "net_assets"))]
    if books.says("included") and len(books.frame.metrics) + len(books.named) > 1 and (joined := _joined(books)):
        return [joined]
    metrics = [_metric_line(books, item) for item in books.frame.metrics]
    accounts = [_account_line(books, item) for item in books.named]
    if accounts and metrics and not books.frame.cues.has("share"):
        kinds = {_KIND_OF.get(item.id, "") for item in books.frame.metrics}
        if {item.type for item in books.named} == kinds:
            return accounts
        if all(item.is_flow for item in books.named) and _ON_IT.search(books.frame.question.text):
            return accounts
        return [*metrics, *accounts] if are_several(books) else []
    return [*accounts, *metrics] if books.frame.cues.has("share") else [*metrics, *accounts]


def _without_explanations(books: Books) -> None:
    """ "The current ratio (current assets divided by current liabilities)" is one figure and what it is counted of."""
    counted = [item for item in books.frame.metrics if item.formula]
    if len(counted) != 1:
        return
    parts = [item for item in METRICS if item.id in counted[0].formula.split()]
    books.frame.said = [item for item in books.frame.said if item.metric not in parts]
    books.named = [item for item in books.named if item.name.lower() not in {part.name for part in parts}]


def _without_verbs(books: Books) -> None:
    """ "Which operating expense did we spend the most on": spending is only what is done with it."""
    words = books.frame.question.words
    spent = [item for item in books.frame.said if words[item.start : item.end] in (["spend"], ["spent"])]
    others = [item for item in books.frame.said if item not in spent]
    if spent and any(item.metric.id in _SPENT_ON for item in others):
        books.frame.said = others


_SPENT_ON = ("expenses", "operating_expenses", "cost_of_revenue", "payroll", "interest_expense", "taxes")


def _joined(books: Books) -> Line | None:
    """Figures and accounts as one, whether one is a part of another anyway or not."""
    metrics = books.frame.metrics
    if len(metrics) != 1 or any(item.formula or item.id not in SELECTIONS for item in metrics):
        return None
    below = [item for account in books.named for item in books.book.below(account.id)]
    chosen = [item for metric in metrics for item in books.book.selected(metric.id)]
    accounts = list({item.id: item for item in (*chosen, *below)}.values())
    side, is_stock = SELECTIONS[metrics[0].id].side, metrics[0].kind == "stock"
    if any(item.side != side for item in accounts):
        return None
    name = " with ".join([*(item.name for item in metrics), *(item.name for item in books.named)])
    reach = books.book.reach
    return Line(books, name, metrics[0].kind, lambda at: books.book.of_accounts(accounts, side, reach(is_stock, at)))


_ON_IT = re.compile(r"\b(?:on|for) (?:the|our|my|that) (?:\w+ )?(?:loan|debt|account)", re.IGNORECASE)
_KIND_OF = {"expenses": "expense", "revenue": "revenue", "cash": "asset", "debt": "liability"}


_SEVERAL = re.compile(r"\band\b|,|&|\bvs\b|\bversus\b", re.IGNORECASE)


def _metric_line(books: Books, metric: Metric) -> Line:
    parts = tuple(item for item in METRICS if item.id in metric.formula.split())
    return Line(books, metric.name, metric.kind, lambda months: books.book.metric(metric, months), parts)


def _account_line(books: Books, account: Account) -> Line:
    kind = "flow" if account.is_flow else "stock"
    return Line(books, account.name, kind, lambda months: books.book.account(account, months))
