"""What was posted to the accounts, month by month."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from knowledger.domain.agents.semantics.formulas import evaluate
from knowledger.domain.agents.semantics.ledger.lexicon import METRICS, SELECTIONS, Side
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period
from knowledger.kernel.json import JsonObject, JsonValue

Month = tuple[int, int]


POSTINGS = """
    MATCH (a:Account)<-[:POSTED_TO]-(l:LineItem)<-[:HAS_LINE_ITEM]-(t:Transaction)
    WHERE (t.status IS NULL OR t.status <> 'draft') AND t.transaction_date IS NOT NULL
    RETURN a.account_id AS account, date_part('year', t.transaction_date) AS year,
           date_part('month', t.transaction_date) AS month, list_sum(collect(l.debit)) AS debit,
           list_sum(collect(l.credit)) AS credit, count(*) AS lines
"""


UP_TO = POSTINGS.replace("IS NOT NULL\n", "<= date($day)\n", 1)


ACCOUNTS = """
    MATCH (a:Account) RETURN a.account_id AS account_id, a.code AS code, a.name AS name, a.account_type AS account_type,
           a.account_subtype AS account_subtype, a.parent_account_id AS parent
"""


@dataclass(frozen=True)
class Account:
    id: str
    code: str
    name: str
    type: str
    subtype: str
    parent: str

    @property
    def side(self) -> Side:
        return "debit" if self.type in ("asset", "expense") else "credit"

    @property
    def is_flow(self) -> bool:
        return self.type in ("revenue", "expense")


@dataclass
class LedgerBook:
    """`year_end` is the last month of the fiscal year."""

    accounts: dict[str, Account]
    currency: str
    year_end: int
    posted: dict[tuple[str, Month], tuple[Decimal, Decimal]] = field(default_factory=dict)

    @classmethod
    def of(cls, accounts: JsonValue, postings: JsonValue, currency: str, year_end: int) -> "LedgerBook":
        found = {str(row["account_id"]): _account(row) for row in _dicts(accounts)}
        posted = {
            (str(row["account"]), (int(str(row["year"])), int(str(row["month"])))): (
                _money(row["debit"]),
                _money(row["credit"]),
            )
            for row in _dicts(postings)
        }
        return cls(found, currency, year_end, posted)

    @property
    def months(self) -> list[Month]:
        found = {month for _, month in self.posted}
        return _from_to(min(found), max(found)) if found else []

    def below(self, account_id: str) -> list[Account]:
        """An account and all that are summed into it."""
        found, waiting = [], [account_id]
        while waiting:
            here = waiting.pop()
            if here in self.accounts and self.accounts[here] not in found:
                found.append(self.accounts[here])
                waiting += [item.id for item in self.accounts.values() if item.parent == here]
        return found

    def selected(self, metric: str) -> list[Account]:
        wanted = SELECTIONS[metric]
        return [
            item
            for item in self.accounts.values()
            if item.type in wanted.types
            and (not wanted.subtypes or item.subtype in wanted.subtypes)
            and item.subtype not in wanted.but
            and (
                metric != "gross_profit"
                or item.type == "revenue"
                or item.subtype in SELECTIONS["cost_of_revenue"].subtypes
            )
        ]

    def of_accounts(self, accounts: Iterable[Account], side: Side, months: Iterable[Month] | None) -> Decimal:
        """What was posted on that side less on the other; without months in all of them."""
        wanted = None if months is None else set(months)
        ids = {item.id for item in accounts}
        total = Decimal(0)
        for (account, month), (debit, credit) in self.posted.items():
            if account in ids and (wanted is None or month in wanted):
                total += debit - credit if side == "debit" else credit - debit
        return total

    def metric(self, metric: Metric, months: list[Month]) -> Decimal | None:
        """A flow over the months; a stock at the end of the last of them."""
        if metric.formula:
            parts = {item.id: item for item in METRICS if item.id in metric.formula.split()}
            values = {name: self.metric(part, months) for name, part in parts.items()}
            known = {name: value for name, value in values.items() if value is not None}
            value = evaluate(metric.formula, known) if len(known) == len(parts) else None
            return value * 100 if value is not None and metric.kind == "percent" else value
        accounts = self.selected(metric.id)
        if not accounts:
            return None
        return self.of_accounts(accounts, SELECTIONS[metric.id].side, self.reach(metric.kind == "stock", months))

    def account(self, account: Account, months: list[Month]) -> Decimal:
        """As it grows: what is returned or written off is told by itself as the amount that it is."""
        contra: Side = "credit" if account.side == "debit" else "debit"
        side = contra if account.subtype.startswith("contra") else account.side
        return self.of_accounts(self.below(account.id), side, self.reach(not account.is_flow, months))

    def reach(self, is_stock: bool, months: list[Month]) -> list[Month]:
        return [item for item in self.months if item <= max(months)] if is_stock else months

    def of_period(self, period: Period) -> list[Month]:
        """The months of a period that the books have something in, or lie between such months."""
        months = set(self.calendar(period))
        return [item for item in self.months if item in months]

    def calendar(self, period: Period) -> list[Month]:
        if period.kind in ("month", "day"):
            return [(period.year, period.month)]
        first, last = period.days()
        shift = self.year_end - 12
        return [_shifted((period.year, number), shift) for number in range(first.month, last.month + 1)]

    def whole(self, period: Period) -> bool:
        """Whether the books reach over all of a period."""
        return set(self.calendar(period)) <= set(self.months)

    def fiscal_year(self, month: Month) -> int:
        return month[0] + (1 if month[1] > self.year_end else 0)

    def quarters(self) -> list[Period]:
        kinds = ("Q1", "Q2", "Q3", "Q4")
        years = {self.fiscal_year(item) for item in self.months}
        listed = [Period(year, kind) for year in sorted(years) for kind in kinds]  # type: ignore[arg-type]
        return [item for item in listed if self.of_period(item)]

    def years(self) -> list[Period]:
        return [Period(year, "FY") for year in sorted({self.fiscal_year(item) for item in self.months})]


def _account(row: JsonObject) -> Account:
    kind, subkind = str(row.get("account_type") or "").lower(), str(row.get("account_subtype") or "").lower()
    parent = str(row.get("parent") or "")
    return Account(str(row["account_id"]), str(row.get("code") or ""), str(row["name"]), kind, subkind, parent)


def _money(value: JsonValue) -> Decimal:
    return Decimal(str(value)) if value is not None else Decimal(0)


def _dicts(rows: JsonValue) -> list[JsonObject]:
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _from_to(first: Month, last: Month) -> list[Month]:
    found, here = [], first
    while here <= last:
        found.append(here)
        here = _shifted(here, 1)
    return found


def _shifted(month: Month, by: int) -> Month:
    number = month[0] * 12 + month[1] - 1 + by
    return number // 12, number % 12 + 1


def grouped(rows: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for name, value in rows:
        totals[name] += value
    return dict(totals)
