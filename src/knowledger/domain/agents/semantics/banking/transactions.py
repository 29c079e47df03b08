"""Single transactions: listed, counted, the largest, the last."""

import re
from collections import Counter
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import TRANSACTIONS, Answering, Desk, money, suggestions
from knowledger.domain.agents.semantics.banking.described import days_of
from knowledger.domain.agents.semantics.banking.spans import month_of_day, wanted_months
from knowledger.domain.agents.semantics.question import NUMBER, number_of
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.kernel.json import JsonObject

_RUNNERS_UP = 5
_LAST = re.compile(
    rf"\b(last|latest|most recent|newest|first|earliest|oldest)\s+(?:({NUMBER})\s+)?(?:\w+\s+)?"
    r"(?:transactions?|payments?|purchases?|deposits?|charges?|bills?|invoices?|visits?|orders?|payche\w+|rides?|times?)\b"
    r"|\bwhen\b.*\b(last|latest|most recent(?:ly)?|newest|first|earliest|oldest)\b",
    re.IGNORECASE,
)
_OFTEN = re.compile(r"\b(?:most|least) (?:often|frequently|times)\b", re.IGNORECASE)
_FIRST = ("first", "earliest", "oldest")


def asks_for_newest(desk: Desk) -> bool:
    """Whether the last or first ones are asked about, by day."""
    found = _LAST.search(desk.frame.question.text)
    return bool(found) and not (desk.frame.times.step and desk.frame.times.is_latest)


def answer_transactions(desk: Desk) -> Answering:
    found = yield Call("run_cypher", {"query": TRANSACTIONS, "max_rows": 5000}, "transactions")
    rows = found.value.get("rows")
    if found.failed or found.truncated or not isinstance(rows, list) or wanted_months(desk) is None:
        return abstain("There are no such transactions, or more than I can read at once.", suggestions())
    cues = desk.frame.cues
    every = [row for row in rows if isinstance(row, dict) and desk.keeps(row) and _is_then(desk, row)]
    every = [row for row in every if all(bound.holds(abs(money(row["amount"]))) for bound in cues.bounds)]
    kept = [row for row in every if _goes(desk, row)]
    if not kept and every and desk.named("Merchant") and desk.only_pays:
        kept = every
    if cues.direction or cues.has("average"):
        kept = [row for row in kept if row["direction"] != "transfer" and not row["arrived"]]
    if asks_who_most_often(desk):
        return _by_number(desk, [row for row in kept if row["direction"] != "transfer"])
    if cues.has("average"):
        return _average(desk, kept)
    if cues.has("rank_most") and cues.has("rank_least"):
        return _range(desk, kept)
    return _listed(desk, kept)


def asks_who_most_often(desk: Desk) -> bool:
    """Whether merchants or categories are ranked by how often, not by how much."""
    often = desk.says("times") and bool(_OFTEN.search(desk.frame.question.text))
    return often and desk.says("by_merchant", "by_category") and not desk.named("Merchant")


def _by_number(desk: Desk, kept: list[JsonObject]) -> Reply:
    column = "merchant_name" if desk.says("by_merchant") else "category_name"
    counted = Counter(str(row[column]) for row in kept if row[column] is not None)
    least = desk.frame.cues.direction == "least"
    ordered = sorted(counted.items(), key=lambda pair: (pair[1] if least else -pair[1], pair[0]))
    if not ordered:
        return abstain("There are no such transactions.", suggestions())
    top = ordered[: desk.frame.cues.count or 1]
    writing = Writing("count")
    marks = desk.cite(writing, TRANSACTIONS, "bank transactions")
    for name, number in top:
        writing.say(f"- **{name}**: {number} transactions {marks}")
    shown = tuple((name, str(number)) for name, number in ordered[: max(len(top), _RUNNERS_UP)])
    writing.tables.append(Table("Transactions", (column, "number"), shown))
    writing.values |= {"value": str(top[0][1]), "best": top[0][0], "names": "; ".join(name for name, _ in top)}
    return writing.reply()


def _is_then(desk: Desk, row: JsonObject) -> bool:
    first, last = days_of(desk.frame.question.text, desk.frame.times)
    day = str(row["day"])[:10]
    if first or last:
        return (first is None or str(first) <= day) and (last is None or day <= str(last))
    named = [str(item) for item in desk.frame.times.periods if item.kind == "day"]
    return day in named if named else month_of_day(day) in (wanted_months(desk) or [])


def _listed(desk: Desk, kept: list[JsonObject]) -> Reply:
    cues = desk.frame.cues
    newest = _LAST.search(desk.frame.question.text) if not cues.direction else None
    ordered = _ordered(desk, kept, newest)
    wanted = (number_of(newest[2] or "") if newest else None) or cues.count or (1 if cues.direction or newest else 30)
    top = ordered[:wanted]
    if cues.direction and len(ordered) > len(top) > 0:
        last = abs(money(top[-1]["amount"]))
        top += [row for row in ordered[len(top) :] if abs(money(row["amount"])) == last][:_RUNNERS_UP]
    writing = Writing("count" if cues.has("count") else "transactions")
    marks = desk.cite(writing, TRANSACTIONS, "bank transactions")
    writing.say(f"**{len(kept)}** transactions {marks}" + (":" if top and not cues.has("count") else "."))
    for row in top if not cues.has("count") else ():
        writing.say(
            f"- {str(row['day'])[:10]} **{row['merchant_name'] or row['description']}**: "
            f"{abs(money(row['amount']))} {row['currency'] or ''}{' in' if money(row['amount']) < 0 else ''}"
        )
    columns = ("transaction", "day", "amount", "merchant_name", "category_name", "description")
    shown = ordered[: max(len(top), _RUNNERS_UP)]
    writing.tables.append(Table("Transactions", columns, tuple(tuple(row[name] for name in columns) for row in shown)))
    first = exact(abs(money(top[0]["amount"]))) if top else "0"
    writing.values |= {"count": str(len(kept)), "value": str(len(kept)) if cues.has("count") else first}
    if top:
        writing.values |= {
            "best": str(top[0]["merchant_name"] or top[0]["description"]),
            "day": str(top[0]["day"])[:10],
        }
    return writing.reply()


def _ordered(desk: Desk, kept: list[JsonObject], newest: re.Match[str] | None) -> list[JsonObject]:
    if newest or (desk.frame.cues.has("when") and not desk.frame.cues.direction):
        said = (newest[1] or newest[3] or "").lower() if newest else ""
        return sorted(kept, key=lambda row: str(row["day"]), reverse=said not in _FIRST)
    ordered = sorted(kept, key=lambda row: (-abs(money(row["amount"])), str(row["transaction"])))
    return ordered[::-1] if desk.frame.cues.direction == "least" else ordered


def _goes(desk: Desk, row: JsonObject) -> bool:
    """Whether it goes the way that is asked for: out, in, or any."""
    wanted = {item.id for item in desk.frame.metrics}
    if wanted & {"income"}:
        return money(row["amount"]) < 0
    return not (wanted or desk.says("bought")) or money(row["amount"]) > 0


def _range(desk: Desk, rows: list[JsonObject]) -> Reply:
    """Between the largest and the smallest."""
    amounts = [abs(money(row["amount"])) for row in rows]
    if not amounts or len({row["currency"] for row in rows}) != 1:
        return abstain("There are no such transactions, or they are in several currencies.", suggestions())
    most, least, currency = max(amounts), min(amounts), str(rows[0]["currency"] or "")
    writing = Writing("range", formula="largest − smallest")
    marks = desk.cite(writing, TRANSACTIONS, "bank transactions")
    writing.say(
        f"Largest {amount(most, currency, 'flow')}, smallest {amount(least, currency, 'flow')}: "
        f"**{amount(most - least, currency, 'flow')}** apart, over {len(rows)} transactions {marks}."
    )
    writing.values |= {"value": exact(most - least), "most": exact(most), "least": exact(least)}
    return writing.reply()


def _average(desk: Desk, rows: list[JsonObject]) -> Reply:
    currencies = {str(row["currency"] or "") for row in rows}
    if len(currencies) != 1:
        return abstain("There are no such transactions, or they are in several currencies.", suggestions())
    mean = sum((abs(money(row["amount"])) for row in rows), Decimal(0)) / len(rows)
    writing = Writing("average", formula=f"sum of {len(rows)} transactions / {len(rows)}")
    marks = desk.cite(writing, TRANSACTIONS, "bank transactions")
    writing.say(f"**{amount(mean, currencies.pop(), 'flow')}** on average over {len(rows)} transactions {marks}.")
    writing.values |= {"value": exact(mean), "count": str(len(rows))}
    return writing.reply()
