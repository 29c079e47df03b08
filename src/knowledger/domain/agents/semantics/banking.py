"""Questions about bank accounts: balances, what was spent and came in, by category, merchant, account and month."""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import ADVICE, FUTURE, WHY, abstain, unknown_words
from knowledger.domain.agents.semantics.frame import Frame, named_words, read_frame
from knowledger.domain.agents.semantics.ledger_book import Month
from knowledger.domain.agents.semantics.lexicon import Metric, mended
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, exact, line_chart, percent, rounded
from knowledger.domain.agents.steps import Call, Reply, Setting, Table
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.kernel.json import JsonObject, JsonValue

Answering: TypeAlias = Generator[Call, ToolOutput, Reply | None]

KINDS = ("Category", "Merchant", "BankAccount", "Institution", "Entity")
METRICS = (
    Metric(
        "spend",
        (
            "spending",
            "spend",
            "spent",
            "expenses",
            "expense",
            "outgoings",
            "money out",
            "expenditure",
            "expenditures",
            "costs",
            "outflows",
            "outflow",
            "total spend",
            "pay",
            "paid",
            "payments",
        ),
        "flow",
    ),
    Metric(
        "income",
        (
            "income",
            "money in",
            "earnings",
            "revenue",
            "inflows",
            "inflow",
            "deposits",
            "earned",
            "earn",
            "received",
            "receive",
            "came in",
            "incoming",
        ),
        "flow",
    ),
    Metric(
        "net", ("net cash flow", "cash flow", "net flow", "savings", "saved", "net change", "net income", "net"), "flow"
    ),
    Metric(
        "balance",
        (
            "balance",
            "balances",
            "cash balance",
            "total balance",
            "current balance",
            "cash",
            "cash position",
            "money",
            "funds",
            "account balance",
            "cash on hand",
        ),
        "stock",
    ),
    Metric("available", ("available balance", "available funds", "available"), "stock"),
    Metric("owed", ("credit card debt", "owed", "owe", "debt", "card balance", "loan balance"), "stock"),
)
_WORDS = {
    name: re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE)
    for name, pattern in {
        "by_category": r"(?:by|per|each|every|which|what|spending|expense) (?:spending "
        r"|expense )?categor(?:y|ies)|categor(?:y|ies)",
        "by_merchant": r"(?:by|per|each|every|which|what) (?:merchant|shop|store|vendor|supplier)s?"
        r"|merchants?|shops?|stores?|vendors?|suppliers?",
        "by_account": r"(?:by|per|each|every|which|what|in each|for each|of each) (?:bank )?accounts?"
        r"|accounts|bank accounts?",
        "transactions": r"transactions?|debits|credits",
        "account": r"account",
        "bought": r"(?:purchase|charge)s?",
        "hand": r"(?:on|in) hand",
        "card": r"(?:on |for )?(?:my |our |the )?credit cards?|cards?|loans?",
        "bank": r"in the bank|at the bank|bank",
        "on": r"spend on|spent on|go|goes|went|pending|bought|buy",
    }.items()
}
_FLOWS = """
    MATCH (a:BankAccount)-[:HAS_BANK_TRANSACTION]->(t:BankTransaction)
    WHERE (t.is_pending IS NULL OR t.is_pending = false)
    OPTIONAL MATCH (t)-[:IN_CATEGORY]->(c:Category)
    OPTIONAL MATCH (t)-[:WITH_MERCHANT]->(m:Merchant)
    RETURN date_part('year', t.posted_on) AS year, date_part('month', t.posted_on) AS month, t.currency AS currency,
           a.bank_account_id AS account, a.name AS account_name, c.category_id AS category, c.name AS category_name,
           c.direction AS direction, m.merchant_id AS merchant, m.name AS merchant_name,
           (t.transfer_transaction_id IS NOT NULL
            OR EXISTS { MATCH (t)<-[:RECEIVED_FROM]-(:BankTransaction) }) AS arrived,
           list_sum(collect(CASE WHEN t.amount > 0 THEN t.amount END)) AS came, count(*) AS transactions,
           list_sum(collect(CASE WHEN t.amount < 0 THEN t.amount END)) AS went
"""
_ACCOUNTS = """
    MATCH (a:BankAccount) WHERE a.is_closed IS NULL OR a.is_closed = false
    OPTIONAL MATCH (a)-[:HELD_AT]->(i:Institution)
    RETURN a.bank_account_id AS id, a.name AS name, a.account_kind AS kind, a.currency AS currency,
           a.current_balance AS balance, a.available_balance AS available, a.balance_at AS read_at,
           i.institution_id AS institution
"""
_CATEGORIES = "MATCH (c:Category) RETURN c.category_id AS id, c.name AS name, c.parent_category_id AS parent"
_TRANSACTIONS = """
    MATCH (a:BankAccount)-[:HAS_BANK_TRANSACTION]->(t:BankTransaction)
    WHERE (t.is_pending IS NULL OR t.is_pending = false)
    OPTIONAL MATCH (t)-[:IN_CATEGORY]->(c:Category)
    OPTIONAL MATCH (t)-[:WITH_MERCHANT]->(m:Merchant)
    RETURN t.bank_transaction_id AS transaction, t.posted_on AS day, t.amount AS amount, t.currency AS currency,
           t.description AS description, m.merchant_id AS merchant, m.name AS merchant_name, c.category_id AS category,
           c.name AS category_name, c.direction AS direction, a.bank_account_id AS account,
           t.transfer_transaction_id IS NOT NULL AS arrived
    ORDER BY day, transaction
"""


@dataclass
class Desk:
    setting: Setting
    frame: Frame
    words: frozenset[str]
    flows: list[JsonObject]
    accounts: list[JsonObject]
    below: dict[str, set[str]]

    def says(self, *names: str) -> bool:
        return any(name in self.words for name in names)

    def named(self, kind: str) -> list[str]:
        return [item.id for item in self.frame.who if item.type == kind]

    def keeps(self, row: JsonObject) -> bool:
        """Whether a row is of the categories, merchants and accounts that the question names."""
        wanted = {other for item in self.named("Category") for other in self.below.get(item, {item})}
        held = {str(item["id"]) for item in self.accounts if item["institution"] in self.named("Institution")}
        return (
            (not wanted or str(row["category"]) in wanted)
            and (not self.named("Merchant") or str(row["merchant"]) in self.named("Merchant"))
            and (not self.named("BankAccount") or str(row["account"]) in self.named("BankAccount"))
            and (not self.named("Institution") or str(row["account"]) in held)
        )

    def cite(self, writing: Writing, query: str, label: str, period: str | None = None) -> str:
        made = Citation(label, self.setting.graph_id, self.setting.generation_id, "BankTransaction", period=period)
        return writing.cite(Citation(**{**made.__dict__, "query": " ".join(query.split())}))


def suggestions() -> list[str]:
    return [
        "What is the balance of each account?",
        "How much did we spend by category last month?",
        "Which merchants did we spend most at?",
        "What is the burn rate?",
    ]


def think_banking(text: str, setting: Setting) -> Answering:
    """None where the question is not one about money in accounts."""
    found = yield Call("find_entity", {"text": text}, "categories, merchants and accounts that the question names")
    if found.failed:
        return abstain(f"The graph could not be read: {found.value.get('message')}")
    text = mended(text, named_words(found.value["rows"]))
    frame = read_frame(text, found.value["rows"], KINDS, METRICS, _WORDS)
    if frame.cues.has("advice") or frame.times.is_future or frame.cues.has("why"):
        return abstain(ADVICE if frame.cues.has("advice") else FUTURE if frame.times.is_future else WHY, suggestions())
    words = frame.words
    if (
        not frame.metrics
        and not frame.cues.has("burn", "runway")
        and not words & {"transactions", "bought"}
        and not frame.who
    ):
        return None
    if frame.unknown:
        return unknown_words(frame.unknown, suggestions())
    read: list[list[JsonObject]] = []
    for query, why in ((_FLOWS, "what came and went"), (_ACCOUNTS, "accounts"), (_CATEGORIES, "categories")):
        output = yield Call("run_cypher", {"query": query, "max_rows": 5000}, why)
        if output.failed or output.truncated:
            return abstain("There is more in these accounts than I can read at once, so no figure would be sure.")
        rows = output.value["rows"]
        read.append([row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else [])
    desk = Desk(setting, frame, words, read[0], read[1], _below(read[2]))
    return (yield from _chosen(desk))


def _below(categories: list[JsonObject]) -> dict[str, set[str]]:
    """Each category with all that are part of it."""
    found = {str(row["id"]): {str(row["id"])} for row in categories}
    for _ in categories:
        for row in categories:
            if row["parent"] is not None and str(row["parent"]) in found:
                found[str(row["parent"])] |= found[str(row["id"])]
    return found


def _chosen(desk: Desk) -> Answering:
    frame = desk.frame
    ids = {item.id for item in frame.metrics}
    if frame.cues.has("burn", "runway"):
        return _burn(desk)
    if (
        desk.says("transactions", "bought")
        and (frame.cues.has("count", "list") or frame.cues.direction or frame.cues.bounds)
        and not ids - {"spend"}
    ):
        return (yield from _transactions(desk))
    if frame.cues.has("count"):
        return abstain("I count transactions; of the rest I can tell the amount.", suggestions())
    if ids & {"balance", "available", "owed"}:
        return _balances(desk, next(iter(ids & {"balance", "available", "owed"})))
    if not ids and not (desk.named("Merchant") or desk.named("Category")):
        return None
    which = "income" if "income" in ids else "net" if "net" in ids else "spend"
    if len(ids) > 1:
        return abstain("One figure at a time, please.", suggestions())
    return _flow(desk, which)


def _months(desk: Desk) -> list[Month]:
    return sorted({(int(str(row["year"])), int(str(row["month"]))) for row in desk.flows})


def _wanted(desk: Desk) -> list[Month] | None:
    """The months that are asked about; None where there are none."""
    times, known = desk.frame.times, _months(desk)
    if not known:
        return None
    if any(item.kind == "day" for item in times.periods):
        return None
    if times.periods:
        newest = known[-1][0]
        found = set()
        for item in times.periods:
            period = item if item.year else Period(newest, item.kind, item.month, item.day)
            first, last = period.days()
            found |= {month for month in known if (first.year, first.month) <= month <= (last.year, last.month)}
        return sorted(found) or None
    if times.since:
        return [month for month in known if month[0] >= times.since.year] or None
    count = times.last or (
        12 if times.is_ttm else 1 if times.is_latest and times.step else 2 if times.is_previous else 0
    )
    if times.is_ytd:
        return [month for month in known if month[0] == known[-1][0]]
    if count:
        months = count * {"month": 1, "quarter": 3, "year": 12}[times.step or "month"]
        if times.step == "year" and not times.last:
            year = known[-1][0] - (1 if times.is_previous else 0)
            return [month for month in known if month[0] == year] or None
        if times.step == "quarter" and not times.last:
            quarters = sorted({(year, (month - 1) // 3) for year, month in known})
            if len(quarters) < count:
                return None
            return [month for month in known if (month[0], (month[1] - 1) // 3) == quarters[-count]]
        chosen = known[-months:]
        return (chosen[:1] if times.is_previous else chosen) if len(known) >= months else None
    return known


_VALUE: dict[str, Callable[[JsonObject], Decimal]] = {
    "spend": lambda row: -_money(row["went"]),
    "income": lambda row: _money(row["came"]),
    "net": lambda row: _money(row["came"]) + _money(row["went"]),
}
_NAMES = {"spend": "Spending", "income": "Income", "net": "Net cash flow"}


def _counts(row: JsonObject, which: str) -> bool:
    """Money moved between own accounts is neither spent nor earned."""
    return which == "net" or (row["direction"] != "transfer" and not row["arrived"])


def _flow(desk: Desk, which: str) -> Reply:
    cues, times = desk.frame.cues, desk.frame.times
    months = _wanted(desk)
    if months is None:
        known = _months(desk)
        told = f" They go from {_span(known)}." if known else ""
        return abstain(f"The accounts have no whole months for that time.{told}", suggestions())
    rows = [row for row in desk.flows if desk.keeps(row) and _counts(row, which) and _month(row) in months]
    currencies = {str(row["currency"] or "") for row in rows}
    if len(currencies) > 1:
        return abstain(
            f"These are in several currencies ({', '.join(sorted(currencies))}); I do not convert.", suggestions()
        )
    currency = next(iter(currencies), "")
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
    total = sum((_VALUE[which](row) for row in rows), Decimal(0))
    if cues.has("average"):
        total = total / len(months)
    writing = Writing("average" if cues.has("average") else which)
    what = _what(desk, which)
    marks = desk.cite(writing, _FLOWS, what, _span(months))
    a_month = " a month" if cues.has("average") else ""
    writing.say(f"{what} over {_span(months)}: **{amount(total, currency, 'flow')}**{a_month} {marks}")
    writing.say(
        "Pending transactions and transfers between own accounts are left out."
        if which != "net"
        else "Pending transactions are left out."
    )
    writing.values["value"] = exact(total)
    return writing.reply()


def _what(desk: Desk, which: str) -> str:
    named = ", ".join(item.name for item in desk.frame.who if item.type != "Entity")
    return _NAMES[which] + (f" ({named})" if named else "")


def _by(desk: Desk, which: str, rows: list[JsonObject], months: list[Month], currency: str) -> Reply:
    key = (
        "category_name" if desk.says("by_category") else "merchant_name" if desk.says("by_merchant") else "account_name"
    )
    totals: dict[str, Decimal] = {}
    for row in rows:
        name = str(row[key] or "none named")
        totals[name] = totals.get(name, Decimal(0)) + _VALUE[which](row)
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
    marks = desk.cite(writing, _FLOWS, what, _span(months))
    writing.say(f"{what} over {_span(months)} {marks}:")
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
        known = _months(desk)
        place = known.index(months[0])
        if not place:
            return abstain("There is no month before it to compare with.", suggestions())
        months = known[place - 1 : place + 1]
        rows = [row for row in desk.flows if desk.keeps(row) and _counts(row, which) and _month(row) in months]
    totals = dict.fromkeys(months, Decimal(0))
    for row in rows:
        totals[_month(row)] += _VALUE[which](row)
    listed = [(f"{year}-{month:02}", value) for (year, month), value in totals.items()]
    writing = Writing("extreme" if cues.direction else "trend")
    what = _what(desk, which)
    marks = desk.cite(writing, _FLOWS, what, _span(months))
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


def _balances(desk: Desk, which: str) -> Reply:
    times, cues = desk.frame.times, desk.frame.cues
    if times.periods or times.last or times.since or times.is_previous:
        return abstain("The accounts tell their balance when it was last read, not of days before.", suggestions())
    column = "available" if which == "available" else "balance"
    owes = ("credit", "loan")
    wanted = [
        row
        for row in desk.accounts
        if row[column] is not None
        and (not desk.named("BankAccount") or str(row["id"]) in desk.named("BankAccount"))
        and (not desk.named("Institution") or row["institution"] in desk.named("Institution"))
    ]
    if which == "owed":
        wanted = [row for row in wanted if row["kind"] in owes]
    elif not desk.named("BankAccount") and not desk.says("by_account"):
        wanted = [row for row in wanted if row["kind"] not in (*owes, "investment")]
    currencies = {str(row["currency"] or "") for row in wanted}
    if not wanted or (len(currencies) > 1 and not desk.says("by_account")):
        return abstain(
            "There is no such account, or they are in several currencies, which I do not convert.", suggestions()
        )
    ordered = sorted(wanted, key=lambda row: -_money(row[column]))
    if cues.direction == "least":
        ordered.reverse()
    summed = [row for row in wanted if row["kind"] not in (*owes, "investment")] or wanted
    total = sum((_money(row[column]) for row in summed), Decimal(0))
    writing = Writing("balance")
    marks = desk.cite(writing, _ACCOUNTS, "balances of bank accounts")
    currency = next(iter(currencies))
    if len(currencies) == 1:
        read = max(str(row["read_at"] or "")[:10] for row in wanted)
        writing.say(
            f"{'Available' if which == 'available' else 'Owed' if which == 'owed' else 'Balance'} of "
            f"{len(summed)} accounts: **{amount(total, currency, 'stock')}** {marks}"
            + (f", read {read}." if read else ".")
        )
    for row in ordered:
        writing.say(
            f"- **{row['name']}**: "
            f"{amount(_money(row[column]), str(row['currency'] or ''), 'stock')}"
            f"{' owed' if row['kind'] in owes else ''}"
        )
        writing.values[str(row["name"])] = exact(_money(row[column]))
    rows = tuple((row["name"], row["kind"], exact(_money(row[column])), row["currency"]) for row in ordered)
    writing.tables.append(Table("Balances", ("account", "kind", "balance", "currency"), rows))
    writing.values |= {
        "value": exact(_money(ordered[0][column]) if cues.direction else total),
        "best": str(ordered[0]["name"]),
        "total": exact(total),
    }
    return writing.reply()


def _burn(desk: Desk) -> Reply:
    months = _wanted(desk)
    cash = [
        row
        for row in desk.accounts
        if row["kind"] not in ("credit", "loan", "investment") and row["balance"] is not None
    ]
    if not months or not cash or len({row["currency"] for row in cash}) > 1:
        return abstain("There is no cash flow for that time, or it is in several currencies.", suggestions())
    ids = {str(row["id"]) for row in cash}
    change = sum(
        (_VALUE["net"](row) for row in desk.flows if str(row["account"]) in ids and _month(row) in months), Decimal(0)
    )
    burn, held = -change / len(months), sum((_money(row["balance"]) for row in cash), Decimal(0))
    currency = str(cash[0]["currency"] or "")
    wants_runway = desk.frame.cues.has("runway")
    writing = Writing(
        "runway" if wants_runway else "burn", formula="burn = −(net cash flow) / months; runway = cash / burn"
    )
    marks = desk.cite(writing, _FLOWS, "cash that came and went", _span(months))
    writing.values |= {"burn": exact(burn), "value": exact(burn)}
    if burn <= 0:
        writing.say(
            f"Cash **grew** by {amount(-burn, currency, 'flow')} a month over {_span(months)}: "
            f"nothing is burnt, so there is no runway to tell {marks}."
        )
        return writing.reply()
    writing.say(f"Burn over {_span(months)}: **{amount(burn, currency, 'flow')}** a month {marks}.")
    if wants_runway:
        writing.say(
            f"With {amount(held, currency, 'stock')} of cash that is **{rounded(held / burn, 1)} "
            f"months**. Formula: {writing.formula}."
        )
        writing.values |= {"value": exact(held / burn), "runway": exact(held / burn)}
    return writing.reply()


def _transactions(desk: Desk) -> Answering:
    found = yield Call("run_cypher", {"query": _TRANSACTIONS, "max_rows": 5000}, "transactions")
    rows = found.value.get("rows")
    months = _wanted(desk)
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
        and (str(row["day"])[:10] in map(str, days) if days else _month_of(str(row["day"])) in (months or []))
        and (not spends or _money(row["amount"]) < 0)
        and all(bound.holds(abs(_money(row["amount"]))) for bound in cues.bounds)
    ]
    if cues.direction:
        kept = [row for row in kept if row["direction"] != "transfer" and not row["arrived"]]
    ordered = sorted(kept, key=lambda row: (-abs(_money(row["amount"])), str(row["transaction"])))
    if cues.direction == "least":
        ordered.reverse()
    top = ordered[: cues.count or (1 if cues.direction else 30)]
    writing = Writing("count" if cues.has("count") else "transactions")
    marks = desk.cite(writing, _TRANSACTIONS, "bank transactions")
    writing.say(f"**{len(kept)}** transactions {marks}" + (":" if top and not cues.has("count") else "."))
    for row in top if not cues.has("count") else ():
        writing.say(
            f"- {str(row['day'])[:10]} **{row['merchant_name'] or row['description']}**: "
            f"{row['amount']} {row['currency'] or ''}"
        )
    columns = ("transaction", "day", "amount", "merchant_name", "category_name", "description")
    writing.tables.append(Table("Transactions", columns, tuple(tuple(row[name] for name in columns) for row in top)))
    first = str(top[0]["amount"]) if top else "0"
    writing.values |= {"count": str(len(kept)), "value": str(len(kept)) if cues.has("count") else first}
    if top:
        writing.values["best"] = str(top[0]["merchant_name"] or top[0]["description"])
    return writing.reply()


def _money(value: JsonValue) -> Decimal:
    return Decimal(str(value)) if value is not None else Decimal(0)


def _month(row: JsonObject) -> Month:
    return int(str(row["year"])), int(str(row["month"]))


def _month_of(day: str) -> Month:
    return int(day[:4]), int(day[5:7])


def _span(months: list[Month]) -> str:
    one, other = (f"{year}-{month:02}" for year, month in (months[0], months[-1]))
    return one if one == other else f"{one} to {other}"
