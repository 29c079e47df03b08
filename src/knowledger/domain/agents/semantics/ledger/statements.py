"""Statements of books: income, balance sheet, trial balance."""

import re
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.book import Account, Month
from knowledger.domain.agents.semantics.ledger.books import Answering, Books, left_over, suggestions
from knowledger.domain.agents.semantics.ledger.cash import answer_cash_flow
from knowledger.domain.agents.semantics.ledger.spans import last_day, lasting, span
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Reply, Table


def answer_statement(books: Books) -> Answering:
    yield from ()
    cues = books.frame.cues
    wanted = [name for name in ("statement_income", "statement_balance", "trial_balance") if cues.has(name)]
    if cues.has("statement_cash") or (books.says("moved") and books.frame.metrics == [] and not books.named):
        return left_over(books) or answer_cash_flow(books)
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
    if re.search(r"\bcredits?\b(?! and)", books.frame.question.text, re.IGNORECASE):
        writing.values["value"] = exact(credited)
    writing.values["balances"] = "yes" if debits == credited else "no"
    return writing.reply()
