"""How a figure of books changed, and its share of another."""

import re

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.cues import is_turned
from knowledger.domain.agents.semantics.ledger.book import Month
from knowledger.domain.agents.semantics.ledger.books import Books, suggestions
from knowledger.domain.agents.semantics.ledger.lexicon import SELECTIONS
from knowledger.domain.agents.semantics.ledger.lines import Line
from knowledger.domain.agents.semantics.ledger.spans import dated, span
from knowledger.domain.agents.semantics.ledger.values import stepped
from knowledger.domain.agents.semantics.lexicon import Metric
from knowledger.domain.agents.semantics.wording import Writing, capital, exact, percent, rounded
from knowledger.domain.agents.steps import Reply, Table

_FELL = re.compile(r"\b(?:fell|fall|dropped|declined|decreased|shrank|shrunk|down)\b", re.IGNORECASE)
_SHOWN = 20


def answer_growth(books: Books, lines: list[Line], months: list[Month]) -> Reply:
    """From one period to the next, or between the two that are named."""
    held = _held(books)
    if isinstance(held, Reply):
        return held
    names, one, other = held
    writing = Writing("growth")
    for line in lines:
        first, last = line.value(one), line.value(other)
        if first is None or last is None or (not first and line.kind != "percent"):
            return abstain(f"{capital(line.name)} of {names[0]} is nothing that a change could be measured against.")
        difference = last - first
        marks = writing.cite(books.citation(f"line items: {line.name}", period=f"{names[0]}, {names[1]}"))
        rate = difference if line.kind == "percent" else difference / abs(first) * 100
        told = f"{rounded(rate):+} percentage points" if line.kind == "percent" else percent(rate)
        writing.say(
            f"{capital(line.name)} changed by **{told}** ({line.shown(difference)}) from {names[0]} "
            f"({line.shown(first)}) to {names[1]} ({line.shown(last)}) {marks}."
        )
        writing.formula = "(last − first) / |first|"
        writing.values |= {
            "value": exact(rate),
            "difference": exact(difference),
            names[0]: exact(first),
            names[1]: exact(last),
        }
        best = names[1] if last > first else names[0]
        writing.values["best"] = best
    return writing.reply()


def _held(books: Books) -> tuple[list[str], list[Month], list[Month]] | Reply:
    """The names and the months of the two periods that are held against each other."""
    book, times = books.book, books.frame.times
    if len(times.periods) >= 2:
        named = sorted(dated(item, book) for item in times.periods)
        named = [named[0], named[-1]]
        one, other = (book.of_period(item) for item in named)
        names = [str(item) for item in named]
    elif len(times.periods) == 1:
        period = dated(times.periods[0], book)
        one, other = book.of_period(period.previous()), book.of_period(period)
        names = [str(period.previous()), str(period)]
    else:
        steps = stepped(books, book.months)
        if len(steps) < 2:
            return abstain("The books have only one such period: there is nothing to compare it with.", suggestions())
        (first_name, one), (second_name, other) = steps[-2:]
        names = [first_name, second_name]
    if not one or not other:
        return abstain(
            f"The books have nothing for {names[0] if not one else names[1]}: they go from {span(book.months)}.",
            suggestions(),
        )
    return names, one, other


def answer_shifts(books: Books, metric: Metric) -> Reply:
    """Which accounts of a figure changed most from one period to the other."""
    held = _held(books)
    if isinstance(held, Reply):
        return held
    names, one, other = held
    side, cues = SELECTIONS[metric.id].side, books.frame.cues
    is_stock = metric.kind == "stock"
    shifts = []
    for account in books.book.selected(metric.id):
        first, last = (books.book.of_accounts([account], side, books.book.reach(is_stock, at)) for at in (one, other))
        if first or last:
            shifts.append((last - first, account.name, first, last))
    falls = cues.direction == "least" or bool(_FELL.search(books.frame.question.text))
    shifts.sort(key=lambda shift: (shift[0] if falls else -shift[0], shift[1]))
    if not shifts:
        return abstain(f"Nothing is posted to accounts of {metric.name} then.", suggestions())
    writing = Writing("shifts", formula="last − first")
    marks = writing.cite(books.citation(f"line items: {metric.name}", period=f"{names[0]}, {names[1]}"))
    writing.say(f"{capital(metric.name)} by account, from {names[0]} to {names[1]} {marks}:")
    for change, name, first, last in shifts[: cues.count or _SHOWN]:
        told = f", {percent(change / abs(first) * 100)}" if first else ""
        writing.say(f"- **{name}**: {change:+,f} {books.currency}{told} ({exact(first)} → {exact(last)})")
        writing.values[name] = exact(change)
    rows = tuple((name, exact(first), exact(last), exact(change)) for change, name, first, last in shifts)
    writing.tables.append(Table(f"{metric.name} by account", ("account", names[0], names[1], "change"), rows))
    writing.values |= {"value": exact(shifts[0][0]), "best": shifts[0][1]}
    writing.values["names"] = "; ".join(shift[1] for shift in shifts[: cues.count or 1])
    return writing.reply()


def answer_share(books: Books, lines: list[Line], months: list[Month]) -> Reply:
    said = books.frame.said
    if not books.named and len(said) == 2:
        places = [books.frame.question.places[item.start][0] for item in said]
        if is_turned(books.frame.question.text, *places):
            lines.reverse()
    one, other = (line.value(months) for line in lines)
    if one is None or not other:
        return abstain(f"There is no {lines[1].name} to measure {lines[0].name} against.", suggestions())
    share = one / other * 100
    writing = Writing("ratio", formula=f"{lines[0].name} / {lines[1].name}")
    marks = writing.cite(books.citation(f"line items: {lines[0].name}, {lines[1].name}", period=span(months)))
    writing.say(
        f"{capital(lines[0].name)} is **{rounded(share)}%** of {lines[1].name} for {span(months)}: "
        f"{lines[0].shown(one)} of {lines[1].shown(other)} {marks}. Formula: {writing.formula}."
    )
    writing.values |= {"value": exact(share), "ratio": exact(one / other)}
    return writing.reply()
