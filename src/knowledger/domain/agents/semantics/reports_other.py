"""Answers about reports that are no single figure: statements, parts, rankings, filings, who a company is."""

import re
from collections.abc import Generator
from decimal import Decimal
from typing import TypeAlias

from knowledger.domain.agents.semantics.abstain import abstain, unknown_words
from knowledger.domain.agents.semantics.book import FactBook, Valued, leaves, spoken
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.lexicon import Metric, metrics, singular
from knowledger.domain.agents.semantics.periods import Period
from knowledger.domain.agents.semantics.reports import Desk, not_there, shown, stuck, suggestions, unread
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, exact, rounded
from knowledger.domain.agents.steps import Call, Reply, Table
from knowledger.domain.agents.tools.figures import Figure, figures
from knowledger.domain.agents.tools.kinds import is_data_sets
from knowledger.domain.agents.tools.names import name_words
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.json import JsonObject, JsonValue

Answering: TypeAlias = Generator[Call, ToolOutput, Reply]
Perhaps: TypeAlias = Generator[Call, ToolOutput, Reply | None]

_WHAT_IS = re.compile(r"\s*(?:what(?:'s|’s| is| are)|define|explain)\b", re.IGNORECASE)
STATEMENTS = {
    "statement_income": ("income_statement", "income statement"),
    "statement_balance": ("balance_sheet", "balance sheet"),
    "statement_cash": ("cash_flow", "cash flow statement"),
}
_AXES = {"split_segment": "segment", "split_product": "product", "split_region": "geograph"}
_ATTRIBUTES = {
    "cik": ("cik", "central index key"),
    "ticker": ("ticker", "ticker symbol", "stock symbol", "symbol", "stock ticker"),
    "sic": ("sic", "sic code", "industry code", "standard industrial classification"),
    "industry": ("industry", "sector"),
    "fiscal_year_end": ("fiscal year end", "year end date", "fiscal year ends"),
    "exchange": ("exchange", "listed on", "stock exchange"),
    "ein": ("ein", "employer identification number", "tax id"),
    "country": ("country",),
    "jurisdiction": ("jurisdiction", "state of incorporation", "incorporated in", "incorporated"),
    "website": ("website", "web site", "homepage"),
    "filer_category": ("filer category", "filer status"),
    "legal_name": ("legal name",),
}
_IN_DATA_SETS = {"fiscal_year_end": "fye", "jurisdiction": "stprinc", "country": "countryba", "filer_category": "afs"}


def without_metric(desk: Desk) -> Perhaps:
    """What needs no figure that is named. None where this is another kind of question."""
    cues, frame = desk.frame.cues, desk.frame
    if cues.has("balance_check") and frame.who:
        return stuck(desk) or (yield from _balance_check(desk))
    for cue, (statement, title) in STATEMENTS.items():
        if cues.has(cue) and not _other_metrics(desk):
            return stuck(desk) or (yield from _statement(desk, statement, title))
    asks_what = _WHAT_IS.match(frame.question.text) and frame.times.says_nothing and not cues.bounds
    if (cues.has("define") or (asks_what and not cues.words)) and len(frame.metrics) == 1 and not frame.who:
        return stuck(desk) or (yield from _definition(frame.metrics[0]))
    if cues.has("year_end") and frame.who and not frame.metrics:
        return stuck(desk) or (yield from _about(desk, "fiscal_year_end"))
    if not frame.metrics and frame.who and (attribute := _attribute(desk)):
        return stuck(desk) or (yield from _about(desk, attribute))
    if not frame.metrics and frame.who and cues.has("filings"):
        return stuck(desk) or (yield from _filings(desk))
    return None


def _other_metrics(desk: Desk) -> bool:
    return any(item.concepts and item.id != "cash" for item in desk.frame.metrics)


def _statement(desk: Desk, statement: str, title: str) -> Answering:
    if len(desk.frame.who) != 1:
        return abstain(
            "Whose statement?" if not desk.frame.who else "One company's statement at a time, please.",
            suggestions(desk.frame, desk.setting),
        )
    who, times = desk.frame.who[0], desk.frame.times
    if len(times.periods) > 1 or times.is_ttm or times.last > 1 or times.since:
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
    if found.failed or not lines or found.truncated:
        return abstain(f"The graph has no {title} of {who.name} for {period}.", suggestions(desk.frame, desk.setting))
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


def _balance_check(desk: Desk) -> Answering:
    known = metrics()
    wanted = [known[name] for name in ("assets", "liabilities", "equity", "liabilities_and_equity")]
    who = desk.frame.who[0]
    found = yield from desk.find(wanted, [who], [])
    if problem := unread(found):
        return problem
    book = desk.books(figures(found.value.get("rows"))).get(who.id)
    if book is None:
        return not_there(desk, wanted, [who], [])
    period = next(iter(desk.frame.times.periods), None) or book.newest(wanted[0])
    if period is None:
        return not_there(desk, wanted, [who], [])
    assets, both = book.value(wanted[0], period), book.value(wanted[3], period)
    parts = [book._reported(item, period) for item in wanted[1:3]]
    if assets is None or (both is None and None in parts):
        return not_there(desk, wanted, [who], book.periods(wanted[0], "year"))
    other_side = both.value if both else sum((item.value for item in parts if item), Decimal(0))
    difference = assets.value - other_side
    writing = Writing("balance_check", formula="assets − (liabilities + equity)")
    cited = [assets, *([both] if both else [item for item in parts if item])]
    verdict = "It balances" if not difference else "It does not balance"
    writing.say(
        f"**{verdict}** for {who.name} at {assets.figures[0].end}: assets {shown(assets)}, liabilities and equity "
        f"{amount(other_side, assets.unit, 'stock')}, difference "
        f"{amount(difference, assets.unit, 'stock')} {desk.marks(writing, *cited)}."
    )
    writing.values |= {
        "value": exact(difference),
        "assets": exact(assets.value),
        "balances": "yes" if not difference else "no",
    }
    return writing.reply()


def _definition(metric: Metric) -> Answering:
    writing = Writing("definition")
    if metric.formula and not metric.concepts:
        writing.formula = f"{metric.name} = {spoken(metric)}"
        writing.say(f"**{metric.name.capitalize()}** is counted as {spoken(metric)}.")
        return writing.reply()
    found = yield Call("find_concept", {"text": metric.concepts[0], "limit": 3}, f"the concept behind {metric.name}")
    rows = found.value.get("rows")
    best = (
        next((row for row in rows if isinstance(row, dict) and row["name"] == metric.concepts[0]), None)
        if isinstance(rows, list)
        else None
    )
    told = (
        str(best["documentation"])
        if best and best.get("documentation")
        else f"reported under {', '.join(metric.concepts)}"
    )
    writing.say(f"**{metric.name.capitalize()}** ({metric.concepts[0]}): {told}")
    return writing.reply()


def _attribute(desk: Desk) -> str | None:
    """The attribute of a company that the words left over name; claims them."""
    question = desk.frame.question
    for attribute, names in _ATTRIBUTES.items():
        for name in sorted(names, key=len, reverse=True):
            match = re.search(rf"\b{re.escape(name)}\b", question.text, re.IGNORECASE)
            if match and question.take(re.compile(re.escape(match[0]))):
                return attribute
    if re.search(r"fiscal year.* end|year[- ]end", question.text, re.IGNORECASE) and desk.frame.cues.has("when"):
        return "fiscal_year_end"
    return None


def _about(desk: Desk, attribute: str) -> Answering:
    sets = is_data_sets(desk.setting.schema)
    node, key, column = (
        ("Filing", "name", _IN_DATA_SETS.get(attribute, attribute)) if sets else ("Entity", "entity_id", attribute)
    )
    known = {item.name for kind in desk.setting.schema.nodes if kind.name == node for item in kind.properties}
    if column not in known:
        return abstain(
            f"This graph does not hold the {attribute.replace('_', ' ')} of companies.",
            suggestions(desk.frame, desk.setting),
        )
    writing = Writing("attribute")
    for who in desk.frame.who:
        query = f"MATCH (e:{node}) WHERE e.{key} = $id RETURN DISTINCT CAST(e.{column} AS STRING) AS value LIMIT 5"
        found = yield Call("run_cypher", {"query": query, "parameters": {"id": who.id}}, f"{attribute} of {who.name}")
        rows = found.value.get("rows")
        values = (
            [str(row["value"]) for row in rows if isinstance(row, dict) and row["value"]]
            if isinstance(rows, list)
            else []
        )
        if not values:
            return abstain(
                f"The graph does not know the {attribute.replace('_', ' ')} of {who.name}.",
                suggestions(desk.frame, desk.setting),
            )
        writing.say(f"{attribute.replace('_', ' ').capitalize()} of {who.name}: **{', '.join(values)}**.")
        writing.values.setdefault("value", values[0])
        writing.values[who.name] = ", ".join(values)
    return writing.reply()


_FORM = re.compile(r"\b(10-?k|10-?q|8-?k|20-?f|annual reports?|quarterly reports?)(?:s|/a)?\b", re.IGNORECASE)


def _filings(desk: Desk) -> Answering:
    who = desk.frame.who[0]
    if len(desk.frame.who) > 1:
        return abstain("One company's filings at a time, please.")
    sets = is_data_sets(desk.setting.schema)
    node, owner, year, filed, key = (
        ("Filing", "name", "fy", "filed", "adsh")
        if sets
        else ("Report", "entity_id", "fiscal_year", "filed_on", "report_id")
    )
    fiscal = "fp" if sets else "fiscal_period"
    conditions = [f"r.{owner} = $id"]
    parameters: JsonObject = {"id": who.id}
    if match := _FORM.search(desk.frame.question.text):
        form = match[1].lower().replace("-", "")
        parameters["form"] = {"10k": "10-K", "10q": "10-Q", "8k": "8-K", "20f": "20-F"}.get(
            form, "10-K" if form.startswith("annual") else "10-Q"
        )
        conditions.append("r.form STARTS WITH $form")
    if years := [*{item.year for item in desk.frame.times.periods if item.year}]:
        parameters["years"] = [*years]
        conditions.append(f"r.{year} IN $years")
    query = (
        f"MATCH (r:{node}) WHERE {' AND '.join(conditions)} RETURN r.{key} AS accession, r.form AS "
        f"form, r.{filed} AS filed, "
        f"r.{year} AS fiscal_year, r.{fiscal} AS fiscal_period ORDER BY filed DESC, accession"
    )
    found = yield Call(
        "run_cypher", {"query": query, "parameters": parameters, "max_rows": 1000}, f"filings of {who.name}"
    )
    rows = found.value.get("rows")
    listed = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if found.failed or not listed or found.truncated:
        return abstain(f"The graph has no such filing of {who.name}.", suggestions(desk.frame, desk.setting))
    writing = Writing("filings")
    newest = listed[0]
    writing.say(
        f"{who.name} has **{len(listed)}** such filing{'s' if len(listed) > 1 else ''} here; the "
        f"newest is {newest['form']} {newest['accession']}, filed on {str(newest['filed'])[:10]}."
    )
    columns = ("accession", "form", "filed", "fiscal_year", "fiscal_period")
    writing.tables.append(
        Table(
            f"Filings of {who.name}",
            columns,
            tuple(tuple(row[name] for name in columns) for row in listed[:100]),
            len(listed) > 100,
        )
    )
    writing.values |= {
        "count": str(len(listed)),
        "filed": str(newest["filed"])[:10],
        "accession": str(newest["accession"]),
    }
    writing.values["value"] = str(newest["filed"])[:10] if desk.frame.cues.has("when") else str(len(listed))
    return writing.reply()


def fullest_period(desk: Desk, metric: Metric) -> Generator[Call, ToolOutput, Period | None]:
    """The fiscal year (or quarter) that most companies have a figure for; the newer of two alike."""
    found = yield from desk.find([metric], [], [])
    step = desk.frame.times.step
    counts: dict[Period, int] = {}
    for book in desk.books(figures(found.value.get("rows"))).values():
        for period in book.periods(metric, step) or (book.periods(metric, "quarter") if step is None else []):
            counts[period] = counts.get(period, 0) + 1
    wanted = [item for item in desk.frame.times.periods if not item.year]
    listed = [item for item in counts if not wanted or item.kind == wanted[0].kind]
    return max(listed, key=lambda item: (counts[item], item)) if listed and not found.truncated else None


def ranked(desk: Desk, metric: Metric, period: Period, values: list[tuple[str, Valued, Decimal]]) -> Answering:
    cues = desk.frame.cues
    units = [value.unit for _, value, _ in values]
    common = max(dict.fromkeys(units), key=units.count)
    kept = [item for item in values if item[1].unit == common and all(bound.holds(item[2]) for bound in cues.bounds)]
    names = yield from _names_of(desk, [entity for entity, _, _ in kept])
    kept.sort(key=lambda item: (item[2] if cues.direction == "least" else -item[2], names.get(item[0], item[0])))
    what = f"{metric.name} growth" if cues.has("growth") else metric.name
    limits = " and ".join(map(str, cues.bounds))
    writing = Writing("screen" if cues.bounds else "rank")
    if cues.has("average", "median", "sum") and not cues.bounds and not cues.direction:
        return _over_all(desk, metric, period, kept)
    if not kept:
        writing.say(f"**None** of {len(values)} companies had {what} {limits} for {period}.")
        writing.values |= {"count": "0", "value": "0"}
        return writing.reply()
    singular_best = cues.direction and cues.count is None and not cues.bounds
    most = (
        len(kept)
        if cues.bounds
        else min(cues.count or (1 if singular_best and not cues.has("rank") else 10), len(kept))
    )
    top = kept[:most]
    if cues.bounds:
        writing.say(f"**{len(kept)}** of {len(values)} companies had {what} {limits} for {period}.")
    for number, (entity, value, score) in enumerate(top[:20], 1):
        told = f"{rounded(score)}% ({shown(value)})" if cues.has("growth") else shown(value)
        writing.say(f"{number}. **{names.get(entity, entity)}**: {told} {desk.marks(writing, value)}")
    writing.say(f"Of {len(values)} companies with {what} for {period}" + (f", all in {common}." if common else "."))
    rows = tuple(
        (
            number,
            names.get(entity, entity),
            exact(rounded(score, 4) if metric.is_share or cues.has("growth") else score),
        )
        for number, (entity, _, score) in enumerate(top[:200], 1)
    )
    writing.tables.append(Table(f"{what} for {period}", ("rank", "company", what), rows, truncated=len(top) > 200))
    writing.values |= {"value": exact(top[0][2]), "best": names.get(top[0][0], top[0][0]), "count": str(len(kept))}
    writing.values["names"] = "; ".join(names.get(entity, entity) for entity, _, _ in top)
    if top[0][1].formula:
        writing.formula = f"{metric.name} = {top[0][1].formula}"
    writing.chart = bar_chart(
        what, "company", [("", names.get(entity, entity), score) for entity, _, score in top[:20]]
    )
    return writing.reply()


def _over_all(desk: Desk, metric: Metric, period: Period, kept: list[tuple[str, Valued, Decimal]]) -> Reply:
    cues = desk.frame.cues
    ordered = sorted(score for _, _, score in kept)
    middle = len(ordered) // 2
    total = sum(ordered, Decimal(0))
    if cues.has("median"):
        word, result = "median", ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    else:
        word, result = ("average", total / len(ordered)) if cues.has("average") else ("sum", total)
    writing = Writing(word, formula=f"{word} over {len(ordered)} companies")
    writing.say(
        f"The {word} of {metric.name} of {len(ordered)} companies for {period} is "
        f"**{amount(result, kept[0][1].unit, metric.kind)}**."
    )
    writing.cite(*(desk.citation(figure) for _, value, _ in kept for figure in value.figures))
    writing.values |= {"value": exact(result), "count": str(len(ordered))}
    return writing.reply()


def _names_of(desk: Desk, ids: list[str]) -> Generator[Call, ToolOutput, dict[str, str]]:
    if is_data_sets(desk.setting.schema) or not ids:
        return {}
    query = "MATCH (e:Entity) WHERE e.entity_id IN $ids RETURN e.entity_id AS id, e.name AS name"
    found = yield Call("run_cypher", {"query": query, "parameters": {"ids": [*ids]}, "max_rows": 5000}, "their names")
    rows = found.value.get("rows")
    return {str(row["id"]): str(row["name"]) for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}


def restatements(desk: Desk, books: dict[str, FactBook]) -> Reply:
    """What filings after the first say of the same figure."""
    if len(desk.frame.who) != 1 or len(desk.frame.metrics) != 1:
        return abstain("One figure of one company at a time, please.")
    who, metric = desk.frame.who[0], desk.frame.metrics[0]
    book = books[who.id]
    periods = list(desk.frame.times.periods) or book.periods(metric, "year") or book.periods(metric, "quarter")
    writing = Writing("restatement")
    rows, changed = [], []
    for period in periods:
        told = [figure for leaf in leaves(metric) for figure in book.told_by(leaf, period)]
        values = {figure.value for figure in told}
        if len(values) > 1:
            changed.append(period)
        rows += [
            (str(period), exact(figure.value), figure.unit, figure.form, str(figure.filed), figure.accession)
            for figure in told
        ]
        if told:
            writing.cite(*(desk.citation(figure) for figure in told))
    if not rows:
        return not_there(desk, [metric], [who], book.periods(metric, "year"))
    if changed:
        listed = ", ".join(map(str, changed))
        writing.say(f"Yes: {metric.name} of {who.name} is given differently by several filings for **{listed}**.")
        for period in changed[:5]:
            told = [figure for leaf in leaves(metric) for figure in book.told_by(leaf, period)]
            first, last = told[0], told[-1]
            writing.say(
                f"{period}: first {amount(first.value, first.unit, metric.kind)} ({first.form}, {first.filed}), "
                f"last {amount(last.value, last.unit, metric.kind)} ({last.form}, {last.filed}) "
                f"{writing.cite(desk.citation(first), desk.citation(last))}."
            )
            writing.values |= {f"first {period}": exact(first.value), f"last {period}": exact(last.value)}
    else:
        writing.say(
            f"No: every filing here gives the same {metric.name} of {who.name} for {', '.join(map(str, periods[-8:]))}."
        )
    writing.tables.append(
        Table(
            f"{metric.name} of {who.name} by filing",
            ("period", "value", "unit", "form", "filed", "accession"),
            tuple(rows),
        )
    )
    writing.values["value"] = "yes" if changed else "no"
    return writing.reply()


def split(desk: Desk) -> Answering:
    """A metric by the parts of one axis."""
    who, metric = desk.frame.who[0], desk.frame.metrics[0]
    cues, times = desk.frame.cues, desk.frame.times
    if len(desk.frame.metrics) > 1 or not metric.concepts:
        return abstain("I split one reported figure at a time.", suggestions(desk.frame, desk.setting))
    parts = yield from _parts(desk, metric, who)
    if isinstance(parts, Reply):
        return parts
    wanted = [axis for cue, axis in _AXES.items() if cues.has(cue)]
    axes = [
        name
        for name in dict.fromkeys(axis for axis, _ in parts)
        if not wanted or any(item in name.lower() for item in wanted)
    ]
    if not axes:
        return abstain(f"The graph has no {metric.name} of {who.name} by that.", suggestions(desk.frame, desk.setting))
    axis = max(axes, key=lambda name: sum(found == name for found, _ in parts))
    books = {member: book for (found, member), book in parts.items() if found == axis}
    period = next((item for item in times.periods if item.year), None) or _newest_of(books, metric, times.step)
    if period is None:
        return not_there(desk, [metric], [who], [])
    values = [(member, value) for member, book in books.items() if (value := book.value(metric, period, times.span))]
    if not values:
        return not_there(desk, [metric], [who], [])
    values.sort(key=lambda pair: (-pair[1].value, pair[0]))
    writing = Writing("split")
    writing.say(f"{metric.name.capitalize()} of {who.name} by {axis} for {period}:")
    for member, value in values:
        writing.say(f"- **{member}**: {shown(value)} {desk.marks(writing, value)}")
        writing.values[member] = exact(value.value)
    writing.say("Some of these may contain others: they need not add up to the whole.")
    writing.values |= {"value": exact(values[0][1].value), "best": values[0][0]}
    rows = tuple((member, exact(value.value)) for member, value in values)
    writing.tables.append(Table(f"{metric.name} by {axis}, {period}", (axis, metric.name), rows))
    writing.chart = bar_chart(
        f"{metric.name} by {axis}", "part", [("", member, value.value) for member, value in values]
    )
    return writing.reply()


def one_part(desk: Desk, unknown: list[str]) -> Answering:
    """The words left over may name a part of the whole: iPhone, Europe, Data Center."""
    who, metric = desk.frame.who[0], desk.frame.metrics[0]
    if not metric.concepts or desk.frame.cues.has("growth", "cagr", "share", "restatement"):
        return unknown_words(unknown, suggestions(desk.frame, desk.setting))
    parts = yield from _parts(desk, metric, who)
    if isinstance(parts, Reply):
        return unknown_words(unknown, suggestions(desk.frame, desk.setting))
    wanted = {singular(part) for word in unknown for part in name_words(word)}
    asked = {singular(part) for word in desk.frame.question.words for part in name_words(word)}
    hits = [key for key in parts if wanted <= _words_of_member(key[1]) <= asked]
    if len(hits) != 1:
        return unknown_words(unknown, suggestions(desk.frame, desk.setting))
    axis, member = hits[0]
    book, times = parts[hits[0]], desk.frame.times
    period = next((item for item in times.periods if item.year), None) or book.newest(metric, times.step)
    value = book.value(metric, period, times.span) if period else None
    if value is None or len(times.periods) > 1 or times.last > 1:
        return not_there(desk, [metric], [who], book.periods(metric, times.step))
    writing = Writing("part")
    writing.say(
        f"{metric.name.capitalize()} of {who.name}, {axis} {member}, for {period}: **{shown(value)}** "
        f"{desk.marks(writing, value)}"
    )
    writing.values["value"] = exact(value.value)
    return writing.reply()


_SKIPPED_WORDS = {"member", "segment", "product", "and", "the", "of", "division"}


def _words_of_member(member: str) -> set[str]:
    return {singular(word) for word in name_words(readable(member))} - _SKIPPED_WORDS


def readable(name: str) -> str:
    """The name of an axis or member as people read it: GreaterChinaSegmentMember → Greater China."""
    plain = re.sub(r"^Statement(?=[A-Z])|Axis$|(?:Segments?)?(?:Member|Domain)$", "", name.rpartition(":")[2]) or name
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)


def _parts(
    desk: Desk, metric: Metric, who: Who
) -> Generator[Call, ToolOutput, dict[tuple[str, str], FactBook] | Reply]:
    """A book for each axis with one member."""
    found = yield from desk.find([metric], [who], [], parts=True)
    if problem := unread(found):
        return problem
    grouped: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures(found.value.get("rows")):
        listed = [item for item in re.split(r"[;,] ?(?=[^=;,]+=)", figure.dimensions.strip("; ")) if "=" in item]
        if len(listed) == 1:
            axis, _, member = listed[0].partition("=")
            grouped.setdefault((readable(axis.strip()), readable(member.strip())), []).append(figure)
    if not grouped:
        return abstain(
            f"The graph has no {metric.name} of {who.name} by segment, product or region.",
            suggestions(desk.frame, desk.setting),
        )
    return {key: FactBook(own) for key, own in grouped.items()}


def _newest_of(books: dict[str, FactBook], metric: Metric, step: str | None) -> Period | None:
    known = [item for book in books.values() if (item := book.newest(metric, step))]
    return max(known, key=lambda item: (item.year, item.kind == "FY", item)) if known else None
