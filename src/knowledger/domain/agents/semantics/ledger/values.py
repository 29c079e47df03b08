"""Figures of books: for a time, step by step, their extremes and averages."""

from decimal import Decimal

from knowledger.domain.agents.semantics.abstain import abstain
from knowledger.domain.agents.semantics.ledger.book import Month
from knowledger.domain.agents.semantics.ledger.books import Books, suggestions
from knowledger.domain.agents.semantics.ledger.lines import Line
from knowledger.domain.agents.semantics.ledger.spans import dated, last_day, partly, span
from knowledger.domain.agents.semantics.wording import Writing, amount, bar_chart, capital, exact, line_chart
from knowledger.domain.agents.steps import Reply, Table


def answer_values(books: Books, lines: list[Line], months: list[Month]) -> Reply:
    writing = Writing("value")
    for line in lines:
        value = line.value(months)
        if value is None:
            return abstain(f"These books have no accounts for {line.name}.", suggestions())
        day = (
            books.frame.times.periods[0]
            if books.frame.times.periods and books.frame.times.periods[0].kind == "day"
            else None
        )
        when = f"at {day or last_day(months)}" if line.is_of_a_day else f"for {span(months)}"
        marks = writing.cite(books.citation(f"line items: {line.name}", value=exact(value), period=span(months)))
        writing.say(f"{capital(line.name)} {when}: **{line.shown(value)}** {marks}")
        writing.values.setdefault("value", exact(value))
        writing.values[line.name] = exact(value)
    metrics = books.frame.metrics
    if metrics and metrics[0].formula:
        writing.formula = f"{metrics[0].name} = {metrics[0].formula.replace('_', ' ')}"
        writing.say(f"Formula: {writing.formula}.")
    if lines[0].name == "equity":
        profit = books.book.of_accounts(books.book.selected("net_income"), "credit", books.book.reach(True, months))
        together = (lines[0].value(months) or Decimal(0)) + profit
        writing.say(
            f"Not in it: the profit not yet closed to equity, {amount(profit, books.currency, 'flow')}; with it "
            f"{amount(together, books.currency, 'flow')}."
        )
        writing.values["with_profit"] = exact(together)
    _say_together(books, writing, lines, months)
    if len(lines) == 2 and books.frame.cues.has("compare"):
        one, other = (line.value(months) or Decimal(0) for line in lines)
        writing.say(f"Difference: {lines[0].shown(one - other)}.")
        writing.values["difference"] = exact(one - other)
    if part := partly(books):
        writing.say(f"The books hold only a part of {', '.join(part)}: {span(months)}.")
    return writing.reply()


def _say_together(books: Books, writing: Writing, lines: list[Line], months: list[Month]) -> None:
    """The sum of what stands side by side, where that is asked for."""
    asked = books.frame.cues.has("sum") or {"together", "total"} & set(books.frame.question.words)
    if len(lines) < 2 or not asked or len({line.kind for line in lines}) > 1 or lines[0].kind not in ("flow", "stock"):
        return
    total = sum((line.value(months) or Decimal(0) for line in lines), Decimal(0))
    writing.say(f"Together: **{lines[0].shown(total)}**.")
    writing.values |= {"value": exact(total), "total": exact(total)}


def stepped(books: Books, months: list[Month]) -> list[tuple[str, list[Month]]]:
    """The months in the steps that the question wants, by default month by month."""
    times = books.frame.times
    if len(times.periods) > 1:
        return [(str(item), books.book.of_period(item)) for item in (dated(each, books.book) for each in times.periods)]
    if times.step == "quarter":
        return [
            (str(item), books.book.of_period(item))
            for item in books.book.quarters()
            if set(books.book.of_period(item)) <= set(months)
        ]
    if times.step == "year" and len(books.book.years()) > 1:
        return [
            (str(item), books.book.of_period(item))
            for item in books.book.years()
            if set(books.book.of_period(item)) <= set(months)
        ]
    return [(f"{year}-{month:02}", [(year, month)]) for year, month in months]


def answer_series(books: Books, lines: list[Line], months: list[Month]) -> Reply:
    writing = Writing("trend")
    steps = stepped(books, months)
    rows, charted = [], []
    for name, part in steps:
        values = [line.value(part) for line in lines]
        rows.append((name, *(exact(value) if value is not None else None for value in values)))
        for line, value in zip(lines, values, strict=True):
            if value is not None:
                charted.append((line.name, name, value))
                writing.values[name if len(lines) == 1 else f"{line.name} {name}"] = exact(value)
    marks = writing.cite(books.citation(f"line items: {', '.join(line.name for line in lines)}", period=span(months)))
    for line in lines:
        told = "; ".join(f"{name}: {line.shown(value)}" for series, name, value in charted if series == line.name)
        writing.say(f"{capital(line.name)}: {told} {marks}.")
        total = line.value(months)
        if not line.is_of_a_day and total is not None:
            writing.say(f"{'In all' if line.kind == 'flow' else 'Over all of it'}: **{line.shown(total)}**.")
            writing.values.setdefault("value", exact(total))
    writing.tables.append(
        Table(", ".join(line.name for line in lines), ("period", *(line.name for line in lines)), tuple(rows))
    )
    writing.chart = line_chart(", ".join(line.name for line in lines), "period", charted)
    return writing.reply()


def answer_extreme(books: Books, line: Line, months: list[Month]) -> Reply:
    steps = [(name, value) for name, part in stepped(books, months) if (value := line.value(part)) is not None]
    if not steps:
        return abstain(f"These books have no accounts for {line.name}.", suggestions())
    least = books.frame.cues.direction == "least"
    name, value = (min if least else max)(steps, key=lambda pair: pair[1])
    writing = Writing("extreme")
    marks = writing.cite(books.citation(f"line items: {line.name}", value=exact(value), period=name))
    writing.say(
        f"{capital(line.name)} was {'lowest' if least else 'highest'} in **{name}**: {line.shown(value)} {marks}"
    )
    writing.values |= {"value": exact(value), "period": name}
    writing.tables.append(Table(line.name, ("period", line.name), tuple((at, exact(item)) for at, item in steps)))
    writing.chart = bar_chart(line.name, "period", [(line.name, at, item) for at, item in steps])
    return writing.reply()


def answer_average(books: Books, line: Line, months: list[Month]) -> Reply:
    steps = [value for _, part in stepped(books, months) if (value := line.value(part)) is not None]
    if not steps:
        return abstain(f"These books have no accounts for {line.name}.", suggestions())
    result = sum(steps, Decimal(0)) / len(steps)
    writing = Writing("average", formula=f"{line.name} over {len(steps)} months / {len(steps)}")
    marks = writing.cite(books.citation(f"line items: {line.name}", period=span(months)))
    step = books.frame.times.step or "month"
    writing.say(
        f"Average {line.name} a {step} over {span(months)}: **{line.shown(result)}** {marks}. "
        f"Formula: {writing.formula}."
    )
    writing.values["value"] = exact(result)
    return writing.reply()
