"""The intents of questions about reported figures, chosen by cues, and what each answers."""

import re
from collections.abc import Callable, Generator
from dataclasses import replace
from decimal import Decimal, localcontext
from typing import TypeAlias

from knowledger.domain.agents.semantics import reports_other as other
from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.book import FactBook, Valued
from knowledger.domain.agents.semantics.cues import Bound, Cues, is_turned
from knowledger.domain.agents.semantics.frame import Who
from knowledger.domain.agents.semantics.generic import think_generic
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.periods import Period, Times
from knowledger.domain.agents.semantics.reports import (
    Desk,
    at_the_desk,
    not_there,
    shown,
    span_words,
    stuck,
    suggestions,
    unread,
    years_of,
)
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, exact, line_chart, percent, rounded
from knowledger.domain.agents.steps import Call, Reply, Setting, Table, Thought
from knowledger.domain.agents.tools.figures import figures
from knowledger.domain.agents.tools.output import ToolOutput

Answering: TypeAlias = Generator[Call, ToolOutput, Reply]


def think_reports(text: str, setting: Setting) -> Thought:
    desk = yield from at_the_desk(text, setting)
    if isinstance(desk, Desk) and not desk.frame.metrics and not desk.frame.who and not setting.previous:
        frame = desk.frame
        if not frame.cues.has(*other.STATEMENTS):
            return (yield from think_generic(text, setting))
    return desk if isinstance(desk, Reply) else (yield from _choose(desk))


def _choose(desk: Desk) -> Answering:
    """One intent for a question. The order is from the most particular to the plain value."""
    cues, metrics, who = desk.frame.cues, desk.frame.metrics, desk.frame.who
    special = yield from other.without_metric(desk)
    if special is not None:
        return special
    if unknown := desk.frame.unknown:
        if len(metrics) == 1 and len(who) == 1:
            return (yield from other.one_part(desk, unknown))
        return stuck(desk) or abstain("")
    if not metrics:
        return abstain("I do not see which figure is asked for.", suggestions(desk.frame, desk.setting))
    if not who:
        if cues.direction or cues.bounds or cues.has("count", "average", "median", "sum", "list"):
            return (yield from _across(desk))
        return abstain("Which company is meant?", suggestions(desk.frame, desk.setting))
    if cues.has("split_segment", "split_product", "split_region", "split") and len(who) == 1:
        return (yield from other.split(desk))
    return (yield from _of_companies(desk))


_WHO = re.compile(r"\s*(?:who|whom|whose)\b", re.IGNORECASE)


def _of_companies(desk: Desk) -> Answering:
    metrics, who = desk.frame.metrics, desk.frame.who
    if len(who) == 1 and _WHO.match(desk.frame.question.text):
        return abstain("I tell figures of companies, not people.", suggestions(desk.frame, desk.setting))
    if desk.frame.cues.has("when") or (desk.frame.cues.bounds and len(metrics) > 1):
        return abstain("I tell figures of periods, not the day on which something came about.")
    found = yield from desk.find(metrics, who, [])
    if problem := unread(found):
        return problem
    books = desk.books(figures(found.value.get("rows")))
    empty = [item for item in who if item.id not in books]
    if empty:
        return not_there(desk, metrics, empty, [])
    if desk.frame.cues.has("restatement") and not desk.frame.cues.has("original", "latest_basis"):
        return other.restatements(desk, books)
    return _with_books(desk, books)


def _with_books(desk: Desk, books: dict[str, FactBook]) -> Reply:
    cues, metrics, who, times = desk.frame.cues, desk.frame.metrics, desk.frame.who, desk.frame.times
    if cues.has("share", "per") and len(metrics) == 2 and len(who) == 1:
        return _series_or_value(desk, _ratio(desk, metrics), books)
    if cues.has("cagr"):
        return _each(desk, books, _cagr)
    if len(who) > 1 and len(metrics) >= 1:
        return _compared(desk, books)
    if cues.has("compare") and len(times.periods) == 2 and not times.is_range:
        return _each(desk, books, _growth)
    against_last = cues.has("compare") and len(times.periods) == 1 and (times.is_latest or times.is_previous)
    if against_last or (cues.has("growth") and _grows(times)):
        return _each(desk, books, _growth)
    return _series_or_value(desk, metrics, books)


def _grows(times: Times) -> bool:
    """Over several years a change is told as a series; over two periods, or one, as a growth."""
    return not (
        times.last > 1 or times.since is not None or times.is_all or (times.is_range and len(times.periods) > 2)
    )


def _ratio(desk: Desk, metrics: list[Metric]) -> list[Metric]:
    """ "A as a percentage of B", "A per B", "the ratio of A to B"."""
    one, two = metrics
    places = [desk.frame.question.places[item.start][0] for item in desk.frame.said[:2]]
    if is_turned(desk.frame.question.text, *places):
        one, two = two, one
    wants_percent = any(word in desk.frame.question.text.lower() for word in ("percent", "%", "share", "proportion"))
    kind = "percent" if wants_percent else "ratio"
    name = f"{one.name} / {two.name}"
    formula = f"{one.id} / {two.id}"
    return [Metric(f"{one.id}_to_{two.id}", (name,), "percent" if kind == "percent" else "ratio", "", (), formula)]


def wanted_periods(times: Times, book: FactBook, metric: Metric) -> list[Period]:
    """The periods that a question is about, for one metric of one company; empty where the graph has none of them."""
    step = times.step if times.step != "month" else None
    if times.periods:
        if times.since is None and any(item.year == 0 for item in times.periods):
            newest = book.newest(metric, "year") or book.newest(metric)
            return [Period(newest.year, item.kind, item.month, item.day) for item in times.periods] if newest else []
        if times.step == "quarter" and all(item.kind == "FY" for item in times.periods):
            years = {item.year for item in times.periods}
            return [item for item in book.periods(metric, "quarter") if item.year in years]
        return list(times.periods)
    known = book.periods(metric, step or "year")
    if times.since is not None:
        return [item for item in known if item.year >= times.since.year]
    if times.last:
        return known[-times.last :] if len(known) >= 1 else []
    if times.is_all:
        return known
    if times.is_previous:
        return known[-2:-1]
    newest = book.newest(metric, step)
    return [newest] if newest else []


def _newest_values(book: FactBook, metric: Metric, periods: list[Period], span: str) -> list[Valued]:
    return [value for period in periods if (value := book.value(metric, period, span))]


def _series_or_value(desk: Desk, metrics: list[Metric], books: dict[str, FactBook]) -> Reply:
    who, times = desk.frame.who[0], desk.frame.times
    book = books[who.id]
    if times.is_ttm or times.is_ytd:
        return _trailing(desk, metrics, who, book)
    lists = {item.id: wanted_periods(times, book, item) for item in metrics}
    if desk.frame.cues.has("trend") and times.says_nothing:
        lists = {item.id: book.periods(item, "year") for item in metrics}
    extreme = desk.frame.cues.direction is not None and (
        times.since is not None or times.is_range or times.is_all or times.says_nothing or times.last > 1
    )
    if extreme and len(metrics) == 1:
        lists = {
            metrics[0].id: lists[metrics[0].id]
            if times.last > 1 or times.since or times.is_range
            else book.periods(metrics[0], times.step or "year")
        }
    if desk.frame.cues.bounds and not times.periods and not times.last and not times.since:
        lists = {metrics[0].id: book.periods(metrics[0], times.step or "year")}
    found = {item.id: _newest_values(book, item, lists[item.id], times.span) for item in metrics}
    for item in metrics:
        if not found[item.id] or len(found[item.id]) < len(times.periods):
            return not_there(desk, [item], [who], book.periods(item, times.step))
    if all(len(values) == 1 for values in found.values()) and not desk.frame.cues.bounds:
        return _values(desk, who, [values[0] for values in found.values()])
    if len(metrics) == 1 and desk.frame.cues.has("average", "sum", "median") and metrics[0].kind != "percent":
        return _summed(desk, who, found[metrics[0].id])
    if desk.frame.cues.bounds:
        return _within(desk, who, found[metrics[0].id])
    if len(metrics) == 1 and extreme:
        return _extreme(desk, who, found[metrics[0].id])
    return _series(desk, who, metrics, found)


def _trailing(desk: Desk, metrics: list[Metric], who: Who, book: FactBook) -> Reply:
    values = []
    for metric in metrics:
        value = book.trailing(metric) if desk.frame.times.is_ttm else _to_date(book, metric)
        if value is None:
            return not_there(desk, [metric], [who], book.periods(metric, "quarter"))
        values.append(value)
    label = "the last twelve months" if desk.frame.times.is_ttm else "the year to date"
    return _values(desk, who, values, label)


def _to_date(book: FactBook, metric: Metric) -> Valued | None:
    quarters = book.periods(metric, "quarter")
    if not quarters:
        return None
    kinds = {"Q1": "Q1", "Q2": "H1", "Q3": "9M", "Q4": "FY"}
    part = kinds[quarters[-1].kind]
    period = next(Period(quarters[-1].year, kind) for kind in ("Q1", "H1", "9M", "FY") if kind == part)
    return book.value(metric, period)


def _values(desk: Desk, who: Who, values: list[Valued], label: str = "") -> Reply:
    writing = Writing("ttm" if desk.frame.times.is_ttm else ("ratio" if values[0].metric.is_share else "value"))
    for number, value in enumerate(values):
        when = label or str(value.period)
        marks = desk.marks(writing, value)
        basis = f", {desk.basis_words}" if desk.basis_words else ""
        writing.say(
            f"{_capital(value.metric.name)} of {who.name} for {when}{basis} ({span_words(value)}): "
            f"**{shown(value)}** {marks}"
        )
        if value.formula:
            parts = "; ".join(
                f"{figure.concept.partition(':')[2] or figure.concept} {exact(figure.value)} ({figure.period})"
                for figure in value.figures
            )
            writing.formula = f"{value.metric.name} = {value.formula}"
            writing.say(f"Formula: {writing.formula}. Figures: {parts}.")
        _tell_restated(desk, writing, value)
        writing.values["value" if number == 0 else value.metric.id] = exact(value.value)
        writing.values[value.metric.id] = exact(value.value)
    return writing.reply()


def _tell_restated(desk: Desk, writing: Writing, value: Valued) -> None:
    if value.earlier and not value.formula:
        told = "; ".join(
            f"{amount(item.value, item.unit, value.metric.kind)} in {item.form} filed {item.filed}"
            for item in value.earlier[:3]
        )
        marks = writing.cite(*(desk.citation(item) for item in value.earlier[:3]))
        writing.say(f"Other filings give it differently: {told} {marks}.")


def _series(desk: Desk, who: Who, metrics: list[Metric], found: dict[str, list[Valued]]) -> Reply:
    writing = Writing("trend")
    periods = list(dict.fromkeys(value.period for values in found.values() for value in values))
    rows = []
    for period in sorted(periods):
        at = {name: next((v for v in values if v.period == period), None) for name, values in found.items()}
        rows.append((str(period), *(exact(_two(v)) if v else None for v in at.values())))
        for name, value in at.items():
            if value:
                writing.values[f"{name} {period}" if len(metrics) > 1 else str(period)] = exact(value.value)
    writing.tables.append(
        Table(
            f"{', '.join(m.name for m in metrics)} of {who.name}", ("period", *(m.name for m in metrics)), tuple(rows)
        )
    )
    for metric in metrics:
        values = sorted(found[metric.id], key=lambda value: value.period)
        listed = "; ".join(f"{value.period}: {shown(value)} {desk.marks(writing, value)}" for value in values)
        writing.say(f"{_capital(metric.name)} of {who.name}: {listed}.")
        first, last = values[0], values[-1]
        if metric.is_share:
            writing.say(
                f"Change from {first.period} to {last.period}: "
                f"{rounded(last.value - first.value)}{' percentage points' if metric.kind == 'percent' else ''}."
            )
            writing.values["change"] = exact(last.value - first.value)
        elif first.value and len(values) > 1:
            change = (last.value - first.value) / abs(first.value) * 100
            writing.say(f"Change from {first.period} to {last.period}: {percent(change)}.")
            writing.values["change"] = exact(change)
        if values[0].formula:
            writing.formula = f"{metric.name} = {values[0].formula}"
            writing.say(f"Formula: {writing.formula}.")
    if len(metrics) == 1 and metrics[0].kind == "flow" and len(found[metrics[0].id]) > 1:
        whole = found[metrics[0].id]
        total = sum((value.value for value in whole), Decimal(0))
        writing.values["sum"] = exact(total)
        if "total" in desk.frame.question.words:
            writing.say(f"In all: **{amount(total, whole[0].unit, 'flow')}**.")
            writing.values["value"] = exact(total)
    if desk.frame.cues.has("growth") and len(metrics) == 1 and "change" in writing.values:
        writing.values["value"] = writing.values["change"]
    charted = [
        (metric.name, str(value.period), value.value)
        for metric in metrics
        for value in sorted(found[metric.id], key=lambda v: v.period)
    ]
    writing.chart = line_chart(f"{', '.join(m.name for m in metrics)} of {who.name}", "period", charted)
    return writing.reply()


def _summed(desk: Desk, who: Who, values: list[Valued]) -> Reply:
    cues = desk.frame.cues
    ordered = sorted(item.value for item in values)
    total = sum(ordered, Decimal(0))
    middle = len(ordered) // 2
    word, result = "sum", total
    if cues.has("median"):
        word, result = "median", ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    elif cues.has("average"):
        word, result = "average", total / len(values)
    metric = values[0].metric
    writing = Writing(word)
    writing.formula = f"{word} of {metric.name} over {', '.join(str(item.period) for item in values)}"
    marks = desk.marks(writing, *values)
    writing.say(
        f"{_capital(word)} of {metric.name} of {who.name} over {values[0].period} to "
        f"{values[-1].period}: **{amount(result, values[0].unit, metric.kind)}** {marks}"
    )
    rows = tuple((str(item.period), exact(item.value)) for item in values)
    writing.tables.append(Table(f"{metric.name} of {who.name}", ("period", metric.name), rows))
    writing.values["value"] = exact(result)
    return writing.reply()


def _within(desk: Desk, who: Who, values: list[Valued]) -> Reply:
    """The periods in which a figure was within limits."""
    bounds = desk.frame.cues.bounds
    kept = [item for item in values if all(bound.holds(item.value) for bound in bounds)]
    limits = " and ".join(map(str, bounds))
    metric = values[0].metric
    writing = Writing("screen")
    writing.say(
        f"{_capital(metric.name)} of {who.name} was {limits} in **{len(kept)}** of {len(values)} periods "
        f"({values[0].period} to {values[-1].period})."
    )
    for item in kept[:20]:
        writing.say(f"- {item.period}: {shown(item)} {desk.marks(writing, item)}")
    rows = tuple((str(item.period), exact(_two(item))) for item in kept)
    writing.tables.append(Table(f"{metric.name} {limits}", ("period", metric.name), rows))
    writing.values |= {
        "value": str(len(kept)),
        "count": str(len(kept)),
        "names": "; ".join(str(i.period) for i in kept),
    }
    return writing.reply()


def _extreme(desk: Desk, who: Who, values: list[Valued]) -> Reply:
    best = (max if desk.frame.cues.direction == "most" else min)(values, key=lambda item: item.value)
    metric = best.metric
    writing = Writing("extreme")
    word = "highest" if desk.frame.cues.direction == "most" else "lowest"
    writing.say(
        f"{_capital(metric.name)} of {who.name} was {word} in **{best.period}**: {shown(best)} "
        f"{desk.marks(writing, best)} (of {values[0].period} to {values[-1].period})."
    )
    rows = tuple((str(item.period), exact(_two(item))) for item in values)
    writing.tables.append(Table(f"{metric.name} of {who.name}", ("period", metric.name), rows))
    writing.values |= {"value": exact(best.value), "period": str(best.period)}
    writing.chart = bar_chart(
        f"{metric.name} of {who.name}", "period", [(who.name, str(v.period), v.value) for v in values]
    )
    return writing.reply()


One: TypeAlias = Callable[[Desk, Writing, Who, FactBook, Metric], "tuple[str, Decimal] | Reply"]


def _each(desk: Desk, books: dict[str, FactBook], one: One) -> Reply:
    """The same figure of every company and metric that is named."""
    writing = Writing("cagr" if one is _cagr else "growth")
    results: list[tuple[str, Decimal]] = []
    for who in desk.frame.who:
        for metric in desk.frame.metrics:
            result = one(desk, writing, who, books[who.id], metric)
            if isinstance(result, Reply):
                return result
            results.append((who.name, result[1]))
            writing.say(result[0])
            writing.values.setdefault("value", exact(result[1]))
            writing.values[who.name if len(desk.frame.who) > 1 else metric.id] = exact(result[1])
    if len(results) > 1:
        rows = tuple((name, f"{rounded(value)}") for name, value in results)
        writing.tables.append(Table("Growth", ("company", "percent"), rows))
        writing.values["best"] = max(results, key=lambda item: item[1])[0]
    return writing.reply()


def _cagr(desk: Desk, writing: Writing, who: Who, book: FactBook, metric: Metric) -> tuple[str, Decimal] | Reply:
    known = book.periods(metric, "year")
    ends = _two_ends(desk.frame.times, known)
    first, last = (book.value(metric, item) if item else None for item in ends)
    if not (first and last) or last.period.year <= first.period.year:
        return not_there(desk, [metric], [who], known)
    if first.value <= 0 or last.value <= 0:
        return abstain(
            f"A compound growth rate needs positive figures; {metric.name} was {shown(first)} and {shown(last)}."
        )
    years = last.period.year - first.period.year
    with localcontext() as context:
        context.prec = 40
        rate = ((last.value / first.value).ln() / years).exp() - 1
    writing.formula = f"(last / first)^(1/{years}) − 1"
    marks = desk.marks(writing, first, last)
    told = (
        f"{_capital(metric.name)} of {who.name} grew by **{percent(rate * 100)}** a year from "
        f"{first.period} ({shown(first)}) "
        f"to {last.period} ({shown(last)}) {marks}. Formula: {writing.formula}, over {years} years."
    )
    return told, rate * 100


def _two_ends(times: Times, known: list[Period]) -> tuple[Period | None, Period | None]:
    if len(times.periods) >= 2:
        return min(times.periods), max(times.periods)
    if not known:
        return None, None
    last = times.periods[0] if times.periods else known[-1]
    if times.since is not None:
        return times.since, last
    if times.last > 0:
        return Period(last.year - times.last, "FY"), last
    return known[0], last


def _growth(desk: Desk, writing: Writing, who: Who, book: FactBook, metric: Metric) -> tuple[str, Decimal] | Reply:
    times, cues = desk.frame.times, desk.frame.cues
    if times.is_ttm:
        return abstain("I tell the growth between fiscal years or quarters, not of trailing months.")
    wanted = wanted_periods(times, book, metric)
    if not wanted:
        return not_there(desk, [metric], [who], book.periods(metric, times.step))
    if len(wanted) >= 2 or (times.since and len(wanted) > 1):
        start, end = min(wanted), max(wanted)
    else:
        end = wanted[-1]
        start = end.previous() if cues.has("sequential") else end.before()
    first, last = book.value(metric, start, times.span), book.value(metric, end, times.span)
    if not (first and last):
        return not_there(desk, [metric], [who], book.periods(metric, times.step))
    marks = desk.marks(writing, first, last)
    difference = last.value - first.value
    between = f"from {first.period} ({shown(first)}) to {last.period} ({shown(last)}) {marks}"
    if metric.kind == "percent":
        writing.formula = "last − first, in percentage points"
        writing.values["difference"] = exact(difference)
        return (
            f"{_capital(metric.name)} of {who.name} changed by **{rounded(difference):+} percentage "
            f"points** {between}.",
            difference,
        )
    if not first.value:
        return abstain(f"{_capital(metric.name)} was 0 in {first.period}: there is no growth rate from nothing.")
    rate = difference / abs(first.value) * 100
    writing.formula = "(last − first) / |first|"
    writing.values["difference"] = exact(difference)
    told = (
        f"{_capital(metric.name)} of {who.name} changed by **{percent(rate)}** "
        f"({amount(difference, last.unit, metric.kind)}) {between}. Formula: {writing.formula}."
    )
    return told, rate


def _compared(desk: Desk, books: dict[str, FactBook]) -> Reply:
    """The same metrics of several companies, side by side for the same fiscal period."""
    who, metrics, times, cues = desk.frame.who, desk.frame.metrics, desk.frame.times, desk.frame.cues
    if cues.has("growth") and not times.last:
        return _each(desk, books, _growth)
    writing = Writing("compare")
    rows, charted = [], []
    for metric in metrics:
        periods = _shared(times, [books[item.id] for item in who], metric)
        if not periods:
            return not_there(desk, [metric], who, [])
        for period in periods:
            values: list[tuple[Who, Valued]] = []
            for item in who:
                value = (
                    books[item.id].trailing(metric)
                    if times.is_ttm
                    else books[item.id].value(metric, period, times.span)
                )
                if value is None:
                    return not_there(desk, [metric], [item], books[item.id].periods(metric, times.step))
                values.append((item, value))
            rows.append((metric.name, str(period), *(exact(_two(value)) for _, value in values)))
            charted += [(item.name, str(period), value.value) for item, value in values]
            listed = "; ".join(
                f"{item.name} {shown(value)} ({span_words(value)}) {desk.marks(writing, value)}"
                for item, value in values
            )
            writing.say(f"{_capital(metric.name)} for {period}: {listed}.")
            pick = min if cues.has("rank_least") else max
            best = pick(values, key=lambda pair: pair[1].value)
            if len({value.unit for _, value in values}) > 1:
                return abstain("Their figures are in different currencies; I do not convert.")
            writing.say(f"{'Lowest' if cues.has('rank_least') else 'Highest'}: **{best[0].name}**.")
            if len(values) == 2:
                gap = abs(values[0][1].value - values[1][1].value)
                writing.values["difference"] = exact(gap)
                writing.say(f"Difference: {amount(gap, values[0][1].unit, metric.kind)}.")
            writing.values["best"] = best[0].name
            if cues.has("sum") and not metric.is_share:
                total = sum((value.value for _, value in values), Decimal(0))
                writing.say(f"Together: **{amount(total, values[0][1].unit, metric.kind)}**.")
                writing.values["value"] = exact(total)
            writing.values |= {item.name: exact(value.value) for item, value in values}
            if values[0][1].formula:
                writing.formula = f"{metric.name} = {values[0][1].formula}"
    writing.tables.append(Table("Comparison", ("metric", "period", *(item.name for item in who)), tuple(rows)))
    writing.chart = bar_chart(", ".join(item.name for item in metrics), "period", charted)
    return writing.reply()


def _shared(times: Times, books: list[FactBook], metric: Metric) -> list[Period]:
    """The periods that are asked for, or the newest that all companies have."""
    if times.periods and all(item.year for item in times.periods):
        return list(times.periods)
    step = times.step or "year"
    known = [book.periods(metric, step) for book in books]
    common = [item for item in known[0] if all(item in listed for listed in known[1:])]
    if times.since is not None:
        return [item for item in common if item.year >= times.since.year]
    return common if times.is_all else common[-(times.last or 1) :]


_LOSS = re.compile(r"\bloss(?:es)?\b", re.IGNORECASE)
_PROFITABLE = re.compile(r"\b(?:un)?profitable\b", re.IGNORECASE)


def _of_losses(desk: Desk) -> Cues:
    """Who made a loss had less than nothing, and the largest loss is the least income."""
    cues, text = desk.frame.cues, desk.frame.question.text
    if [item.id for item in desk.frame.metrics] != ["net_income"] or cues.bounds:
        return cues
    if _LOSS.search(text) and cues.direction == "most":
        return replace(cues, words=cues.words | {"rank_least"})
    if _LOSS.search(text) or _PROFITABLE.search(text):
        return replace(cues, bounds=(Bound(not _LOSS.search(text), False, Decimal(0), False),))
    return cues


def _across(desk: Desk) -> Answering:
    """Over all companies: a ranking, those within limits, how many, their sum or average."""
    desk.frame.cues = _of_losses(desk)
    metrics, times, cues = desk.frame.metrics, desk.frame.times, desk.frame.cues
    if len(metrics) == 2 and cues.has("share", "per"):
        metrics = _ratio(desk, metrics)
    metric = metrics[0]
    if len(metrics) > 1:
        return abstain("One figure at a time over all companies, please.", suggestions(desk.frame, desk.setting))
    period = times.periods[0] if times.periods else None
    if len(times.periods) > 1 or times.last > 1 or times.is_ttm or times.since:
        return abstain(
            "Over all companies I look at one fiscal period at a time.", suggestions(desk.frame, desk.setting)
        )
    if period is None or not period.year:
        period = yield from other.fullest_period(desk, metric)
    if period is None:
        return not_there(desk, metrics, [], [])
    found = yield from desk.find([metric], [], years_of([period], desk.setting) if not cues.has("growth") else [])
    if problem := unread(found):
        return problem
    values: list[tuple[str, Valued, Decimal]] = []
    for entity, book in desk.books(figures(found.value.get("rows"))).items():
        value = book.value(metric, period, times.span)
        before = book.value(metric, period.before(), times.span) if cues.has("growth") else None
        if cues.has("growth"):
            if value and before and before.value > 0:
                values.append((entity, value, (value.value - before.value) / before.value * 100))
        elif value:
            values.append((entity, value, value.value))
    if not values:
        return not_there(desk, metrics, [], [])
    return (yield from other.ranked(desk, metric, period, values))


def _two(value: Valued) -> Decimal:
    return rounded(value.value, 4) if value.metric.is_share else value.value


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
