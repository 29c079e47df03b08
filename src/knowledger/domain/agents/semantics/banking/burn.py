"""How fast cash goes, and how long it lasts."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import FLOWS, VALUE, Desk, money, suggestions
from knowledger.domain.agents.semantics.banking.spans import month_of, span, wanted_months
from knowledger.domain.agents.semantics.wording import Writing, amount, exact, rounded
from knowledger.domain.agents.steps import Reply


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
