"""Single transactions: listed, counted, the largest."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import TRANSACTIONS, Answering, Desk, money, suggestions
from knowledger.domain.agents.semantics.banking.spans import month_of_day, wanted_months
from knowledger.domain.agents.semantics.wording import Writing, amount, exact
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.kernel.json import JsonObject


def answer_transactions(desk: Desk) -> Answering:
    found = yield Call("run_cypher", {"query": TRANSACTIONS, "max_rows": 5000}, "transactions")
    rows = found.value.get("rows")
    months = wanted_months(desk)
    days = [item for item in desk.frame.times.periods if item.kind == "day"]
    if found.failed or found.truncated or not isinstance(rows, list) or (months is None and not days):
        return abstain("There are no such transactions, or more than I can read at once.", suggestions())
    cues = desk.frame.cues
    every = [
        row
        for row in rows
        if isinstance(row, dict)
        and desk.keeps(row)
        and (str(row["day"])[:10] in map(str, days) if days else month_of_day(str(row["day"])) in (months or []))
        and all(bound.holds(abs(money(row["amount"]))) for bound in cues.bounds)
    ]
    kept = [row for row in every if _goes(desk, row)]
    if not kept and every and desk.named("Merchant") and desk.only_pays:
        kept = every
    if cues.direction or cues.has("average"):
        kept = [row for row in kept if row["direction"] != "transfer" and not row["arrived"]]
    ordered = sorted(kept, key=lambda row: (-abs(money(row["amount"])), str(row["transaction"])))
    if cues.direction == "least":
        ordered.reverse()
    top = ordered[: cues.count or (1 if cues.direction else 30)]
    if cues.has("average"):
        return _average(desk, kept)
    writing = Writing("count" if cues.has("count") else "transactions")
    marks = desk.cite(writing, TRANSACTIONS, "bank transactions")
    writing.say(f"**{len(kept)}** transactions {marks}" + (":" if top and not cues.has("count") else "."))
    for row in top if not cues.has("count") else ():
        writing.say(
            f"- {str(row['day'])[:10]} **{row['merchant_name'] or row['description']}**: "
            f"{row['amount']} {row['currency'] or ''}"
        )
    columns = ("transaction", "day", "amount", "merchant_name", "category_name", "description")
    writing.tables.append(Table("Transactions", columns, tuple(tuple(row[name] for name in columns) for row in top)))
    first = str(abs(money(top[0]["amount"]))) if top else "0"
    writing.values |= {"count": str(len(kept)), "value": str(len(kept)) if cues.has("count") else first}
    if top:
        writing.values["best"] = str(top[0]["merchant_name"] or top[0]["description"])
    return writing.reply()


def _goes(desk: Desk, row: JsonObject) -> bool:
    """Whether it goes the way that is asked for: out, in, or any."""
    wanted = {item.id for item in desk.frame.metrics}
    if wanted & {"income"}:
        return money(row["amount"]) < 0
    return not (wanted or desk.says("bought")) or money(row["amount"]) > 0


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
