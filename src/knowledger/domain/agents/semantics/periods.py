"""Periods: fiscal years and quarters, halves, months and days, and all that a question says about time."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

PeriodKind: TypeAlias = Literal["FY", "Q1", "Q2", "Q3", "Q4", "H1", "H2", "9M", "month", "day"]
_LEAP = 2000
Step: TypeAlias = Literal["year", "quarter", "month"]


@dataclass(frozen=True, order=True)
class Period:
    """`year` is fiscal for FY, Q, H and 9M; a month or day is the calendar's. `year` 0 is not said yet."""

    year: int
    kind: PeriodKind
    month: int = 0
    day: int = 0

    def __str__(self) -> str:
        if self.kind == "month":
            return f"{self.year}-{self.month:02}"
        if self.kind == "day":
            return f"{self.year}-{self.month:02}-{self.day:02}"
        return f"FY{self.year}" if self.kind == "FY" else f"{self.kind} {self.year}"

    @property
    def step(self) -> Step:
        if self.kind in ("month", "day"):
            return "month"
        return "quarter" if self.kind.startswith("Q") else "year"

    def before(self) -> "Period":
        """The same period a year earlier."""
        return replace(self, year=self.year - 1)

    def previous(self) -> "Period":
        """The one just before it."""
        if self.kind == "month":
            return Period(self.year - (self.month == 1), "month", (self.month - 2) % 12 + 1)
        if self.kind == "day":
            return self._shifted(-1)
        if self.kind.startswith("Q"):
            number = int(self.kind[1])
            return quarter(self.year - (number == 1), 4 if number == 1 else number - 1)
        return self.before()

    def after(self) -> "Period":
        """The one just behind it."""
        if self.kind == "month":
            return Period(self.year + (self.month == 12), "month", self.month % 12 + 1)
        if self.kind == "day":
            return self._shifted(1)
        if self.kind.startswith("Q"):
            number = int(self.kind[1])
            return quarter(self.year + (number == 4), number % 4 + 1)
        return replace(self, year=self.year + 1)

    def _shifted(self, by: int) -> "Period":
        """A day said without a year is moved within its year."""
        day = date(self.year or _LEAP, self.month, self.day) + timedelta(days=by)
        return Period(self.year and day.year, "day", day.month, day.day)

    def days(self) -> tuple[date, date]:
        """First and last day, where fiscal years are the calendar's."""
        first, last = {
            "FY": (1, 12), "H1": (1, 6), "H2": (7, 12), "9M": (1, 9),
            "Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12),
        }.get(self.kind, (self.month, self.month))  # fmt: skip
        if self.kind == "day":
            return date(self.year, self.month, self.day), date(self.year, self.month, self.day)
        return date(self.year, first, 1), date(self.year, last, monthrange(self.year, last)[1])


def quarter(year: int, number: int) -> Period:
    kinds: tuple[PeriodKind, ...] = ("Q1", "Q2", "Q3", "Q4")
    return Period(year, kinds[number - 1])


@dataclass(frozen=True)
class Times:
    """All that a question says about time. `periods` in the order they are named; nothing said: the newest there is."""

    periods: tuple[Period, ...] = ()
    is_range: bool = False
    since: Period | None = None
    until: Period | None = None
    last: int = 0
    step: Step | None = None
    is_ttm: bool = False
    is_ytd: bool = False
    is_previous: bool = False
    is_all: bool = False
    is_future: bool = False
    is_latest: bool = False
    is_running: bool = False
    span: str = ""
    """For a period named by its last day, how long it is: Q, H, 9M or FY."""

    def with_days_up_to(self, today: date) -> "Times":
        """Days that are said without a year are the last such days."""
        since, until = (item and _with_year(item, today) for item in (self.since, self.until))
        return replace(self, periods=tuple(_with_year(item, today) for item in self.periods), since=since, until=until)

    @property
    def is_bounded(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def says_nothing(self) -> bool:
        return self == Times(step=self.step)


def _with_year(period: Period, today: date) -> Period:
    if period.kind != "day" or period.year:
        return period
    is_over = (period.month, period.day) <= (today.month, today.day)
    return replace(period, year=today.year if is_over else today.year - 1)
