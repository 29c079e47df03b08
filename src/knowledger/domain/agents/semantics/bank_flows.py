"""What was spent and came in: sums, by name, by month, compared."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.bank_book import (
    FLOWS,
    NAMES,
    VALUE,
    Desk,
    counts,
    month_of,
    months_of,
    span,
    suggestions,
    wanted_months,
)
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.ledger_book import Month
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, exact, line_chart, percent, rounded
from knowledger.domain.agents.steps import Reply, Table
from knowledger.kernel.json import JsonObject


def answer_flow(desk: Desk, which: str) -> Reply:
    cues, times = desk.frame.cues, desk.frame.times
    months = wanted_months(desk)
    if months is None:
        known = months_of(desk)
        told = f" They go from {span(known)}." if known else ""
        return abstain(f"The accounts have no whole months for that time.{told}", suggestions())
    rows = [row for row in desk.flows if desk.keeps(row) and counts(desk, row, which) and month_of(row) in months]
    moved = [row for row in desk.flows if desk.keeps(row) and month_of(row) in months]
    if moved and not any(VALUE[which](row) for row in rows):
        return _not_that_way(desk, which, moved, months)
    currencies = {str(row["currency"] or "") for row in rows}
    if len(currencies) > 1:
        return abstain(
            f"These are in several currencies ({', '.join(sorted(currencies))}); I do not convert.", suggestions()
        )
    currency = next(iter(currencies), "")
    if cues.has("share"):
        return _share(desk, which, rows, months, currency)
    if several := _several(desk):
        return _beside(desk, which, [(item.name, [row for row in rows if desk.is_of(row, item)]) for item in several])
    if len(times.periods) > 1 and all(item.kind != "month" and item.year for item in times.periods):
        spans = [
            (str(item.year) if item.kind == "FY" else str(item), [row for row in rows if _within(row, item)])
            for item in times.periods
        ]
        return _beside(desk, which, spans)
    if cues.has("average") and not desk.says("by_category", "by_merchant"):
        return _total(desk, which, rows, months, currency)
    if desk.says("by_category", "by_merchant", "by_account") and not (times.step == "month" and times.is_all):
        return _by(desk, which, rows, months, currency)
    if (
        ((times.step or cues.has("trend")) and (times.is_all or times.last > 1 or cues.has("trend")))
        or len(times.periods) > 1
        or cues.has("growth")
        or (cues.direction and not desk.says("by_category", "by_merchant"))
    ):
        return _by_month(desk, which, rows, months, currency)
    return _total(desk, which, rows, months, currency)


def _total(desk: Desk, which: str, rows: list[JsonObject], months: list[Month], currency: str) -> Reply:
    cues = desk.frame.cues
    total = sum((VALUE[which](row) for row in rows), Decimal(0))
    if cues.has("average"):
        total = total / len(months)
    writing = Writing("average" if cues.has("average") else which)
    what = _what(desk, which)
    marks = desk.cite(writing, FLOWS, what, span(months))
    a_month = " a month" if cues.has("average") else ""
    writing.say(f"{what} over {span(months)}: **{amount(total, currency, 'flow')}**{a_month} {marks}")
    writing.say(
        "Pending transactions and transfers between own accounts are left out."
        if which != "net" or not desk.named("BankAccount")
        else "Pending transactions are left out."
    )
    writing.values["value"] = exact(total)
    return writing.reply()


def _not_that_way(desk: Desk, which: str, moved: list[JsonObject], months: list[Month]) -> Reply:
    """A nought would sound as if nothing had happened."""
    why = (
        "what moved were transfers between own accounts"
        if not any(counts(desk, row, which) for row in moved)
        else "money only came in"
        if which == "spend"
        else "money only went out"
    )
    return abstain(f"I have no figure for {_what(desk, which)} over {span(months)}: {why}.", suggestions())


def _share(desk: Desk, which: str, rows: list[JsonObject], months: list[Month], currency: str) -> Reply:
    every = [row for row in desk.flows if counts(desk, row, which) and month_of(row) in months]
    part, whole = (sum((VALUE[which](row) for row in some), Decimal(0)) for some in (rows, every))
    if len(rows) == len(every) or whole <= 0 or len({row["currency"] for row in every}) > 1 or _several(desk):
        return abstain("A share of what? Name a category, a merchant or an account.", suggestions())
    writing = Writing("share", formula=f"share = {_what(desk, which)} / {NAMES[which]}")
    marks = desk.cite(writing, FLOWS, _what(desk, which), span(months))
    writing.say(
        f"{_what(desk, which)} over {span(months)}: **{rounded(part / whole * 100)}%** of all, "
        f"{amount(part, currency, 'flow')} of {amount(whole, currency, 'flow')} {marks}"
    )
    writing.values |= {"value": exact(part / whole * 100), "part": exact(part), "total": exact(whole)}
    return writing.reply()


def _several(desk: Desk) -> list[Who]:
    """What a question names side by side."""
    named = [item for item in desk.frame.who if item.type != "Entity"]
    kinds = {item.type for item in named}
    return named if len(named) > 1 and len(kinds) == 1 and "Institution" not in kinds else []


def _within(row: JsonObject, period: Period) -> bool:
    first, last = period.days()
    return (first.year, first.month) <= month_of(row) <= (last.year, last.month)


def _beside(desk: Desk, which: str, parts: list[tuple[str, list[JsonObject]]]) -> Reply:
    """Each for itself, their sum, and of two the difference."""
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
    writing.tables.append(Table(NAMES[which], ("name", "amount"), tuple((n, exact(v)) for n, v in totals)))
    return writing.reply()


def _what(desk: Desk, which: str) -> str:
    named = ", ".join(item.name for item in desk.frame.who if item.type != "Entity")
    return NAMES[which] + (f" ({named})" if named else "")


def _by(desk: Desk, which: str, rows: list[JsonObject], months: list[Month], currency: str) -> Reply:
    key = (
        "category_name" if desk.says("by_category") else "merchant_name" if desk.says("by_merchant") else "account_name"
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
    top = ordered[: cues.count] if cues.count else ordered
    writing = Writing("by_" + key.removesuffix("_name"))
    what = f"{_what(desk, which)} by {key.removesuffix('_name')}"
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


def _by_month(desk: Desk, which: str, rows: list[JsonObject], months: list[Month], currency: str) -> Reply:
    cues = desk.frame.cues
    if cues.has("growth") and len(months) == 1:
        known = months_of(desk)
        place = known.index(months[0])
        if not place:
            return abstain("There is no month before it to compare with.", suggestions())
        months = known[place - 1 : place + 1]
        rows = [row for row in desk.flows if desk.keeps(row) and counts(desk, row, which) and month_of(row) in months]
    totals = dict.fromkeys(months, Decimal(0))
    for row in rows:
        totals[month_of(row)] += VALUE[which](row)
    listed = [(f"{year}-{month:02}", value) for (year, month), value in totals.items()]
    writing = Writing("extreme" if cues.direction else "trend")
    what = _what(desk, which)
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
