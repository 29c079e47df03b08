"""What was spent and came in: sums and shares."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import FLOWS, NAMES, VALUE, Desk, counts, money, suggestions
from knowledger.domain.agents.semantics.banking.months import answer_by_month, step_of
from knowledger.domain.agents.semantics.banking.parts import (
    answer_beside,
    answer_by_name,
    is_within,
    named_together,
    what_of,
)
from knowledger.domain.agents.semantics.banking.spans import month_of, months_of, span, wanted_months, when_of
from knowledger.domain.agents.semantics.cues import is_turned
from knowledger.domain.agents.semantics.ledger.book import Month
from knowledger.domain.agents.semantics.wording import Writing, amount, exact, rounded
from knowledger.domain.agents.steps import Reply
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
    if which == "spend" and desk.only_pays and not any(VALUE[which](row) for row in rows) and desk.named("Merchant"):
        which = "income"
    if moved and not any(VALUE[which](row) for row in rows):
        return _not_that_way(desk, which, moved, months)
    currencies = {str(row["currency"] or "") for row in rows}
    if len(currencies) > 1:
        return abstain(
            f"These are in several currencies ({', '.join(sorted(currencies))}); I do not convert.", suggestions()
        )
    currency = next(iter(currencies), "")
    if cues.bounds and not desk.says("by_category", "by_merchant", "by_account", "customers"):
        return abstain("I hold transactions, categories, merchants and months against a limit.", suggestions())
    if cues.has("share"):
        return _share(desk, which, rows, months, currency)
    if several := named_together(desk):
        return answer_beside(
            desk, which, [(item.name, [row for row in rows if desk.is_of(row, item)]) for item in several]
        )
    if (
        len(times.periods) > 1
        and not desk.has_days
        and all(item.kind != "month" and item.year for item in times.periods)
    ):
        spans = [
            (str(item.year) if item.kind == "FY" else str(item), [row for row in rows if is_within(row, item)])
            for item in sorted(times.periods, key=lambda item: item.days()[0])
        ]
        return answer_beside(desk, which, spans)
    if cues.has("average") and not desk.says("by_category", "by_merchant", "customers"):
        return _total(desk, which, rows, months, currency)
    if desk.says("by_category", "by_merchant", "by_account", "customers") and not (
        times.step == "month" and times.is_all
    ):
        return answer_by_name(desk, which, rows, months, currency)
    if (
        ((times.step or cues.has("trend")) and (times.is_all or times.last > 1 or cues.has("trend")))
        or (len(times.periods) > 1 and not desk.has_days)
        or cues.has("growth")
        or (cues.direction and not desk.says("by_category", "by_merchant", "customers"))
    ):
        return answer_by_month(desk, which, rows, months, currency)
    return _total(desk, which, rows, months, currency)


def _total(desk: Desk, which: str, rows: list[JsonObject], months: list[Month], currency: str) -> Reply:
    cues, step = desk.frame.cues, desk.frame.times.step or "month"
    total = sum((VALUE[which](row) for row in rows), Decimal(0))
    if cues.has("average"):
        if desk.has_days:
            return abstain("I tell averages over whole months, quarters and years.", suggestions())
        total = total / len({step_of(month, step) for month in months})
    writing = Writing("average" if cues.has("average") else which)
    what = what_of(desk, which)
    marks = desk.cite(writing, FLOWS, what, span(months))
    a_step = f" a {step}" if cues.has("average") else ""
    when = when_of(desk, months)
    writing.say(f"{what} over {when}: **{amount(total, currency, 'flow')}**{a_step} {marks}")
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
        else "money only went out, and what came in was money back"
        if any(money(row["came"]) for row in moved)
        else "money only went out"
    )
    return abstain(f"I have no figure for {what_of(desk, which)} over {span(months)}: {why}.", suggestions())


def _two_apart(desk: Desk, months: list[Month]) -> Reply | None:
    """Of two that are named, neither within the other, one in terms of the other: rent as a share of salary."""
    named = [item for item in desk.frame.who if item.type in ("Category", "Merchant")]
    if len(named) != 2:
        return None
    sides = [[row for row in desk.flows if desk.is_of(row, item) and month_of(row) in months] for item in named]
    if any(row in sides[1] for row in sides[0]) or not all(sides):
        return None
    question = desk.frame.question
    if is_turned(question.text, *(question.places[item.start][0] for item in named)):
        named.reverse()
        sides.reverse()
    one, other = (abs(sum((VALUE["net"](row) for row in side), Decimal(0))) for side in sides)
    if not other or len({row["currency"] for side in sides for row in side}) != 1:
        return abstain("There is nothing that a share could be measured against.", suggestions())
    writing = Writing("share", formula=f"{named[0].name} / {named[1].name}")
    marks = desk.cite(writing, FLOWS, f"{named[0].name} and {named[1].name}", span(months))
    told = f"{named[1].name} over {span(months)}: {exact(one)} of {exact(other)}"
    writing.say(f"{named[0].name} is **{rounded(one / other * 100)}%** of {told} {marks}")
    writing.values |= {
        "value": exact(one / other * 100),
        "ratio": exact(one / other),
        "part": exact(one),
        "total": exact(other),
    }
    return writing.reply()


def _part_and_whole(
    desk: Desk, which: str, rows: list[JsonObject], months: list[Month]
) -> tuple[list[JsonObject], list[JsonObject]]:
    """Of two that are named, one within the other, the smaller is the part; else all there is is the whole."""
    every = [row for row in desk.flows if counts(desk, row, which) and month_of(row) in months]
    named = [item for item in desk.frame.who if item.type in ("Category", "Merchant")]
    if len(named) != 2:
        return rows, every
    sides = [[row for row in every if desk.is_of(row, item)] for item in named]
    sides.sort(key=len)
    within = all(row in sides[1] for row in sides[0])
    return (sides[0], sides[1]) if within else ([], [])


def _share(desk: Desk, which: str, rows: list[JsonObject], months: list[Month], currency: str) -> Reply:
    if (apart := _two_apart(desk, months)) is not None:
        return apart
    rows, every = _part_and_whole(desk, which, rows, months)
    part, whole = (sum((VALUE[which](row) for row in some), Decimal(0)) for some in (rows, every))
    if len(rows) == len(every) or whole <= 0 or len({row["currency"] for row in every}) > 1:
        return abstain("A share of what? Name a category, a merchant or an account.", suggestions())
    writing = Writing("share", formula=f"share = {what_of(desk, which)} / {NAMES[which]}")
    marks = desk.cite(writing, FLOWS, what_of(desk, which), span(months))
    writing.say(
        f"{what_of(desk, which)} over {span(months)}: **{rounded(part / whole * 100)}%** of all, "
        f"{amount(part, currency, 'flow')} of {amount(whole, currency, 'flow')} {marks}"
    )
    writing.values |= {"value": exact(part / whole * 100), "part": exact(part), "total": exact(whole)}
    return writing.reply()
