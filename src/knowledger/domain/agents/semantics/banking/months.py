"""What was spent and came in, month by month."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import FLOWS, VALUE, Desk, counts, suggestions
from knowledger.domain.agents.semantics.banking.parts import what_of
from knowledger.domain.agents.semantics.banking.spans import month_of, months_of, span
from knowledger.domain.agents.semantics.ledger.book import Month
from knowledger.domain.agents.semantics.wording import Writing, amount, exact, line_chart, percent
from knowledger.domain.agents.steps import Reply, Table
from knowledger.kernel.json import JsonObject


def step_of(month: Month, step: str) -> str:
    """What the year, quarter or month that a month is part of is called."""
    year, number = month
    return {"year": f"{year}", "quarter": f"Q{(number - 1) // 3 + 1} {year}"}.get(step, f"{year}-{number:02}")


def answer_by_month(desk: Desk, which: str, rows: list[JsonObject], months: list[Month], currency: str) -> Reply:
    cues = desk.frame.cues
    if cues.has("growth") and len(months) == 1:
        known = months_of(desk)
        place = known.index(months[0])
        if not place:
            return abstain("There is no month before it to compare with.", suggestions())
        months = known[place - 1 : place + 1]
        rows = [row for row in desk.flows if desk.keeps(row) and counts(desk, row, which) and month_of(row) in months]
    step = desk.frame.times.step or "month"
    totals = dict.fromkeys((step_of(month, step) for month in months), Decimal(0))
    for row in rows:
        totals[step_of(month_of(row), step)] += VALUE[which](row)
    listed = list(totals.items())
    writing = Writing("extreme" if cues.direction else "trend")
    what = what_of(desk, which)
    marks = desk.cite(writing, FLOWS, what, span(months))
    if cues.direction:
        pick = min if cues.direction == "least" else max
        name, value = pick(listed, key=lambda pair: pair[1])
        writing.say(
            f"{what} was {'lowest' if cues.direction == 'least' else 'highest'} in **{name}**: "
            f"{amount(value, currency, 'flow')} {marks}"
        )
        writing.values |= {"value": exact(value), "period": name}
    else:
        writing.say(
            f"{what}: "
            + "; ".join(f"{name}: {amount(value, currency, 'flow')}" for name, value in listed)
            + f" {marks}."
        )
        writing.values |= {name: exact(value) for name, value in listed} | {
            "value": exact(sum((v for _, v in listed), Decimal(0)))
        }
        first, last = listed[0][1], listed[-1][1]
        paid = {value for _, value in listed if value}
        if len(paid) == 1 and len(listed) > 1:
            [same] = paid
            writing.say(f"**{amount(same, currency, 'flow')}** in each {step} that has any.")
            writing.values["value"] = exact(same)
        if cues.has("growth", "compare") and len(listed) > 1 and first:
            rate = (last - first) / abs(first) * 100
            writing.say(
                f"Change from {listed[0][0]} to {listed[-1][0]}: **{percent(rate)}** "
                f"({amount(last - first, currency, 'flow')})."
            )
            writing.values |= {"value": exact(rate), "difference": exact(last - first)}
    writing.tables.append(Table(what, ("month", "amount"), tuple((name, exact(value)) for name, value in listed)))
    writing.chart = line_chart(what, "month", [(what, name, value) for name, value in listed])
    return writing.reply()
