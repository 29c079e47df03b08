"""A statement as a report presents it."""

from collections.abc import Generator
from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import EVERYTHING_CUT, abstain
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import metrics
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.reports.desk import Answering, Desk, shown, suggestions, unread, years_of
from knowledger.domain.agents.semantics.wording import Writing, capital, exact
from knowledger.domain.agents.steps import Call, Table
from knowledger.domain.agents.tools.figures import Figure, figures
from knowledger.domain.agents.tools.kinds import is_data_sets
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.json import JsonObject, JsonValue

STATEMENTS = {
    "statement_income": ("income_statement", "income statement"),
    "statement_balance": ("balance_sheet", "balance sheet"),
    "statement_cash": ("cash_flow", "cash flow statement"),
}


def answer_statement(desk: Desk, statement: str, title: str) -> Answering:
    if len(desk.frame.who) != 1:
        return abstain(
            "Whose statement?" if not desk.frame.who else "One company's statement at a time, please.",
            suggestions(desk.frame, desk.setting),
        )
    who, times = desk.frame.who[0], desk.frame.times
    if len(times.periods) > 1 or times.is_ttm or times.last > 1 or times.is_bounded:
        return abstain("I show a statement for one fiscal period at a time.", suggestions(desk.frame, desk.setting))
    period = times.periods[0] if times.periods else None
    if period is None or not period.year or period.kind in ("day", "month"):
        period = yield from _newest_report(desk, who, period)
    if period is None:
        return abstain(f"The graph has no report of {who.name} for that period.", suggestions(desk.frame, desk.setting))
    kind = {"H1": "Q2", "9M": "Q3", "Q4": "FY", "H2": "FY"}.get(period.kind, period.kind)
    arguments: JsonObject = {
        "entity": who.id,
        "statement": statement,
        "fiscal_year": period.year,
        "fiscal_period": kind,
    }
    found = yield Call("financial_statement", arguments, f"{title} of {who.name} for {period}")
    rows = found.value.get("rows")
    lines = _lines(rows, statement)
    if found.truncated:
        return abstain(EVERYTHING_CUT)
    if found.failed or not lines:
        return (yield from _told_by_facts(desk, statement, title, period))
    writing = Writing("statement")
    marks = writing.cite(desk.citation(_as_figure(lines[0][2], who)))
    writing.say(
        f"{title.capitalize()} of {who.name} for {period}, as {lines[0][2]['form']} "
        f"{lines[0][2]['accession']} presents it {marks}."
    )
    listed = tuple(
        ("  " * depth + name, exact(Decimal(str(row["value"]))), _unit(row), str(row["last_day"])[:10])
        for depth, name, row in lines
    )
    writing.tables.append(
        Table(f"{title.capitalize()} of {who.name}, {period}", ("line", "value", "unit", "to"), listed)
    )
    for depth, name, row in lines[:60]:
        writing.say(f"{'  ' * depth}- {name}: {exact(Decimal(str(row['value'])))} {_unit(row)}")
    for _, name, row in lines:
        writing.values.setdefault(
            str(row["concept"]).partition(":")[2] or str(row["concept"]), exact(Decimal(str(row["value"])))
        )
        writing.values.setdefault(name, exact(Decimal(str(row["value"]))))
    return writing.reply()


_FEWEST = 4


def _told_by_facts(desk: Desk, statement: str, title: str, period: Period) -> Answering:
    """The main lines of a statement where the graph does not know how the report arranges it."""
    who = desk.frame.who[0]
    wanted = [item for item in metrics().values() if item.statement == statement and item.concepts]
    found = yield from desk.find(wanted, [who], years_of([period], desk.setting))
    if problem := unread(found):
        return problem
    book = desk.books(figures(found.value.get("rows"))).get(who.id)
    values = [value for item in wanted if book and (value := book.value(item, period)) and not value.formula]
    if len(values) < _FEWEST:
        return abstain(f"The graph has no {title} of {who.name} for {period}.", suggestions(desk.frame, desk.setting))
    writing = Writing("statement")
    writing.say(f"Main lines of the {title} of {who.name} for {period}; how the report arranges it is not known here:")
    for value in values:
        writing.say(f"- {capital(value.metric.name)}: {shown(value)} {desk.marks(writing, value)}")
        writing.values[value.metric.id] = exact(value.value)
    rows = tuple((value.metric.name, exact(value.value), value.unit, str(value.figures[0].end)) for value in values)
    writing.tables.append(Table(f"{capital(title)} of {who.name}, {period}", ("line", "value", "unit", "to"), rows))
    return writing.reply()


def _lines(rows: JsonValue, statement: str) -> list[tuple[int, str, JsonObject]]:
    """One fact a line: of the newest day, over the shortest span, or for cash flows the longest."""
    known = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if not known:
        return []
    first = known[0]["statement"]
    known = [row for row in known if row["statement"] == first]
    newest = max(str(row["last_day"]) for row in known)
    chosen: dict[tuple[int, str], JsonObject] = {}
    for row in known:
        if str(row["last_day"]) != newest and str(row.get("label_role")) != "periodStart":
            continue
        place = (int(str(row["place"])), str(row["concept"]))
        other = chosen.get(place)
        longer = other is not None and _length(row) > _length(other)
        if other is None or longer == (statement == "cash_flow"):
            chosen[place] = row
    return [
        (int(str(row.get("depth") or 0)), str(row["line"]), row)
        for _, row in sorted(chosen.items(), key=lambda pair: pair[0])
    ]


def _unit(row: JsonObject) -> str:
    return str(row["unit"] or "").removeprefix("iso4217:").removeprefix("xbrli:")


def _length(row: JsonObject) -> int:
    [figure] = figures([{**row, "entity": "", "dimensions": ""}])
    return ("instant", "Q", "H", "9M", "FY", "other").index(figure.span)


def _as_figure(row: JsonObject, who: Who) -> Figure:
    return figures([{**row, "entity": who.id, "dimensions": ""}])[0]


def _newest_report(desk: Desk, who: Who, near: Period | None) -> Generator[Call, ToolOutput, Period | None]:
    columns = (
        ("r.fy", "r.fp", "r.filed", "r.name", "Filing", "r.period")
        if is_data_sets(desk.setting.schema)
        else ("r.fiscal_year", "r.fiscal_period", "r.filed_on", "r.entity_id", "Report", "r.filed_on")
    )
    year, kind, filed, owner, node, _ = columns
    query = (
        f"MATCH (r:{node}) WHERE {owner} = $id AND {year} IS NOT NULL AND {kind} IS NOT NULL "
        f"RETURN {year} AS year, {kind} AS kind ORDER BY {filed} DESC LIMIT 50"
    )
    found = yield Call("run_cypher", {"query": query, "parameters": {"id": who.id}}, f"reports of {who.name}")
    rows = found.value.get("rows")
    known = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    wanted_year = desk.frame.times.step == "year"
    for row in known:
        for period_kind in ("FY", "Q1", "Q2", "Q3"):
            if row["kind"] == period_kind and (not wanted_year or period_kind == "FY") and near is None:
                return (
                    Period(int(str(row["year"])), "FY")
                    if period_kind == "FY"
                    else Period(
                        int(str(row["year"])), "Q1" if period_kind == "Q1" else "Q2" if period_kind == "Q2" else "Q3"
                    )
                )
    return None
