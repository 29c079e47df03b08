"""The grammar of periods: fiscal years and quarters, months, days, ranges, and what is counted back from the newest."""

import re
from calendar import monthrange
from dataclasses import replace

from knowledger.domain.agents.semantics.periods import Period, PeriodKind, Times, quarter
from knowledger.domain.agents.semantics.question import Question, number_of
from knowledger.domain.agents.semantics.time_words import (
    AFTER_NAMED,
    ALL,
    AS_OF,
    BEFORE_NAMED,
    BETWEEN_TWO,
    BY_MONTH,
    BY_QUARTER,
    DAY_EU,
    DAY_EU_ALONE,
    DAY_OF_THE_YEAR,
    DAY_US,
    FIRST_MONTHS,
    FUTURE,
    FY,
    FY_RANGE,
    HALF,
    HALF_OF_YEAR,
    ISO_DAY,
    ISO_MONTH,
    LAST,
    LAST_FEW,
    LAST_N,
    LATEST,
    MONTH_ALONE,
    MONTH_RANGE,
    MONTH_SHORT_YEAR,
    MONTH_YEAR,
    MONTHS,
    N_STEP,
    NINE,
    ORDINALS,
    PLAIN_YEAR,
    PREVIOUS,
    QUARTER_OF_YEAR,
    QUARTERS,
    RANGE,
    RUNNING,
    SINCE,
    SINCE_NAMED,
    SPAN_ENDED,
    SPANS,
    STEP_ALONE,
    STEPS,
    TTM,
    UNTIL_NAMED,
    WHICH,
    YTD,
)


def read_times(question: Question) -> Times:
    """Claims every word about time. The order matters: what is longer and surer comes first."""
    reader = _Reader(question)
    return reader.read()


_EDGES = {"since": SINCE_NAMED, "after": AFTER_NAMED, "until": UNTIL_NAMED, "before": BEFORE_NAMED}
_OF_MONTHS: dict[int, PeriodKind] = {3: "Q1", 6: "H1", 9: "9M", 12: "FY"}
_ANY_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LEAP = 2000


class _Reader:
    def __init__(self, question: Question) -> None:
        self._question = question
        self._found: list[tuple[int, Period]] = []

    def read(self) -> Times:
        times = Times(is_future=bool(self._question.take(FUTURE)))
        times = replace(times, is_ttm=bool(self._question.take(TTM)), is_ytd=bool(self._question.take(YTD)))
        if match := self._question.take_one(SPAN_ENDED):
            times = replace(times, span="FY" if match[1].lower().startswith("twelve") else SPANS[match[1][0].lower()])
        times = self._ranges(times)
        edges = {name: self._question.take_one(words) for name, words in _EDGES.items()}
        self._days()
        self._parts_of_years()
        times = self._counted(times)
        self._years()
        times = self._loosely(times)
        self._question.take(AS_OF)
        for name, match in edges.items():
            times = self._bounded(times, name, match)
        if len(self._found) == 2:
            self._question.take(BETWEEN_TWO)
        periods = tuple(dict.fromkeys(period for _, period in sorted(self._found, key=lambda pair: pair[0])))
        return replace(times, periods=_with_years(periods) if not times.is_range else times.periods)

    def _bounded(self, times: Times, name: str, words: re.Match[str] | None) -> Times:
        """ "until May", "since the start of Q2": the period behind the word is an edge."""
        behind = [item for item in self._found if words and item[0] >= words.end()]
        if not behind:
            return times
        edge = min(behind, key=lambda item: item[0])
        self._found.remove(edge)
        if name in ("since", "after"):
            return replace(times, since=edge[1] if name == "since" else edge[1].after())
        return replace(times, until=edge[1] if name == "until" else edge[1].previous())

    def _ranges(self, times: Times) -> Times:
        for pattern in (FY_RANGE, RANGE):
            for match in self._question.take(pattern):
                first, last = _year(match[1]), _year(match[2])
                joined = " and " in match[0].lower() and not match[0].lower().startswith("between")
                if joined or last < first:
                    self._found += [(match.start(), Period(first, "FY")), (match.end(), Period(last, "FY"))]
                else:
                    listed = tuple(Period(year, "FY") for year in range(first, last + 1))
                    times = replace(times, periods=listed[:60], is_range=True)
        for match in self._question.take(MONTH_RANGE):
            times = self._months(match, times)
        since = None if times.is_range else self._question.take_one(SINCE)
        if since:
            times = replace(times, since=Period(_year(since[1]), "FY"))
        return times

    def _months(self, match: re.Match[str], times: Times) -> Times:
        """ "January to March 2026"; "May and June" are two months, not a range."""
        last_year = int(match[4]) if match[4] else (int(match[2]) if match[2] else 0)
        first_year = int(match[2]) if match[2] else last_year
        first, last = Period(first_year, "month", _month(match[1])), Period(last_year, "month", _month(match[3]))
        if " and " in match[0].lower() and not match[0].lower().startswith("between"):
            self._found += [(match.start(), first), (match.end(), last)]
            return times
        listed = [first]
        while listed[-1] < last and len(listed) < 120:
            here = listed[-1]
            listed.append(Period(here.year + (here.month == 12), "month", here.month % 12 + 1))
        return replace(times, periods=tuple(listed), is_range=True)

    def _days(self) -> None:
        for match in self._question.take(ISO_DAY):
            self._day(match, int(match[1]), int(match[2]), int(match[3]))
        for match in self._question.take(DAY_US):
            self._day(match, int(match[3]), _month(match[1]), int(match[2]))
        for match in self._question.take(DAY_EU):
            self._day(match, int(match[3]), _month(match[2]), int(match[1]))
        for match in self._question.take(DAY_OF_THE_YEAR):
            self._day(match, 0, _month(match[1] or match[3]), int(match[2] or match[4]))
        for match in self._question.take(DAY_EU_ALONE):
            self._day(match, 0, _month(match[2]), int(match[1]))
        for match in self._question.take(MONTH_SHORT_YEAR):
            if 0 < int(match[2]) <= 31 and (said := _ANY_YEAR.search(self._question.text)):
                self._day(match, int(said[0]), _month(match[1]), int(match[2]))
            else:
                self._add(match, Period(2000 + int(match[2]), "month", _month(match[1])))
        for match in self._question.take(MONTH_YEAR):
            self._add(match, Period(_year(match[2]), "month", _month(match[1])))
        for match in self._question.take(ISO_MONTH):
            self._add(match, Period(int(match[1]), "month", int(match[2])))

    def _day(self, match: re.Match[str], year: int, month: int, day: int) -> None:
        if 1 <= month <= 12 and 1 <= day <= monthrange(year or _LEAP, month)[1]:
            self._add(match, Period(year, "day", month, day))

    def _parts_of_years(self) -> None:
        for match in self._question.take(QUARTER_OF_YEAR):
            self._add(match, quarter(int(match[1]), int(match[2])))
        for match in self._question.take(HALF_OF_YEAR):
            self._add(match, Period(int(match[1]), "H1" if match[2] == "1" else "H2"))
        for pattern in QUARTERS:
            for match in self._question.take(pattern):
                if match[1].lower() in ("last", "final") and not match[2]:
                    self._question.release(*self._question.inside(match.start(), match.end()))
                    continue
                number = int(match[1]) if match[1].isdigit() else ORDINALS[match[1].lower()]
                self._add(match, quarter(_year(match[2]) if match[2] else 0, number))
        for match in self._question.take(FIRST_MONTHS):
            number, year = number_of(match[1] or match[4]) or 0, match[3] or match[6]
            months = number * (3 if match[5] else 1)
            self._add(match, Period(_year(year) if year else 0, _OF_MONTHS[months]))
        for match in self._question.take(HALF):
            first = (match[1] or match[2] or "").lower() in ("1", "first", "1st")
            self._add(match, Period(_year(match[3]) if match[3] else 0, "H1" if first else "H2"))
        for match in self._question.take(NINE):
            self._add(match, Period(_year(match[1]) if match[1] else 0, "9M"))

    def _counted(self, times: Times) -> Times:
        if match := self._question.take_one(LAST_N):
            return replace(times, last=number_of(match[1]) or 0, step=STEPS[match[2][0].lower()])
        if match := self._question.take_one(LAST_FEW):
            return replace(times, last=3, step=STEPS[(match[1] or match[2])[0].lower()])
        if match := self._question.take_one(N_STEP):
            return replace(times, last=number_of(match[1]) or 0, step=STEPS[match[2][0].lower()])
        return times

    def _years(self) -> None:
        for match in self._question.take(FY):
            self._add(match, Period(_year(match[1]), "FY"))
        for match in self._question.take(PLAIN_YEAR):
            self._add(match, Period(int(match[1]), "FY"))

    def _loosely(self, times: Times) -> Times:
        if match := self._question.take_one(PREVIOUS):
            times = replace(times, is_previous=True, step=STEPS[(match[1] or match[2])[0].lower()])
        if match := self._question.take_one(LAST):
            step = None if match[1].lower() == "period" else STEPS[match[1][0].lower()]
            is_running = bool(RUNNING.search(match[0]))
            times = replace(times, is_latest=True, is_running=is_running, step=step or times.step)
        for match in self._question.take(MONTH_ALONE):
            self._add(match, Period(0, "month", _month(match[0])))
        if match := self._question.take_one(WHICH):
            times = replace(
                times, step=STEPS[match[1][0].lower()], is_all=not (times.last or self._found or times.is_range)
            )
        if self._question.take(BY_QUARTER):
            times = replace(times, step="quarter", is_all=not times.last)
        if self._question.take(BY_MONTH):
            times = replace(times, step="month", is_all=not times.last)
        if self._question.take(ALL):
            times = replace(times, is_all=True, step=times.step or "year")
        if self._question.take(LATEST):
            times = replace(times, is_latest=True)
        if match := self._question.take_one(STEP_ALONE):
            times = replace(times, step=times.step or STEPS[match[1][0].lower()])
        return times

    def _add(self, match: re.Match[str], period: Period) -> None:
        self._found.append((match.start(), period))


def _with_years(periods: tuple[Period, ...]) -> tuple[Period, ...]:
    """ "Q1 and Q2 2024", "Q2 … in 2024": a part without a year takes the next one said, else the last one said."""
    whole = [item for item in periods if item.kind == "FY"]
    parts = [item for item in periods if item.kind != "FY"]
    if any(item.year == 0 for item in parts) and len(whole) == 1:
        parts = [replace(item, year=item.year or whole[0].year) for item in parts]
        return tuple(dict.fromkeys(parts))
    said = [item.year for item in periods if item.year]
    if said and any(item.year == 0 for item in parts):
        return tuple(dict.fromkeys(replace(item, year=item.year or said[-1]) for item in periods))
    return periods


def _year(text: str) -> int:
    digits = text.strip("'’ ")
    return int(digits) if len(digits) == 4 else (2000 if int(digits) < 70 else 1900) + int(digits)


def _month(text: str) -> int:
    return next(number for number, name in enumerate(MONTHS, 1) if name.startswith(text.lower().rstrip(".")[:3]))
