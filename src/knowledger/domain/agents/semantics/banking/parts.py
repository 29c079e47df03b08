"""What was spent and came in, by name, and side by side."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import FLOWS, NAMES, VALUE, Desk, suggestions
from knowledger.domain.agents.semantics.banking.spans import month_of, span
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.ledger.book import Month
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, exact, percent
from knowledger.domain.agents.steps import Reply, Table
from knowledger.kernel.json import JsonObject


def named_together(desk: Desk) -> list[Who]:
    """What a question names side by side."""
    named = [item for item in desk.frame.who if item.type != "Entity"]
    kinds = {item.type for item in named}
    return named if len(named) > 1 and len(kinds) == 1 and "Institution" not in kinds else []


def is_within(row: JsonObject, period: Period) -> bool:
    first, last = period.days()
    return (first.year, first.month) <= month_of(row) <= (last.year, last.month)


def answer_beside(desk: Desk, which: str, parts: list[tuple[str, list[JsonObject]]]) -> Reply:
    """Each for itself, their sum, and of two the difference and the change from the first to the second."""
    currency = next((str(row["currency"] or "") for _, rows in parts for row in rows), "")
    totals = [(name, sum((VALUE[which](row) for row in rows), Decimal(0))) for name, rows in parts]
    writing = Writing("compare")
    marks = desk.cite(writing, FLOWS, NAMES[which])
    writing.say(f"{NAMES[which]} {marks}:")
    for name, value in totals:
        writing.say(f"- **{name}**: {amount(value, currency, 'flow')}")
        writing.values[name] = exact(value)
    total, best = sum((value for _, value in totals), Decimal(0)), max(totals, key=lambda pair: pair[1])
    writing.say(f"In all: {amount(total, currency, 'flow')}. Most: **{best[0]}**.")
    writing.values |= {"value": exact(total), "total": exact(total), "best": best[0]}
    if len(totals) == 2:
        difference = totals[0][1] - totals[1][1]
        writing.say(f"Difference: {amount(difference, currency, 'flow')}.")
        writing.values["difference"] = exact(difference)
        first, second = totals
        if first[1]:
            change = (second[1] - first[1]) / abs(first[1]) * 100
            writing.values["change"] = exact(change)
            writing.say(f"Change from {first[0]} to {second[0]}: {percent(change)}.")
            if desk.frame.cues.has("growth") or desk.frame.says_percent:
                writing.values["value"] = exact(change)
    writing.tables.append(Table(NAMES[which], ("name", "amount"), tuple((n, exact(v)) for n, v in totals)))
    return writing.reply()


def what_of(desk: Desk, which: str) -> str:
    named = ", ".join([*(item.name for item in desk.frame.who if item.type != "Entity"), *desk.described])
    return NAMES[which] + (f" ({named})" if named else "")


def answer_by_name(desk: Desk, which: str, rows: list[JsonObject], months: list[Month], currency: str) -> Reply:
    key = (
        "category_name"
        if desk.says("by_category")
        else "merchant_name"
        if desk.says("by_merchant", "customers")
        else "account_name"
    )
    totals: dict[str, Decimal] = {}
    for row in rows:
        name = str(row[key] or "none named")
        totals[name] = totals.get(name, Decimal(0)) + VALUE[which](row)
    cues = desk.frame.cues
    kept = {name: value for name, value in totals.items() if value and all(bound.holds(value) for bound in cues.bounds)}
    ordered = sorted(kept.items(), key=lambda pair: (pair[1] if cues.direction == "least" else -pair[1], pair[0]))
    if cues.direction:
        ordered = [pair for pair in ordered if pair[0] != "none named"]
    if not ordered:
        return abstain("There is nothing like that in these accounts for that time.", suggestions())
    ordered = ordered[cues.nth - 1 :] or ordered if cues.nth and cues.direction else ordered
    top = ordered[: cues.count] if cues.count else ordered
    writing = Writing("by_" + key.removesuffix("_name"))
    what = f"{what_of(desk, which)} by {key.removesuffix('_name')}"
    marks = desk.cite(writing, FLOWS, what, span(months))
    writing.say(f"{what} over {span(months)} {marks}:")
    for name, value in top[:40]:
        writing.say(f"- **{name}**: {amount(value, currency, 'flow')}")
        writing.values[name] = exact(value)
    total = sum(totals.values(), Decimal(0))
    writing.say(f"In all: {amount(total, currency, 'flow')}.")
    writing.values |= {
        "value": exact(top[0][1]),
        "best": top[0][0],
        "total": exact(total),
        "names": "; ".join(name for name, _ in top),
    }
    writing.tables.append(Table(what, ("name", "amount"), tuple((name, exact(value)) for name, value in top)))
    writing.chart = bar_chart(what, "name", [("", name, value) for name, value in top[:20]])
    return writing.reply()
