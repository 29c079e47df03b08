"""The months and days that a question about books is about."""

import re
from dataclasses import replace
from datetime import date

from knowledger.domain.agents.semantics.ledger.book import LedgerBook, Month
from knowledger.domain.agents.semantics.ledger.books import Books
from knowledger.domain.agents.semantics.periods import Period
from knowledger.kernel.json import JsonObject


def lasting(books: Books, *, stock: bool) -> list[Month] | None:
    """The months that a question is about; None where the books do not reach there."""
    times, book = books.frame.times, books.book
    months = book.months
    if times.periods:
        found = sorted(
            {month for item in (dated(each, book) for each in times.periods) for month in book.of_period(item)}
        )
        return found or None
    if times.since or times.until:
        first = book.calendar(dated(times.since, book))[0] if times.since else months[0]
        last = book.calendar(dated(times.until, book))[-1] if times.until else months[-1]
        return [item for item in months if first <= item <= last] or None
    if times.last:
        return _last(times.last, times.step or "month", book)
    if times.is_ttm:
        return months[-12:] if len(months) >= 12 else None
    if times.is_ytd:
        return book.of_period(Period(book.fiscal_year(months[-1]), "FY"))
    if times.is_previous or (times.is_latest and times.step):
        steps = book.years() if times.step == "year" else book.quarters()
        under_way = times.step in ("year", "quarter") and not book.whole(steps[-1])
        is_last = re.search(
            r"\blast (?:fiscal |financial |full )?(?:year|quarter)", books.frame.question.text, re.IGNORECASE
        )
        if is_last and under_way:
            return _last(2, times.step or "year", book, only_first=True)
        back = 2 if times.is_previous else 1
        return _last(back, times.step or "month", book, only_first=times.is_previous)
    return months


def _last(count: int, step: str, book: LedgerBook, *, only_first: bool = False) -> list[Month] | None:
    if step == "month":
        return (book.months[-count:][:1] if only_first else book.months[-count:]) if len(book.months) >= count else None
    listed = book.quarters() if step == "quarter" else book.years()
    if len(listed) < count:
        return None
    chosen = listed[-count:][:1] if only_first else listed[-count:]
    return sorted({month for item in chosen for month in book.of_period(item)})


def dated(period: Period, book: LedgerBook) -> Period:
    """A period without a year is in the newest year that has it."""
    if period.year:
        return period
    years = sorted({month[0] for month in book.months}, reverse=True)
    found = [replace(period, year=year) for year in years if book.of_period(replace(period, year=year))]
    return found[0] if found else replace(period, year=years[0])


def missing_months(books: Books) -> list[str]:
    """The periods that the question names and the books have nothing in, or only a part of."""
    times = books.frame.times
    named = [*times.periods, *([times.until] if times.until else [])]
    listed = [dated(item, books.book) for item in named]
    return [str(item) for item in listed if not books.book.of_period(item)]


def splits_a_month(books: Books) -> bool:
    """Whether a flow is asked about to or from the middle of a month, which is not kept apart here."""
    times = books.frame.times
    days = [item for item in (*times.periods, times.since, times.until) if item and item.kind == "day"]
    return bool(days)


def partly(books: Books) -> list[str]:
    named = [dated(item, books.book) for item in books.frame.times.periods]
    return [str(item) for item in named if books.book.of_period(item) and not books.book.whole(item)]


def span(months: list[Month]) -> str:
    first, last = months[0], months[-1]
    one, other = (f"{year}-{month:02}" for year, month in (first, last))
    return one if one == other else f"{one} to {other}"


def last_day(months: list[Month]) -> date:
    return Period(months[-1][0], "month", months[-1][1]).days()[1]


def days_of(books: Books) -> tuple[list[Month], JsonObject] | None:
    months = lasting(books, stock=False)
    if not months:
        return None
    days = [item for item in books.frame.times.periods if item.kind == "day"]
    first, last = Period(months[0][0], "month", months[0][1]).days()[0], last_day(months)
    if len(days) == 1:
        first = last = days[0].days()[0]
    return months, {"first": str(first), "last": str(last)}
