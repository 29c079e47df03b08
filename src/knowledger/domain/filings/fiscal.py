"""Fiscal years and periods, computed from a filer's fiscal year end.

A fiscal year is named after the calendar year that it ends in; one that ends in the first days of January after the
year before. Years of 52 or 53 weeks end on another day each year, up to a week from the nominal one.
"""

from dataclasses import dataclass
from datetime import date, timedelta

_TOLERANCE = timedelta(days=7)
_QUARTER_OFF = 0.35  # of a quarter: room for quarters of 12, 13, 16 and 17 weeks
_EARLY_JANUARY = 7
_FIRST, _LAST = date(2, 1, 1), date(9998, 12, 31)  # with a year before and after that can be told
_NAMED_AFTER_START = (1, 2, 3)  # months of year ends whose years some filers name after the year they began in
_NAMES = {
    (0, 1): "Q1",
    (1, 2): "Q2",
    (2, 3): "Q3",
    (3, 4): "Q4",
    (0, 2): "H1",
    (2, 4): "H2",
    (0, 3): "9M",
    (0, 4): "FY",
}


@dataclass(frozen=True)
class FiscalPeriod:
    """`period` is FY, Q1 to Q4, H1, H2, 9M, or empty for a length that is none of these."""

    year: int
    period: str


@dataclass(frozen=True)
class FiscalCalendar:
    """`month` and `day` are the nominal fiscal year end. `known_end` is a day on which a fiscal year did end.

    `offset` is -1 for filers that name a year which ends early in the calendar year after the one that it began in.
    After a change of fiscal year, `former` is the calendar that held until its `known_end`.
    """

    month: int
    day: int
    known_end: date | None = None
    offset: int = 0
    former: "FiscalCalendar | None" = None

    def year_end(self, year: int) -> date:
        """The day on which the fiscal year that nominally ends in this calendar year ends."""
        nominal = _day(year, self.month, self.day)
        if self.known_end and abs(self.known_end - nominal) <= _TOLERANCE:
            return self.known_end
        return nominal

    def instant(self, day: date) -> FiscalPeriod:
        """The fiscal period that a day ends, or else falls in. The last day of the year is the whole year's."""
        day = min(max(day, _FIRST), _LAST)
        if self.former and self.former.known_end and day <= self.former.known_end:
            return self.former.instant(day)
        end = self._end_after(day)
        position = self._position(day, end)
        quarter = round(position)
        if abs(position - quarter) > _QUARTER_OFF or quarter == 0:
            quarter = min(int(position) + 1, 4)
        return FiscalPeriod(self._name(end), "FY" if day >= end - _TOLERANCE else f"Q{quarter}")

    def duration(self, start: date, end: date) -> FiscalPeriod:
        """The fiscal period between two days, both included."""
        start, end = max(start, _FIRST), min(max(end, _FIRST), _LAST)
        if self.former and self.former.known_end and end <= self.former.known_end:
            return self.former.duration(start, end)
        year_end = self._end_after(end)
        return FiscalPeriod(self._name(year_end), self._part(start, end, year_end))

    def _part(self, start: date, end: date, year_end: date) -> str:
        places = self._position(start - timedelta(days=1), year_end), self._position(end, year_end)
        rounded = round(places[0]), round(places[1])
        off = [abs(place - whole) for place, whole in zip(places, rounded, strict=True)]
        off.append(abs((places[1] - places[0]) - (rounded[1] - rounded[0])))
        if max(off) > _QUARTER_OFF:
            return ""
        return _NAMES.get(rounded, "")

    def _end_after(self, day: date) -> date:
        """The end of the fiscal year that the day is in; a few days beyond the nominal end still belong to it."""
        for year in (day.year - 1, day.year, day.year + 1):
            end = self.year_end(year)
            slack = timedelta() if end == self.known_end else _TOLERANCE
            if day <= end + slack:
                return end
        raise AssertionError("a fiscal year ends in every calendar year")

    def _position(self, day: date, year_end: date) -> float:
        """How many quarters of the fiscal year are over at the end of this day."""
        return 4 - (year_end - day).days / 365.25 * 4

    def _name(self, year_end: date) -> int:
        early = year_end.month == 1 and year_end.day <= _EARLY_JANUARY
        return year_end.year + (-1 if early else self.offset)


def calendar_of(
    month_and_day: str,
    *,
    annual_period: tuple[date, int | None] | None = None,
    known_end: date | None = None,
    changed_on: date | None = None,
) -> FiscalCalendar | None:
    """The calendar of a filer from its fiscal year end, as MMDD, MM-DD or --MM-DD; None where that says nothing.

    `annual_period` is the end of a reported period with the fiscal year that the filer gives it: believed only where it
    tells how a filer with an early year end names its years. `changed_on` is the last day of the year end before.
    """
    digits = "".join(character for character in month_and_day if character.isdigit())
    try:
        _day(2024, month := int(digits[:2]), day := int(digits[2:4]))
    except ValueError:
        return None
    former = FiscalCalendar(changed_on.month, changed_on.day, known_end=changed_on) if changed_on else None
    plain = FiscalCalendar(month, day, known_end=known_end, former=former)
    if annual_period is None or annual_period[1] is None or month not in _NAMED_AFTER_START:
        return plain
    offset = annual_period[1] - plain.instant(annual_period[0]).year
    return FiscalCalendar(month, day, known_end, offset, former) if offset == -1 else plain


def _day(year: int, month: int, day: int) -> date:
    """29 February is the last of February in every year."""
    if (month, day) in ((2, 28), (2, 29)):
        return date(year, 3, 1) - timedelta(days=1)
    return date(year, month, day)
