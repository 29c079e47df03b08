"""What is paid again and again: how much each time, and what comes back at a fixed step."""

from collections import defaultdict
from collections.abc import Generator, Sequence
from datetime import date
from decimal import Decimal
from itertools import pairwise

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import TRANSACTIONS, Answering, Desk, money, suggestions
from knowledger.domain.agents.semantics.banking.parts import what_of
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.json import JsonObject

_STEPS = {"week": (6, 8), "two weeks": (13, 15), "month": (26, 35), "quarter": (85, 97), "year": (355, 375)}
_FEWEST = 3
_MOSTLY = Decimal("0.8")


def asks_for_recurring(desk: Desk) -> bool:
    text = desk.frame.question.text.lower()
    named = [item for item in desk.frame.who if item.type in ("Merchant", "Category")]
    return desk.says("recurring") and not named and ("subscription" not in text or not desk.frame.metrics)


def answer_recurring(desk: Desk) -> Answering:
    rows = yield from _payments(desk)
    if isinstance(rows, Reply):
        return rows
    wants_income = any(item.id == "income" for item in desk.frame.metrics)
    found: dict[str, list[JsonObject]] = defaultdict(list)
    for row in rows:
        if (money(row["amount"]) < 0) == wants_income and row["direction"] != "transfer" and not row["arrived"]:
            found[str(row["merchant_name"] or row["description"])].append(row)
    listed = [(name, step, some) for name, some in found.items() if (step := _step(_days(some))) is not None]
    if not listed:
        return abstain("Nothing comes back at a fixed step in these accounts.", suggestions())
    listed.sort(key=lambda item: (-abs(money(item[2][-1]["amount"])), item[0]))
    writing = Writing("recurring")
    marks = desk.cite(writing, TRANSACTIONS, "bank transactions")
    writing.say(f"**{len(listed)}** come back at a fixed step {marks}:")
    for name, step, some in listed:
        newest = abs(money(some[-1]["amount"]))
        told = amount(newest, str(some[-1]["currency"] or ""), "flow")
        writing.say(f"- **{name}**: every {step}, {len(some)} times, last {told} on {str(some[-1]['day'])[:10]}")
        writing.values[name] = exact(newest)
    rows_told = tuple((name, step, len(some), exact(abs(money(some[-1]["amount"])))) for name, step, some in listed)
    writing.tables.append(Table("Recurring", ("name", "every", "times", "last amount"), rows_told))
    writing.values |= {"value": str(len(listed)), "count": str(len(listed)), "best": listed[0][0]}
    writing.values["names"] = "; ".join(name for name, _, _ in listed)
    return writing.reply()


def answer_each_time(desk: Desk, which: str) -> Answering:
    """ "How much is my rent": what it was last, how often it comes, and whether it was ever another amount."""
    rows = yield from _payments(desk)
    if isinstance(rows, Reply):
        return rows
    some = [row for row in rows if desk.keeps(row) and (money(row["amount"]) < 0) == (which == "income")]
    if not some or len({row["currency"] for row in some}) != 1:
        return abstain("There are no such payments, or they are in several currencies.", suggestions())
    amounts = [abs(money(row["amount"])) for row in some]
    newest, currency, step = amounts[-1], str(some[-1]["currency"] or ""), _step(_days(some))
    if step is None and len(set(amounts)) > 1:
        return None
    writing = Writing("recurring")
    marks = desk.cite(writing, TRANSACTIONS, what_of(desk, which))
    mean = sum(amounts, Decimal(0)) / len(amounts)
    each = f" every {step}" if step else " each time"
    writing.say(f"{what_of(desk, which)}: **{amount(newest, currency, 'flow')}**{each} {marks}.")
    same = "always the same" if len(set(amounts)) == 1 else f"on average {amount(mean, currency, 'flow')}"
    writing.say(f"Last on {str(some[-1]['day'])[:10]}; {len(some)} times since {str(some[0]['day'])[:10]}, {same}.")
    writing.values |= {"value": exact(newest), "average": exact(mean), "count": str(len(some))}
    return writing.reply()


def _payments(desk: Desk) -> Generator[Call, ToolOutput, list[JsonObject] | Reply]:
    found = yield Call("run_cypher", {"query": TRANSACTIONS, "max_rows": 5000}, "transactions")
    rows = found.value.get("rows")
    if found.failed or found.truncated or not isinstance(rows, list):
        return abstain("There are more transactions than I can read at once.", suggestions())
    return [row for row in rows if isinstance(row, dict)]


def _days(rows: Sequence[JsonObject]) -> list[date]:
    return [date.fromisoformat(str(row["day"])[:10]) for row in rows]


def _step(days: Sequence[date]) -> str | None:
    """How often something comes back, where it nearly always does so after the same time."""
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    if len(days) < _FEWEST:
        return None
    for name, (least, most) in _STEPS.items():
        if sum(least <= gap <= most for gap in gaps) >= _MOSTLY * len(gaps):
            return name
    return None
