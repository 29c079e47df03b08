"""What is in accounts now, and how long it lasts."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.bank_book import (
    ACCOUNTS,
    FLOWS,
    VALUE,
    Desk,
    money,
    month_of,
    span,
    suggestions,
    wanted_months,
)
from knowledger.domain.agents.semantics.wording import Writing, amount, exact, rounded
from knowledger.domain.agents.steps import Reply, Table


def answer_balances(desk: Desk, which: str) -> Reply:
    times, cues = desk.frame.times, desk.frame.cues
    if times.periods or times.last or times.since or times.is_previous:
        return abstain("The accounts tell their balance when it was last read, not of days before.", suggestions())
    column = "available" if which == "available" else "balance"
    owes = ("credit", "loan")
    wanted = [
        row
        for row in desk.accounts
        if row[column] is not None
        and (not desk.named("BankAccount") or str(row["id"]) in desk.named("BankAccount"))
        and (not desk.named("Institution") or row["institution"] in desk.named("Institution"))
    ]
    if which == "owed":
        wanted = [row for row in wanted if row["kind"] in owes]
    elif not desk.named("BankAccount") and not desk.says("by_account"):
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
            f"{'Available' if which == 'available' else 'Owed' if which == 'owed' else 'Balance'} of "
            f"{len(summed)} accounts: **{amount(total, currency, 'stock')}** {marks}"
            + (f", read {read}." if read else ".")
        )
    for row in ordered:
        writing.say(
            f"- **{row['name']}**: "
            f"{amount(money(row[column]), str(row['currency'] or ''), 'stock')}"
            f"{' owed' if row['kind'] in owes else ''}"
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


def answer_burn(desk: Desk) -> Reply:
    months = wanted_months(desk)
    cash = [
        row
        for row in desk.accounts
        if row["kind"] not in ("credit", "loan", "investment") and row["balance"] is not None
    ]
    if not months or not cash or len({row["currency"] for row in cash}) > 1:
        return abstain("There is no cash flow for that time, or it is in several currencies.", suggestions())
    ids = {str(row["id"]) for row in cash}
    change = sum(
        (VALUE["net"](row) for row in desk.flows if str(row["account"]) in ids and month_of(row) in months), Decimal(0)
    )
    burn, held = -change / len(months), sum((money(row["balance"]) for row in cash), Decimal(0))
    currency = str(cash[0]["currency"] or "")
    wants_runway = desk.frame.cues.has("runway")
    writing = Writing(
        "runway" if wants_runway else "burn", formula="burn = −(net cash flow) / months; runway = cash / burn"
    )
    marks = desk.cite(writing, FLOWS, "cash that came and went", span(months))
    writing.values |= {"burn": exact(burn), "value": exact(burn)}
    if burn <= 0:
        writing.say(
            f"Cash **grew** by {amount(-burn, currency, 'flow')} a month over {span(months)}: "
            f"nothing is burnt, so there is no runway to tell {marks}."
        )
        return writing.reply()
    writing.say(f"Burn over {span(months)}: **{amount(burn, currency, 'flow')}** a month {marks}.")
    if wants_runway:
        writing.say(
            f"With {amount(held, currency, 'stock')} of cash that is **{rounded(held / burn, 1)} "
            f"months**. Formula: {writing.formula}."
        )
        writing.values |= {"value": exact(held / burn), "runway": exact(held / burn)}
    return writing.reply()
