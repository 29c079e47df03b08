"""What came in beside what went out, and the months in which one was more than the other."""

import re
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import FLOWS, NAMES, VALUE, Desk, counts, suggestions
from knowledger.domain.agents.semantics.banking.spans import month_of, span, wanted_months
from knowledger.domain.agents.semantics.ledger.book import Month
from knowledger.domain.agents.semantics.wording import Writing, amount, exact, percent
from knowledger.domain.agents.steps import Reply, Table

_MONTHS = re.compile(
    r"\b(?:how many|which|what|in which|number of) months\b|\bmonths (?:with|where|in which|when|that)\b", re.IGNORECASE
)
_OUT = r"(?:spen[dt]\w*|expenses?|went out|go(?:es)? out|out(?:goings|flows?)?|costs?)"
_IN = r"(?:earn\w*|income|came in|come in|in|inflows?|received?|revenue)"
_MORE_OUT = re.compile(
    rf"\b{_OUT}\b.*\b(?:more|higher|larger|exceed\w*|above|over)\b.*\b{_IN}\b|\bmore\b.*\b{_OUT}\b.*\bthan\b.*\b{_IN}\b"
    rf"|\b(?:less|lower|smaller|below)\b.*\b{_IN}\b.*\bthan\b.*\b{_OUT}\b|\b{_IN}\b.*\b(?:less|lower|below)\b.*\b{_OUT}\b"
    rf"|\b{_OUT}\b.*\bexceed\w*\b.*\b{_IN}\b|\b(?:negative|deficits?|loss(?:es)?|lost money|in the red|minus)\b",
    re.IGNORECASE,
)
_MORE_IN = re.compile(
    rf"\bmore\b.*\b{_IN}\b.*\bthan\b.*\b{_OUT}\b|\b{_IN}\b.*\b(?:more|higher|exceed\w*|above)\b.*\b{_OUT}\b"
    r"|\b(?:positive|surplus|saved|profit|in the black)\b",
    re.IGNORECASE,
)


def answer_in_and_out(desk: Desk) -> Reply:
    """Income, spending, and what is left of one after the other."""
    months = wanted_months(desk)
    rows = [
        row for row in desk.flows if desk.keeps(row) and counts(desk, row, "net") and month_of(row) in (months or ())
    ]
    currencies = {str(row["currency"] or "") for row in rows}
    if not months or len(currencies) != 1 or desk.frame.cues.direction or desk.frame.cues.has("count", "growth"):
        return abstain("One figure at a time, please, by category, merchant, account or month.", suggestions())
    if desk.frame.cues.has("share"):
        return _share_of_income(desk, months)
    totals = {which: sum((VALUE[which](row) for row in rows), Decimal(0)) for which in ("income", "spend", "net")}
    currency, over = currencies.pop(), len(months) if desk.frame.cues.has("average") else 1
    writing = Writing("net", formula="income − spending")
    marks = desk.cite(writing, FLOWS, "what came and went", span(months))
    for which, total in totals.items():
        writing.say(f"- {NAMES[which]} over {span(months)}: **{amount(total / over, currency, 'flow')}** {marks}")
        writing.values[which] = exact(total / over)
    writing.values |= {"value": exact(totals["net"] / over), "difference": exact(totals["net"] / over)}
    writing.values["best"] = "income" if totals["income"] >= totals["spend"] else "spending"
    return writing.reply()


def _share_of_income(desk: Desk, months: list[Month]) -> Reply:
    """What of the income was spent, on what is named."""
    own = [row for row in desk.flows if desk.keeps(row) and counts(desk, row, "spend") and month_of(row) in months]
    every = [row for row in desk.flows if counts(desk, row, "income") and month_of(row) in months]
    part = sum((VALUE["spend"](row) for row in own), Decimal(0))
    whole = sum((VALUE["income"](row) for row in every), Decimal(0))
    if not whole or not part:
        return abstain("There is nothing to measure against income there.", suggestions())
    writing = Writing("share", formula="spending / income")
    marks = desk.cite(writing, FLOWS, "what came and went", span(months))
    told = f"over {span(months)}: {exact(part)} of {exact(whole)}"
    writing.say(f"**{percent(part / whole * 100).lstrip('+')}** of income {told} {marks}.")
    writing.values |= {"value": exact(part / whole * 100), "ratio": exact(part / whole), "part": exact(part)}
    return writing.reply()


def answer_savings_rate(desk: Desk) -> Reply:
    """What of the income was left."""
    months = wanted_months(desk)
    rows = [row for row in desk.flows if counts(desk, row, "net") and month_of(row) in (months or ())]
    income, net = (sum((VALUE[which](row) for row in rows), Decimal(0)) for which in ("income", "net"))
    currencies = {str(row["currency"] or "") for row in rows}
    if not months or not income or len(currencies) != 1 or desk.frame.cues.direction:
        return abstain("There is no income to measure what was saved against.", suggestions())
    writing = Writing("savings_rate", formula="(income − spending) / income")
    marks = desk.cite(writing, FLOWS, "what came and went", span(months))
    currency = currencies.pop()
    left, all_of_it = (amount(value, currency, "flow") for value in (net, income))
    share = f"**{percent(net / income * 100).lstrip('+')}**"
    writing.say(f"{share} of the income over {span(months)} was left: {left} of {all_of_it} {marks}.")
    writing.values |= {"value": exact(net / income * 100), "net": exact(net), "income": exact(income)}
    return writing.reply()


def asks_for_months(desk: Desk) -> bool:
    text = desk.frame.question.text
    said = _MORE_OUT.search(text) or _MORE_IN.search(text) or desk.frame.cues.bounds
    return bool(_MONTHS.search(text) and said)


def answer_months_that(desk: Desk) -> Reply:
    """The months with more out than in, or with more than a limit."""
    frame, months = desk.frame, wanted_months(desk)
    text = frame.question.text
    ids = {item.id for item in frame.metrics}
    which = "net" if not frame.cues.bounds else "income" if "income" in ids else "net" if "net" in ids else "spend"
    rows = [
        row for row in desk.flows if desk.keeps(row) and counts(desk, row, which) and month_of(row) in (months or ())
    ]
    if not months or len({row["currency"] for row in rows}) != 1:
        return abstain("There are no whole months for that time, or they are in several currencies.", suggestions())
    totals = dict.fromkeys(months, Decimal(0))
    for row in rows:
        totals[month_of(row)] += VALUE[which](row)
    if frame.cues.bounds:
        kept = {at: value for at, value in totals.items() if all(bound.holds(value) for bound in frame.cues.bounds)}
    else:
        sign = -1 if _MORE_OUT.search(text) else 1
        kept = {at: value for at, value in totals.items() if value * sign > 0}
    writing = Writing("months")
    marks = desk.cite(writing, FLOWS, NAMES[which], span(months))
    listed = [(f"{year}-{month:02}", value) for (year, month), value in kept.items()]
    told = "; ".join(f"{name}: {exact(value)}" for name, value in listed)
    writing.say(
        f"**{len(listed)}** of {len(months)} months over {span(months)} {marks}" + (f": {told}." if told else ".")
    )
    writing.tables.append(
        Table(NAMES[which], ("month", "amount"), tuple((name, exact(value)) for name, value in listed))
    )
    writing.values |= {
        "value": str(len(listed)),
        "count": str(len(listed)),
        "names": "; ".join(name for name, _ in listed),
    }
    return writing.reply()
