"""Single transactions: listed, counted, the largest."""

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.banking.book import TRANSACTIONS, Answering, Desk, money, suggestions
from knowledger.domain.agents.semantics.banking.spans import month_of_day, wanted_months
from knowledger.domain.agents.semantics.wording import Writing
from knowledger.domain.agents.steps import Call, Table


def answer_transactions(desk: Desk) -> Answering:
    found = yield Call("run_cypher", {"query": TRANSACTIONS, "max_rows": 5000}, "transactions")
    rows = found.value.get("rows")
    months = wanted_months(desk)
    days = [item for item in desk.frame.times.periods if item.kind == "day"]
    if found.failed or found.truncated or not isinstance(rows, list) or (months is None and not days):
        return abstain("There are no such transactions, or more than I can read at once.", suggestions())
    cues = desk.frame.cues
    spends = bool(desk.frame.metrics) or desk.says("bought")
    kept = [
        row
        for row in rows
        if isinstance(row, dict)
        and desk.keeps(row)
        and (str(row["day"])[:10] in map(str, days) if days else month_of_day(str(row["day"])) in (months or []))
        and (not spends or money(row["amount"]) > 0)
        and all(bound.holds(abs(money(row["amount"]))) for bound in cues.bounds)
    ]
    if cues.direction:
        kept = [row for row in kept if row["direction"] != "transfer" and not row["arrived"]]
    ordered = sorted(kept, key=lambda row: (-abs(money(row["amount"])), str(row["transaction"])))
    if cues.direction == "least":
        ordered.reverse()
    top = ordered[: cues.count or (1 if cues.direction else 30)]
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
