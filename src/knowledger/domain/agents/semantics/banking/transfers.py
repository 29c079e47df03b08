"""Money moved between own accounts."""

import re
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import FLOWS, VALUE, Desk, suggestions
from knowledger.domain.agents.semantics.banking.spans import month_of, span, wanted_months
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Reply

_WAY = re.compile(r"\b(in|to|into|from|out of) (?:my |our |the |a )?(?:savings|\w+ account)", re.IGNORECASE)


def answer_transfers(desk: Desk) -> Reply:
    """What was moved into or out of one account, by the account's own entries."""
    way, months = _WAY.search(desk.frame.question.text), wanted_months(desk)
    named = desk.named("BankAccount")
    accounts = [row for row in desk.accounts if str(row["id"]) in named or (not named and row["subkind"] == "savings")]
    cues = desk.frame.cues
    if not way or not months or len(accounts) != 1 or cues.direction or cues.bounds or cues.has("count", "growth"):
        return abstain("Moved into or out of which account, and when?", suggestions())
    which = "spend" if way[1].lower() in ("from", "out of") else "income"
    rows = [
        row
        for row in desk.flows
        if row["account"] == accounts[0]["id"]
        and (row["direction"] == "transfer" or row["arrived"])
        and month_of(row) in months
    ]
    total = sum((VALUE[which](row) for row in rows), Decimal(0))
    if not total:
        return abstain(f"Nothing was moved there over {span(months)}.", suggestions())
    writing = Writing("transfers")
    marks = desk.cite(writing, FLOWS, "transfers between own accounts", span(months))
    told = "from" if which == "spend" else "to"
    currency = str(accounts[0]["currency"] or "")
    writing.say(
        f"Moved {told} {accounts[0]['name']} over {span(months)}: **{amount(total, currency, 'flow')}** {marks}"
    )
    writing.values["value"] = exact(total)
    return writing.reply()
