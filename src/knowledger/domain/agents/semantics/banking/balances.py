"""What is in accounts."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import ACCOUNTS, Desk, money, suggestions
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Reply, Table

_TOLD = {"available": "Available", "owed": "Owed", "limit": "Limit"}


def answer_balances(desk: Desk, which: str) -> Reply:
    times, cues = desk.frame.times, desk.frame.cues
    if times.periods or times.last or (times.is_latest and times.step) or times.is_bounded or times.is_previous:
        return abstain("The accounts tell their balance when it was last read, not of days before.", suggestions())
    column = {"available": "available", "limit": "credit_limit"}.get(which, "balance")
    owes = ("credit", "loan")
    wanted = [
        row
        for row in desk.accounts
        if row[column] is not None
        and (not desk.named("BankAccount") or str(row["id"]) in desk.named("BankAccount"))
        and (not desk.named("Institution") or row["institution"] in desk.named("Institution"))
    ]
    if which == "available" and "credit" in desk.frame.question.words:
        wanted = [row for row in wanted if row["kind"] == "credit"]
    elif which == "owed":
        wanted = [row for row in wanted if row["kind"] in owes]
    elif which != "limit" and not desk.named("BankAccount") and not desk.says("by_account"):
        wanted = [row for row in wanted if row["kind"] not in (*owes, "investment")]
    currencies = {str(row["currency"] or "") for row in wanted}
    if not wanted or (len(currencies) > 1 and not desk.says("by_account")):
        return abstain(
            "There is no such account, or they are in several currencies, which I do not convert.", suggestions()
        )
    ordered = sorted(wanted, key=lambda row: -money(row[column]))
    if cues.direction == "least":
        ordered.reverse()
    summed = [row for row in wanted if row["kind"] not in (*owes, "investment")] or wanted
    total = sum((money(row[column]) for row in summed), Decimal(0))
    writing = Writing("balance")
    marks = desk.cite(writing, ACCOUNTS, "balances of bank accounts")
    currency = next(iter(currencies))
    if len(currencies) == 1:
        read = max(str(row["read_at"] or "")[:10] for row in wanted)
        writing.say(
            f"{_TOLD.get(which, 'Balance')} of "
            f"{len(summed)} accounts: **{amount(total, currency, 'stock')}** {marks}"
            + (f", read {read}." if read else ".")
        )
    for row in ordered:
        writing.say(
            f"- **{row['name']}**: "
            f"{amount(money(row[column]), str(row['currency'] or ''), 'stock')}"
            f"{' owed' if row['kind'] in owes and which != 'limit' else ''}"
        )
        writing.values[str(row["name"])] = exact(money(row[column]))
    rows = tuple((row["name"], row["kind"], exact(money(row[column])), row["currency"]) for row in ordered)
    writing.tables.append(Table("Balances", ("account", "kind", "balance", "currency"), rows))
    writing.values |= {
        "value": exact(money(ordered[0][column]) if cues.direction else total),
        "best": str(ordered[0]["name"]),
        "total": exact(total),
    }
    return writing.reply()
