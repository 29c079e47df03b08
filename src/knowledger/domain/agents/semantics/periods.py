"""The grammar of periods: fiscal years and quarters, months, days, ranges, and what is counted back from the newest."""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, TypeAlias

from knowledger.domain.agents.semantics.question import NUMBER, Question, number_of

PeriodKind: TypeAlias = Literal["FY", "Q1", "Q2", "Q3", "Q4", "H1", "H2", "9M", "month", "day"]
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
        if self.kind.startswith("Q"):
            number = int(self.kind[1])
            return quarter(self.year - (number == 1), 4 if number == 1 else number - 1)
        return self.before()

    def after(self) -> "Period":
        """The one just behind it."""
        if self.kind == "month":
            return Period(self.year + (self.month == 12), "month", self.month % 12 + 1)
        if self.kind.startswith("Q"):
            number = int(self.kind[1])
            return quarter(self.year + (number == 4), number % 4 + 1)
        return replace(self, year=self.year + 1)

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

    @property
    def says_nothing(self) -> bool:
        return self == Times(step=self.step)


_YEAR = r"(?:19|20)\d\d"
_SHORT_YEAR = rf"(?:{_YEAR}|['’]?\d\d(?!\d))"
_ORDINAL = r"(first|second|third|fourth|1st|2nd|3rd|4th|last|final)"
_ORDINALS = {
    "first": 1,
    "1st": 1,
    "second": 2,
    "2nd": 2,
    "third": 3,
    "3rd": 3,
    "fourth": 4,
    "4th": 4,
    "last": 4,
    "final": 4,
}
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_OF = r"(?:\s*(?:of|in|for|the|fiscal|fy|year|,|-|/)\s*)*\s*"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_FUTURE = _compiled(
    r"\b(next|coming|upcoming|following)\s+(?:\w+\s+)?(year|quarter|month|week|decade)s?\b"
    r"|\btomorrow\b|\bin the future\b"
    r"|\b(will|going to|forecasts?|forecasted|predict\w*|projections?|projected|outlook|guidance"
    r"|expected to|estimate[ds]? for)\b"
)
_TTM = _compiled(
    r"\b(ttm|ltm|(?:trailing|last|past|rolling)[\s-]+(?:twelve|12)[\s-]+months?|trailing (?:one )?year|trailing)\b"
)
_YTD = _compiled(r"\b(ytd|year[\s-]to[\s-]date|so far this year|(?:this|the current) year so far)\b")
_RANGE = _compiled(
    rf"\b(?:from\s+|between\s+)?(?:fy\s*|fiscal\s+(?:year\s+)?|years?\s+)?({_YEAR})\s*(?:-|–|—|to|through|thru|until|till|and|\.\.)\s*"
    rf"(?:fy\s*|fiscal\s+(?:year\s+)?)?({_YEAR}|\d\d)\b(?!-)"
)
_RANGE_AND = _compiled(r"\bbetween\b")
_FY_RANGE = _compiled(
    rf"\b(?:from\s+|between\s+)?fy\s*['’]?(\d\d|{_YEAR})\s*(?:-|–|—|to|through|and)\s*(?:fy)?\s*['’]?(\d\d|{_YEAR})\b"
)
_MONTH_RANGE = _compiled(
    rf"\b(?:from\s+|between\s+)?(?:the\s+(?:end|start)\s+of\s+)?{_MONTH}\s*({_YEAR})?\s*(?:-|–|to|through|thru|until|till|and)\s*(?:the\s+end\s+of\s+)?{_MONTH}"
    rf"(?:\s+(?:of\s+)?({_YEAR}))?\b"
)
_SINCE = _compiled(
    rf"\b(?:since|starting(?: in| from)?|from)\s+(?:fy\s*|fiscal\s+(?:year\s+)?)?({_YEAR})(?:\s+(?:on"
    rf"|onwards?|to date))?\b"
)
_QUARTERS = (
    _compiled(rf"\bq\s?([1-4])(?:{_OF}({_SHORT_YEAR})\b)?"),
    _compiled(rf"\b([1-4])q\s?({_SHORT_YEAR})\b"),
    _compiled(rf"\b{_ORDINAL}[\s-]+(?:fiscal\s+)?(?:quarter|qtr)(?:{_OF}({_SHORT_YEAR})\b)?"),
)
_QUARTER_OF_YEAR = _compiled(rf"\b({_YEAR})[\s-]*q([1-4])\b")
_HALF = _compiled(rf"\b(?:h([12])|(first|second|1st|2nd)[\s-]+half)(?:{_OF}({_SHORT_YEAR})\b)?")
_HALF_OF_YEAR = _compiled(rf"\b({_YEAR})\s*h([12])\b")
_NINE = _compiled(rf"\b(?:9m|(?:first\s+)?(?:nine|9)[\s-]months?)(?:\s+ended)?(?:{_OF}({_SHORT_YEAR})\b)?")
_ISO_DAY = _compiled(rf"\b({_YEAR})-(\d\d)-(\d\d)\b")
_ISO_MONTH = _compiled(rf"\b({_YEAR})[-/](0[1-9]|1[0-2])\b(?!-)")
_DAY_US = _compiled(rf"\b{_MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+({_YEAR})\b")
_DAY_EU = _compiled(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{_MONTH},?\s+({_YEAR})\b")
_MONTH_YEAR = _compiled(rf"\b{_MONTH}(?:\s+of)?,?\s+({_YEAR}|['’]\d\d)\b")
_MONTH_ALONE = _compiled(
    r"\b(january|february|march|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sep|sept|oct|nov|dec)\b"
    r"|(?<=\bin )(?:may|mar)\b|(?<=\bof )(?:may|mar)\b|(?<=\bfor )(?:may|mar)\b|\bMay\b"
)
_FY = _compiled(
    rf"\b(?:fy|fiscal(?:\s+year)?|financial\s+year)[\s-]*(?:of\s+|ended\s+|ending\s+|end\s+)?({_SHORT_YEAR})\b"
)
_PLAIN_YEAR = _compiled(rf"\b({_YEAR})\b(?:\s+(?:fiscal|full|calendar)\s+year|\s+fy)?(?!\s*(?:dollars|usd|eur))")
_LAST_N = _compiled(
    rf"\b(?:over|in|for|during|within|across)?\s*(?:the\s+|its\s+|their\s+|our\s+)?(?:last|past"
    rf"|previous|prior|recent|latest|most recent|trailing)\s+({NUMBER})"
    r"\s+(?:fiscal\s+|full\s+|reported\s+|complete\s+|financial\s+)?(years?|quarters?|months?|yrs?|qtrs?|fys?|reports?|filings?)\b"
)
_N_STEP = _compiled(rf"\b({NUMBER})[\s-]?(years?|yrs?|yr|y|quarters?|months?)\b(?!\s+ended)")
_LAST_FEW = _compiled(
    r"\b(?:last|past|recent|previous)\s+(?:few|several)\s+(years|quarters|months)\b|\b(?:the\s+)?(?:past|recent|last)\s+(years|quarters|months)\b"
)
_PREVIOUS = _compiled(
    r"\b(?:the\s+)?(?:previous|prior|preceding)\s+(?:fiscal\s+)?(year|quarter|month)\b|\b(year|quarter|month)\s+before\s+(?:last|that)\b"
)
_LAST = _compiled(
    r"\b(?:the\s+)?(?:last|latest|current|this|most recent|newest|recent)\s+(?:fiscal\s+|full\s+"
    r"|complete\s+|completed\s+|reported\s+|financial\s+)*(year|quarter|month|half|period)\b"
)
_RUNNING = _compiled(r"\b(?:this|current)\b")
_LATEST = _compiled(
    r"\b(latest|most recent(?:ly)?|current(?:ly)?|newest|today|now|at the moment|right now|as of now"
    r"|recent|present(?:ly)?|to date|so far|thus far|until now|till now|up to now|last)\b"
)
_ALL = _compiled(
    r"\b(all years|every year|all time|entire history|over the years|over time|whole history|each year"
    r"|historical(?:ly)?|history|by year|per year|annually|year by year|yearly|annual)\b"
)
_WHICH = _compiled(r"\b(?:which|what|in which|in what)\s+(?:fiscal\s+|calendar\s+)?(year|quarter|month)\b(?!\s+end)")
_STEP_ALONE = _compiled(r"\b(?:fiscal\s+|full\s+|calendar\s+)*(year|quarter|month)s?\b")
_BY_QUARTER = _compiled(r"\b(quarterly|by quarter|per quarter|each quarter|every quarter|quarter by quarter)\b")
_BY_MONTH = _compiled(r"\b(monthly|by month|per month|each month|every month|month by month|month on month|a month)\b")
_AS_OF = _compiled(
    r"\b(?:as of|as at|at the end of|by the end of|end of|at year[\s-]end(?: of)?|year[\s-]end"
    r"|period ending|ended|ending|the end of|at the close of|month[\s-]end)\b"
)
_SPAN_ENDED = _compiled(
    r"\b(?:for\s+)?(?:the\s+)?(three[\s-]months?|3[\s-]months?|quarter|six[\s-]months?|6[\s-]months?|half[\s-]year|nine[\s-]months?|9[\s-]months?"
    r"|twelve[\s-]months?|12[\s-]months?|fiscal year|year|month)\s+(?:period\s+)?(?:ended|ending|to|that ended)\b"
)
_SPANS = {
    "t": "Q",
    "3": "Q",
    "q": "Q",
    "s": "H",
    "6": "H",
    "h": "H",
    "n": "9M",
    "9": "9M",
    "1": "FY",
    "f": "FY",
    "y": "FY",
    "m": "",
}
_STEPS: dict[str, Step] = {
    "y": "year",
    "f": "year",
    "q": "quarter",
    "m": "month",
    "r": "year",
    "h": "year",
    "p": "year",
}


def read_times(question: Question) -> Times:
    """Claims every word about time. The order matters: what is longer and surer comes first."""
    reader = _Reader(question)
    return reader.read()


class _Reader:
    def __init__(self, question: Question) -> None:
        self._question = question
        self._found: list[tuple[int, Period]] = []

    def read(self) -> Times:
        times = Times(is_future=bool(self._question.take(_FUTURE)))
        times = replace(times, is_ttm=bool(self._question.take(_TTM)), is_ytd=bool(self._question.take(_YTD)))
        if match := self._question.take_one(_SPAN_ENDED):
            times = replace(times, span="FY" if match[1].lower().startswith("twelve") else _SPANS[match[1][0].lower()])
        times = self._ranges(times)
        self._days()
        self._parts_of_years()
        times = self._counted(times)
        self._years()
        times = self._loosely(times)
        self._question.take(_AS_OF)
        periods = tuple(dict.fromkeys(period for _, period in sorted(self._found, key=lambda pair: pair[0])))
        return replace(times, periods=_with_years(periods) if not times.is_range else times.periods)

    def _ranges(self, times: Times) -> Times:
        for pattern in (_FY_RANGE, _RANGE):
            for match in self._question.take(pattern):
                first, last = _year(match[1]), _year(match[2])
                joined = " and " in match[0].lower() and not match[0].lower().startswith("between")
                if joined or last < first:
                    self._found += [(match.start(), Period(first, "FY")), (match.end(), Period(last, "FY"))]
                else:
                    listed = tuple(Period(year, "FY") for year in range(first, last + 1))
                    times = replace(times, periods=listed[:60], is_range=True)
        for match in self._question.take(_MONTH_RANGE):
            times = self._months(match, times)
        since = None if times.is_range else self._question.take_one(_SINCE)
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
        for match in self._question.take(_ISO_DAY):
            self._day(match, int(match[1]), int(match[2]), int(match[3]))
        for match in self._question.take(_DAY_US):
            self._day(match, int(match[3]), _month(match[1]), int(match[2]))
        for match in self._question.take(_DAY_EU):
            self._day(match, int(match[3]), _month(match[2]), int(match[1]))
        for match in self._question.take(_MONTH_YEAR):
            self._add(match, Period(_year(match[2]), "month", _month(match[1])))
        for match in self._question.take(_ISO_MONTH):
            self._add(match, Period(int(match[1]), "month", int(match[2])))

    def _day(self, match: re.Match[str], year: int, month: int, day: int) -> None:
        if 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]:
            self._add(match, Period(year, "day", month, day))

    def _parts_of_years(self) -> None:
        for match in self._question.take(_QUARTER_OF_YEAR):
            self._add(match, quarter(int(match[1]), int(match[2])))
        for match in self._question.take(_HALF_OF_YEAR):
            self._add(match, Period(int(match[1]), "H1" if match[2] == "1" else "H2"))
        for pattern in _QUARTERS:
            for match in self._question.take(pattern):
                if match[1].lower() in ("last", "final") and not match[2]:
                    self._question.release(*self._question.inside(match.start(), match.end()))
                    continue
                number = int(match[1]) if match[1].isdigit() else _ORDINALS[match[1].lower()]
                self._add(match, quarter(_year(match[2]) if match[2] else 0, number))
        for match in self._question.take(_HALF):
            first = (match[1] or match[2] or "").lower() in ("1", "first", "1st")
            self._add(match, Period(_year(match[3]) if match[3] else 0, "H1" if first else "H2"))
        for match in self._question.take(_NINE):
            self._add(match, Period(_year(match[1]) if match[1] else 0, "9M"))

    def _counted(self, times: Times) -> Times:
        if match := self._question.take_one(_LAST_N):
            return replace(times, last=number_of(match[1]) or 0, step=_STEPS[match[2][0].lower()])
        if match := self._question.take_one(_LAST_FEW):
            return replace(times, last=3, step=_STEPS[(match[1] or match[2])[0].lower()])
        if match := self._question.take_one(_N_STEP):
            return replace(times, last=number_of(match[1]) or 0, step=_STEPS[match[2][0].lower()])
        return times

    def _years(self) -> None:
        for match in self._question.take(_FY):
            self._add(match, Period(_year(match[1]), "FY"))
        for match in self._question.take(_PLAIN_YEAR):
            self._add(match, Period(int(match[1]), "FY"))

    def _loosely(self, times: Times) -> Times:
        if match := self._question.take_one(_PREVIOUS):
            times = replace(times, is_previous=True, step=_STEPS[(match[1] or match[2])[0].lower()])
        if match := self._question.take_one(_LAST):
            step = None if match[1].lower() == "period" else _STEPS[match[1][0].lower()]
            is_running = bool(_RUNNING.search(match[0]))
            times = replace(times, is_latest=True, is_running=is_running, step=step or times.step)
        for match in self._question.take(_MONTH_ALONE):
            self._add(match, Period(0, "month", _month(match[0])))
        if match := self._question.take_one(_WHICH):
            times = replace(
                times, step=_STEPS[match[1][0].lower()], is_all=not (times.last or self._found or times.is_range)
            )
        if self._question.take(_BY_QUARTER):
            times = replace(times, step="quarter", is_all=not times.last)
        if self._question.take(_BY_MONTH):
            times = replace(times, step="month", is_all=not times.last)
        if self._question.take(_ALL):
            times = replace(times, is_all=True, step=times.step or "year")
        if self._question.take(_LATEST):
            times = replace(times, is_latest=True)
        if match := self._question.take_one(_STEP_ALONE):
            times = replace(times, step=times.step or _STEPS[match[1][0].lower()])
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
    return next(number for number, name in enumerate(_MONTHS, 1) if name.startswith(text.lower().rstrip(".")[:3]))
