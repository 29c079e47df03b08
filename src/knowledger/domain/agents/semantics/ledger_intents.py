"""What the books answer."""

import re
from collections.abc import Callable, Generator
from decimal import Decimal
from typing import TypeAlias

from knowledger.domain.agents.semantics import ledger_partners as partners
from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.cues import is_turned
from knowledger.domain.agents.semantics.ledger import (
    Books,
    dated,
    last_day,
    lasting,
    left_over,
    missing_months,
    open_books,
    partly,
    span,
    suggestions,
)
from knowledger.domain.agents.semantics.ledger_book import Account, Month
from knowledger.domain.agents.semantics.ledger_lexicon import SELECTIONS
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, exact, line_chart, percent, rounded
from knowledger.domain.agents.steps import Call, Reply, Setting, Table
from knowledger.domain.agents.tools.output import ToolOutput

Answering: TypeAlias = Generator[Call, ToolOutput, "Reply | None"]


_OTHER = re.compile(r"\b(?:names?|called|where|who|whose|address|phone|iban|e-?mail|number of)\b", re.IGNORECASE)


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


def think_ledger(text: str, setting: Setting) -> Generator[Call, ToolOutput, Reply | None]:
    """None where the question is not one about books."""
    books = yield from open_books(text, setting)
    if isinstance(books, Reply):
        return books
    if missing := missing_months(books):
        return abstain(
            f"The books have nothing for {', '.join(missing)}: they go from {span(books.book.months)}.", suggestions()
        )
    for particular in (_burn, _statements, partners.think_partners, _balance_check):
        found = yield from particular(books)
        if found is not None:
            return found
    lines = _lines(books)
    if not lines and books.named and books.frame.metrics:
        return abstain("The books do not tell that of a single account.", suggestions())
    if not lines:
        return None
    if unknown := books.frame.unknown:
        return unknown_words(unknown, suggestions())
    if books.partners:
        return abstain("I can tell what was sold to, paid to or is owed by a partner.", suggestions())
    return _answered(books, lines)


def _lines(books: Books) -> list[Line]:
    """The figures that are asked for. "What we spent on rent" is the account alone; "rent and revenue" are two."""
    metrics = [_metric_line(books, item) for item in books.frame.metrics]
    accounts = [_account_line(books, item) for item in books.named]
    if accounts and metrics and not books.frame.cues.has("share"):
        kinds = {_KIND_OF.get(item.id, "") for item in books.frame.metrics}
        if {item.type for item in books.named} == kinds:
            return accounts
        return [*metrics, *accounts] if _SEVERAL.search(books.frame.question.text) else []
    return [*accounts, *metrics] if books.frame.cues.has("share") else [*metrics, *accounts]


_KIND_OF = {"expenses": "expense", "revenue": "revenue", "cash": "asset", "debt": "liability"}
_SEVERAL = re.compile(r"\band\b|,|&|\bvs\b|\bversus\b", re.IGNORECASE)


def _metric_line(books: Books, metric: Metric) -> Line:
    return Line(books, metric.name, metric.kind, lambda months: books.book.metric(metric, months))


def _account_line(books: Books, account: Account) -> Line:
    kind = "flow" if account.is_flow else "stock"
    return Line(books, account.name, kind, lambda months: books.book.account(account, months))


def _answered(books: Books, lines: list[Line]) -> Reply:
    cues, times = books.frame.cues, books.frame.times
    months = lasting(books, stock=lines[0].is_stock)
    if months is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    if cues.has("when") or _OTHER.search(books.frame.question.text):
        return abstain("I tell amounts of these books, not names, places or days.", suggestions())
    if books.says("received", "outflow") and any(item.id == "cash" for item in books.frame.metrics):
        return abstain("Do you mean the cash balance, or what came in or went out with partners?", suggestions())
    if cues.has("count"):
        return abstain("I count transactions, documents and partners; of these I can tell the amount.", suggestions())
    if cues.has("share") and len(lines) == 2:
        return _share(books, lines, months)
    if books.says("category") or cues.has("split"):
        if len(lines) == 1 and books.frame.metrics:
            return _by_account(books, books.frame.metrics[0], months)
        return abstain("I split revenue, expenses, assets or liabilities by account.", suggestions())
    if cues.direction and books.says("accounts", "category") and books.frame.metrics:
        return _by_account(books, books.frame.metrics[0], months)
    by_nature = books.frame.metrics and books.frame.metrics[0].id == "expenses" and times.step is None
    if cues.direction and len(lines) == 1 and not books.named and by_nature:
        return _by_account(books, books.frame.metrics[0], months)
    if cues.has("compare") and len(lines) == 2 and len(times.periods) == 1:
        return _values(books, lines, months)
    if cues.has("growth", "compare") and (
        len(times.periods) == 2 or times.is_range or (times.step and not times.is_all) or len(times.periods) == 1
    ):
        return _grown(books, lines, months)
    if cues.direction and len(lines) == 1:
        return _extreme(books, lines[0], months)
    if cues.has("average", "median") and len(lines) == 1:
        return _average(books, lines[0], months)
    if (
        (len(times.periods) > 1 and not times.is_range)
        or times.is_all
        or cues.has("trend", "growth")
        or (times.step and times.last > 1)
    ):
        return _series(books, lines, months)
    return _values(books, lines, months)


def _values(books: Books, lines: list[Line], months: list[Month]) -> Reply:
    writing = Writing("value")
    for line in lines:
        value = line.value(months)
        if value is None:
            return abstain(f"These books have no accounts for {line.name}.", suggestions())
        day = (
            books.frame.times.periods[0]
            if books.frame.times.periods and books.frame.times.periods[0].kind == "day"
            else None
        )
        when = f"at {day or last_day(months)}" if line.is_stock else f"for {span(months)}"
        marks = writing.cite(books.citation(f"line items: {line.name}", value=exact(value), period=span(months)))
        writing.say(f"{_capital(line.name)} {when}: **{line.shown(value)}** {marks}")
        writing.values.setdefault("value", exact(value))
        writing.values[line.name] = exact(value)
    metrics = books.frame.metrics
    if metrics and metrics[0].formula:
        writing.formula = f"{metrics[0].name} = {metrics[0].formula.replace('_', ' ')}"
        writing.say(f"Formula: {writing.formula}.")
    if metrics and metrics[0].id == "equity":
        profit = books.book.of_accounts(books.book.selected("net_income"), "credit", books.book.reach(True, months))
        writing.say(f"Not in it: the profit not yet closed to equity, {amount(profit, books.currency, 'flow')}.")
    if len(lines) == 2 and books.frame.cues.has("compare"):
        one, other = (line.value(months) or Decimal(0) for line in lines)
        writing.say(f"Difference: {lines[0].shown(one - other)}.")
        writing.values["difference"] = exact(one - other)
    if part := partly(books):
        writing.say(f"The books hold only a part of {', '.join(part)}: {span(months)}.")
    return writing.reply()


def _steps(books: Books, months: list[Month]) -> list[tuple[str, list[Month]]]:
    """The months in the steps that the question wants, by default month by month."""
    times = books.frame.times
    if len(times.periods) > 1:
        return [(str(item), books.book.of_period(item)) for item in (dated(each, books.book) for each in times.periods)]
    if times.step == "quarter":
        return [
            (str(item), books.book.of_period(item))
            for item in books.book.quarters()
            if set(books.book.of_period(item)) <= set(months)
        ]
    if times.step == "year" and len(books.book.years()) > 1:
        return [
            (str(item), books.book.of_period(item))
            for item in books.book.years()
            if set(books.book.of_period(item)) <= set(months)
        ]
    return [(f"{year}-{month:02}", [(year, month)]) for year, month in months]


def _series(books: Books, lines: list[Line], months: list[Month]) -> Reply:
    writing = Writing("trend")
    steps = _steps(books, months)
    rows, charted = [], []
    for name, part in steps:
        values = [line.value(part) for line in lines]
        rows.append((name, *(exact(value) if value is not None else None for value in values)))
        for line, value in zip(lines, values, strict=True):
            if value is not None:
                charted.append((line.name, name, value))
                writing.values[name if len(lines) == 1 else f"{line.name} {name}"] = exact(value)
    marks = writing.cite(books.citation(f"line items: {', '.join(line.name for line in lines)}", period=span(months)))
    for line in lines:
        told = "; ".join(f"{name}: {line.shown(value)}" for series, name, value in charted if series == line.name)
        writing.say(f"{_capital(line.name)}: {told} {marks}.")
        total = line.value(months)
        if not line.is_stock and line.kind == "flow" and total is not None:
            writing.say(f"In all: **{line.shown(total)}**.")
            writing.values.setdefault("value", exact(total))
    writing.tables.append(
        Table(", ".join(line.name for line in lines), ("period", *(line.name for line in lines)), tuple(rows))
    )
    writing.chart = line_chart(", ".join(line.name for line in lines), "period", charted)
    return writing.reply()


def _extreme(books: Books, line: Line, months: list[Month]) -> Reply:
    steps = [(name, value) for name, part in _steps(books, months) if (value := line.value(part)) is not None]
    if not steps:
        return abstain(f"These books have no accounts for {line.name}.", suggestions())
    least = books.frame.cues.direction == "least"
    name, value = (min if least else max)(steps, key=lambda pair: pair[1])
    writing = Writing("extreme")
    marks = writing.cite(books.citation(f"line items: {line.name}", value=exact(value), period=name))
    writing.say(
        f"{_capital(line.name)} was {'lowest' if least else 'highest'} in **{name}**: {line.shown(value)} {marks}"
    )
    writing.values |= {"value": exact(value), "period": name}
    writing.tables.append(Table(line.name, ("period", line.name), tuple((at, exact(item)) for at, item in steps)))
    writing.chart = bar_chart(line.name, "period", [(line.name, at, item) for at, item in steps])
    return writing.reply()


def _average(books: Books, line: Line, months: list[Month]) -> Reply:
    steps = [value for _, part in _steps(books, months) if (value := line.value(part)) is not None]
    if not steps:
        return abstain(f"These books have no accounts for {line.name}.", suggestions())
    result = sum(steps, Decimal(0)) / len(steps)
    writing = Writing("average", formula=f"{line.name} over {len(steps)} months / {len(steps)}")
    marks = writing.cite(books.citation(f"line items: {line.name}", period=span(months)))
    step = books.frame.times.step or "month"
    writing.say(
        f"Average {line.name} a {step} over {span(months)}: **{line.shown(result)}** {marks}. "
        f"Formula: {writing.formula}."
    )
    writing.values["value"] = exact(result)
    return writing.reply()


def _grown(books: Books, lines: list[Line], months: list[Month]) -> Reply:
    """From one period to the next, or between the two that are named."""
    book, times = books.book, books.frame.times
    if len(times.periods) >= 2:
        named = sorted(dated(item, book) for item in times.periods)
        named = [named[0], named[-1]]
        one, other = (book.of_period(item) for item in named)
        names = [str(item) for item in named]
    elif len(times.periods) == 1:
        period = dated(times.periods[0], book)
        one, other = book.of_period(period.previous()), book.of_period(period)
        names = [str(period.previous()), str(period)]
    else:
        steps = _steps(books, book.months)
        if len(steps) < 2:
            return abstain("The books have only one such period: there is nothing to compare it with.", suggestions())
        (first_name, one), (second_name, other) = steps[-2:]
        names = [first_name, second_name]
    if not one or not other:
        return abstain(
            f"The books have nothing for {names[0] if not one else names[1]}: they go from {span(book.months)}.",
            suggestions(),
        )
    writing = Writing("growth")
    for line in lines:
        first, last = line.value(one), line.value(other)
        if first is None or last is None or (not first and line.kind != "percent"):
            return abstain(f"{_capital(line.name)} of {names[0]} is nothing that a change could be measured against.")
        difference = last - first
        marks = writing.cite(books.citation(f"line items: {line.name}", period=f"{names[0]}, {names[1]}"))
        rate = difference if line.kind == "percent" else difference / abs(first) * 100
        told = f"{rounded(rate):+} percentage points" if line.kind == "percent" else percent(rate)
        writing.say(
            f"{_capital(line.name)} changed by **{told}** ({line.shown(difference)}) from {names[0]} "
            f"({line.shown(first)}) to {names[1]} ({line.shown(last)}) {marks}."
        )
        writing.formula = "(last − first) / |first|"
        writing.values |= {
            "value": exact(rate),
            "difference": exact(difference),
            names[0]: exact(first),
            names[1]: exact(last),
        }
        best = names[1] if last > first else names[0]
        writing.values["best"] = best
    return writing.reply()


def _share(books: Books, lines: list[Line], months: list[Month]) -> Reply:
    said = books.frame.said
    if not books.named and len(said) == 2:
        places = [books.frame.question.places[item.start][0] for item in said]
        if is_turned(books.frame.question.text, *places):
            lines.reverse()
    one, other = (line.value(months) for line in lines)
    if one is None or not other:
        return abstain(f"There is no {lines[1].name} to measure {lines[0].name} against.", suggestions())
    share = one / other * 100
    writing = Writing("ratio", formula=f"{lines[0].name} / {lines[1].name}")
    marks = writing.cite(books.citation(f"line items: {lines[0].name}, {lines[1].name}", period=span(months)))
    writing.say(
        f"{_capital(lines[0].name)} is **{rounded(share)}%** of {lines[1].name} for {span(months)}: "
        f"{lines[0].shown(one)} of {lines[1].shown(other)} {marks}. Formula: {writing.formula}."
    )
    writing.values["value"] = exact(share)
    return writing.reply()


def _by_account(books: Books, metric: Metric, months: list[Month]) -> Reply:
    if metric.formula:
        return abstain("I split revenue, expenses, assets or liabilities by account.", suggestions())
    cues, side = books.frame.cues, SELECTIONS[metric.id].side
    reach = books.book.reach(metric.kind == "stock", months)
    values = [(item, books.book.of_accounts([item], side, reach)) for item in books.book.selected(metric.id)]
    kept = [(item, value) for item, value in values if value and all(bound.holds(value) for bound in cues.bounds)]
    kept.sort(key=lambda pair: (pair[1] if cues.direction == "least" else -pair[1], pair[0].code))
    if not kept:
        return abstain(f"Nothing is posted to accounts of {metric.name} for {span(months)}.", suggestions())
    shown = kept[: cues.count] if cues.count else kept
    writing = Writing("breakdown")
    marks = writing.cite(books.citation(f"line items: {metric.name} by account", period=span(months)))
    total = sum((value for _, value in kept), Decimal(0))
    writing.say(f"{_capital(metric.name)} by account for {span(months)} {marks}:")
    for account, value in shown:
        writing.say(
            f"- {account.code} **{account.name}**: {amount(value, books.currency, 'flow')} "
            f"({rounded(value / total * 100)}%)"
        )
        writing.values[account.name] = exact(value)
    writing.say(f"In all: {amount(total, books.currency, 'flow')}.")
    writing.values |= {"value": exact(shown[0][1]), "best": shown[0][0].name, "total": exact(total)}
    writing.values["names"] = "; ".join(item.name for item, _ in shown)
    rows = tuple((item.code, item.name, exact(value)) for item, value in shown)
    writing.tables.append(Table(f"{metric.name} by account, {span(months)}", ("code", "account", "amount"), rows))
    writing.chart = bar_chart(metric.name, "account", [("", item.name, value) for item, value in shown])
    return writing.reply()


def _statements(books: Books) -> Answering:
    yield from ()
    cues = books.frame.cues
    wanted = [name for name in ("statement_income", "statement_balance", "trial_balance") if cues.has(name)]
    if cues.has("statement_cash") or (books.says("moved") and books.frame.metrics == [] and not books.named):
        return left_over(books) or _cash_flow(books)
    if not wanted or (cues.has("balance_check") and wanted == ["statement_balance"]):
        return None
    if problem := left_over(books):
        return problem
    months = lasting(books, stock=wanted[0] != "statement_income")
    if months is None:
        return abstain(f"The books go from {span(books.book.months)} only.", suggestions())
    return {"statement_income": _income, "statement_balance": _balance_sheet, "trial_balance": _trial_balance}[
        wanted[0]
    ](books, months)


def _section(
    books: Books, writing: Writing, accounts: list[Account], months: list[Month], *, stock: bool
) -> tuple[list[tuple[str, str, str, str]], Decimal]:
    rows, total = [], Decimal(0)
    for account in sorted(accounts, key=lambda item: item.code):
        side = {"revenue": "credit", "expense": "debit"}.get(account.type, account.side)
        value = books.book.of_accounts(
            [account], "debit" if side == "debit" else "credit", books.book.reach(stock, months)
        )
        if value:
            heading = books.book.accounts.get(account.parent)
            rows.append((heading.name if heading else account.type, account.code, account.name, exact(value)))
            writing.values[account.name] = exact(value)
            total += value
    return rows, total


def _income(books: Books, months: list[Month]) -> Reply:
    writing = Writing("statement", formula="profit = revenue − expenses")
    earned, revenue = _section(books, writing, books.book.selected("revenue"), months, stock=False)
    cost, expenses = _section(books, writing, books.book.selected("expenses"), months, stock=False)
    profit = revenue - expenses
    marks = writing.cite(books.citation("line items of revenue and expense accounts", period=span(months)))
    writing.say(
        f"Income statement for {span(months)} {marks}: revenue {amount(revenue, books.currency, 'flow')}, "
        f"expenses {amount(expenses, books.currency, 'flow')}, profit **{amount(profit, books.currency, 'flow')}**."
    )
    for _, code, name, value in [*earned, *cost]:
        writing.say(f"- {code} {name}: {value}")
    rows = (*earned, *cost, ("Profit", "", "Profit", exact(profit)))
    writing.tables.append(Table(f"Income statement, {span(months)}", ("section", "code", "account", "amount"), rows))
    writing.values |= {
        "value": exact(profit),
        "revenue": exact(revenue),
        "expenses": exact(expenses),
        "profit": exact(profit),
    }
    return writing.reply()


def _balance_sheet(books: Books, months: list[Month]) -> Reply:
    writing = Writing("statement", formula="assets = liabilities + equity + profit")
    sides = {
        name: _section(books, writing, books.book.selected(name), months, stock=True)
        for name in ("assets", "liabilities", "equity")
    }
    profit = books.book.of_accounts(books.book.selected("net_income"), "credit", books.book.reach(True, months))
    totals = {name: total for name, (_, total) in sides.items()} | {"profit": profit}
    difference = totals["assets"] - totals["liabilities"] - totals["equity"] - profit
    marks = writing.cite(books.citation("line items of all accounts", period=f"to {last_day(months)}"))
    told = ", ".join(f"{name} {amount(value, books.currency, 'flow')}" for name, value in totals.items())
    writing.say(f"Balance sheet at {last_day(months)} {marks}: {told}. Difference: **{exact(difference)}**.")
    for rows, _ in sides.values():
        for _, code, name, value in rows:
            writing.say(f"- {code} {name}: {value}")
    listed = tuple(row for rows, _ in sides.values() for row in rows)
    writing.tables.append(
        Table(
            f"Balance sheet at {last_day(months)}",
            ("section", "code", "account", "amount"),
            (*listed, ("Equity", "", "Profit", exact(profit))),
        )
    )
    writing.values |= {name: exact(value) for name, value in totals.items()} | {
        "value": exact(totals["assets"]),
        "difference": exact(difference),
    }
    return writing.reply()


def _trial_balance(books: Books, months: list[Month]) -> Reply:
    reach = books.book.reach(True, months)
    writing = Writing("statement", formula="sum of debits − sum of credits")
    rows, debits, credited = [], Decimal(0), Decimal(0)
    for account in sorted(books.book.accounts.values(), key=lambda item: item.code):
        balance = books.book.of_accounts([account], "debit", reach)
        if balance:
            debits, credited = debits + max(balance, Decimal(0)), credited - min(balance, Decimal(0))
            rows.append((account.code, account.name, exact(max(balance, Decimal(0))), exact(-min(balance, Decimal(0)))))
            writing.values[account.name] = exact(balance)
    marks = writing.cite(books.citation("line items of all accounts", period=f"to {last_day(months)}"))
    verdict = "it balances" if debits == credited else "it does not balance"
    writing.say(
        f"Trial balance at {last_day(months)} {marks}: debit balances {exact(debits)}, credit "
        f"balances {exact(credited)}: **{verdict}**."
    )
    for code, name, debit, credit in rows:
        writing.say(f"- {code} {name}: {debit if debit != '0' else '-' + credit}")
    writing.tables.append(
        Table(f"Trial balance at {last_day(months)}", ("code", "account", "debit", "credit"), tuple(rows))
    )
    writing.values |= {
        "value": exact(debits),
        "debits": exact(debits),
        "credits": exact(credited),
        "difference": exact(debits - credited),
    }
    writing.values["balances"] = "yes" if debits == credited else "no"
    return writing.reply()


def _cash_flow(books: Books) -> Reply:
    months = lasting(books, stock=False)
    cash = books.book.selected("cash")
    if months is None or not cash:
        return abstain("These books have no cash accounts for that time.", suggestions())
    writing = Writing("cash_flow", formula="closing = opening + received − paid")
    rows = []
    for name, part in _steps(books, months):
        closing = books.book.of_accounts(cash, "debit", books.book.reach(True, part))
        change = books.book.of_accounts(cash, "debit", part)
        rows.append((name, exact(closing - change), exact(change), exact(closing)))
        writing.values[name] = exact(change)
    marks = writing.cite(books.citation("line items of cash accounts", period=span(months)))
    writing.say(f"Cash over {span(months)} {marks}: from {rows[0][1]} to **{rows[-1][3]} {books.currency}**.")
    writing.tables.append(Table("Cash", ("period", "opening", "change", "closing"), tuple(rows)))
    writing.values |= {"value": exact(books.book.of_accounts(cash, "debit", months)), "closing": rows[-1][3]}
    return writing.reply()


_UNBALANCED = """
    MATCH (t:Transaction)-[:HAS_LINE_ITEM]->(l:LineItem)
    WITH t, list_sum(collect(l.debit)) AS debit, list_sum(collect(l.credit)) AS credit
    WHERE debit <> credit
    RETURN t.transaction_id AS transaction, t.description AS description, debit, credit ORDER BY transaction
"""


def _balance_check(books: Books) -> Answering:
    if not books.frame.cues.has("balance_check"):
        return None
    if problem := left_over(books):
        return problem
    months = lasting(books, stock=True) or books.book.months
    found = yield Call("run_cypher", {"query": _UNBALANCED, "max_rows": 100}, "transactions that do not balance")
    rows = found.value.get("rows")
    if found.failed or not isinstance(rows, list):
        return abstain("The transactions could not be read.")
    reach = books.book.reach(True, months)
    everything = list(books.book.accounts.values())
    difference = books.book.of_accounts(everything, "debit", reach)
    writing = Writing("balance_check", formula="sum of debits − sum of credits")
    marks = writing.cite(
        books.citation("line items of all accounts", period=f"to {last_day(months)}"),
        books.citation("transactions", _UNBALANCED),
    )
    verdict = "They balance" if not rows and not difference else "They do not balance"
    writing.say(
        f"**{verdict}**: debits less credits is {exact(difference)} at {last_day(months)}; "
        f"{len(rows)} transactions do not balance {marks}."
    )
    if rows:
        listed = tuple(
            (str(row["transaction"]), str(row["description"]), str(row["debit"]), str(row["credit"]))
            for row in rows
            if isinstance(row, dict)
        )
        writing.tables.append(
            Table("Transactions that do not balance", ("transaction", "description", "debit", "credit"), listed)
        )
    writing.values |= {
        "value": exact(difference),
        "count": str(len(rows)),
        "balances": "no" if rows or difference else "yes",
    }
    return writing.reply()


def _burn(books: Books) -> Answering:
    yield from ()
    cues = books.frame.cues
    if not cues.has("burn", "runway"):
        return None
    if problem := left_over(books):
        return problem
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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
