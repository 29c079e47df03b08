"""The words for periods, as patterns."""

import re

from knowledger.domain.agents.semantics.periods import Step
from knowledger.domain.agents.semantics.question import NUMBER

YEAR = r"(?:19|20)\d\d"
SHORT_YEAR = rf"(?:{YEAR}|['’]?\d\d(?!\d))"
ORDINAL = r"(first|second|third|fourth|1st|2nd|3rd|4th|last|final)"
ORDINALS = {
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
MONTHS = [
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
MONTH = (
    r"(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
OF = r"(?:\s*(?:of|in|for|the|fiscal|fy|year|,|-|/)\s*)*\s*"


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


FUTURE = _compiled(
    r"\b(next|coming|upcoming|following)\s+(?:\w+\s+)?(year|quarter|month|week|decade)s?\b"
    r"|\btomorrow\b|\bin the future\b"
    r"|\b(will|going to|forecasts?|forecasted|predict\w*|projections?|projected|outlook|guidance"
    r"|expected to|estimate[ds]? for)\b"
)
TTM = _compiled(
    r"\b(ttm|ltm|(?:trailing|last|past|rolling)[\s-]+(?:twelve|12)[\s-]+months?|trailing (?:one )?year|trailing)\b"
)
YTD = _compiled(r"\b(ytd|year[\s-]to[\s-]date|so far this year|(?:this|the current) year so far)\b")
RANGE = _compiled(
    rf"\b(?:from\s+|between\s+)?(?:fy\s*|fiscal\s+(?:year\s+)?|years?\s+)?({YEAR})\s*(?:-|–|—|to|through|thru|until|till|and|\.\.)\s*"
    rf"(?:fy\s*|fiscal\s+(?:year\s+)?)?({YEAR}|\d\d)\b(?!-)(?!\s+{MONTH}\b)"
)
BETWEEN_TWO = _compiled(r"(?<!difference )(?<!gap )(?<!ratio )(?<!spread )\bbetween\b")
FY_RANGE = _compiled(
    rf"\b(?:from\s+|between\s+)?fy\s*['’]?(\d\d|{YEAR})\s*(?:-|–|—|to|through|and)\s*(?:fy)?\s*['’]?(\d\d|{YEAR})\b"
)
MONTH_RANGE = _compiled(
    rf"\b(?:from\s+|between\s+)?(?:the\s+(?:end|start)\s+of\s+)?{MONTH}\s*({YEAR})?\s*(?:-|–|to|through|thru|until|till|and)\s*(?:the\s+end\s+of\s+)?{MONTH}"
    rf"(?:\s+(?:of\s+)?({YEAR}))?\b"
)
SINCE = _compiled(
    rf"\b(?:since|starting(?: in| from)?|from)\s+(?:fy\s*|fiscal\s+(?:year\s+)?)?({YEAR})(?![-/]\d)(?:\s+(?:on"
    rf"|onwards?|to date))?\b"
)
QUARTERS = (
    _compiled(rf"\bq\s?([1-4])(?:{OF}({SHORT_YEAR})\b)?"),
    _compiled(rf"\b([1-4])q\s?({SHORT_YEAR})\b"),
    _compiled(rf"\b{ORDINAL}[\s-]+(?:fiscal\s+)?(?:quarter|qtr)(?:{OF}({SHORT_YEAR})\b)?"),
)
QUARTER_OF_YEAR = _compiled(rf"\b({YEAR})[\s-]*q([1-4])\b")
HALF = _compiled(rf"\b(?:h([12])|(first|second|1st|2nd)[\s-]+half)(?:{OF}({SHORT_YEAR})\b)?")
HALF_OF_YEAR = _compiled(rf"\b({YEAR})\s*h([12])\b")
FIRST_MONTHS = _compiled(
    rf"\bfirst\s+(3|three|6|six|12|twelve)\s+(months?)\b(?:{OF}({SHORT_YEAR})\b)?"
    rf"|\bfirst\s+(2|two|3|three)\s+(quarters?)\b(?:{OF}({SHORT_YEAR})\b)?"
)
NINE = _compiled(rf"\b(?:9m|(?:first\s+)?(?:nine|9)[\s-]months?)(?:\s+ended)?(?:{OF}({SHORT_YEAR})\b)?")
ISO_DAY = _compiled(rf"\b({YEAR})-(\d\d)-(\d\d)\b")
ISO_MONTH = _compiled(rf"\b({YEAR})[-/](0[1-9]|1[0-2])\b(?!-)")
DAY_US = _compiled(rf"\b{MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+({YEAR})\b")
DAY_EU = _compiled(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH},?\s+({YEAR})\b")
MONTH_YEAR = _compiled(rf"\b{MONTH}(?:\s+of)?,?\s+({YEAR}|['’]\d\d)\b")
MONTH_ALONE = _compiled(
    r"\b(january|february|march|april|june|july|august|september|october|november|december|jan|feb|apr|jun|jul|aug|sep|sept|oct|nov|dec)\b"
    r"|(?<=\bin )(?:may|mar)\b|(?<=\bof )(?:may|mar)\b|(?<=\bfor )(?:may|mar)\b|\bMay\b"
)
FY = _compiled(
    rf"\b(?:fy|fiscal(?:\s+year)?|financial\s+year)[\s-]*(?:of\s+|ended\s+|ending\s+|end\s+)?({SHORT_YEAR})\b"
)
PLAIN_YEAR = _compiled(rf"\b({YEAR})\b(?:\s+(?:fiscal|full|calendar)\s+year|\s+fy)?(?!\s*(?:dollars|usd|eur))")
LAST_N = _compiled(
    rf"\b(?:over|in|for|during|within|across)?\s*(?:the\s+|its\s+|their\s+|our\s+)?(?:last|past"
    rf"|previous|prior|recent|latest|most recent|trailing)\s+({NUMBER})"
    r"\s+(?:fiscal\s+|full\s+|reported\s+|complete\s+|financial\s+)?(years?|quarters?|months?|yrs?|qtrs?|fys?|reports?|filings?)\b"
)
N_STEP = _compiled(rf"(?<!\bfirst )\b({NUMBER})[\s-]?(years?|yrs?|yr|y|quarters?|months?)\b(?!\s+ended)")
LAST_FEW = _compiled(
    r"\b(?:last|past|recent|previous)\s+(?:few|several)\s+(years|quarters|months)\b|\b(?:the\s+)?(?:past|recent|last)\s+(years|quarters|months)\b"
)
PREVIOUS = _compiled(
    r"\b(?:the\s+)?(?:previous|prior|preceding)\s+(?:fiscal\s+)?(year|quarter|month)\b|\b(year|quarter|month)\s+before\s+(?:last|that)\b"
)
LAST = _compiled(
    r"\b(?:the\s+)?(?:last|latest|current|this|most recent|newest|recent)\s+(?:fiscal\s+|full\s+"
    r"|complete\s+|completed\s+|reported\s+|financial\s+)*(year|quarter|month|half|period)\b"
)
RUNNING = _compiled(r"\b(?:this|current)\b")
LATEST = _compiled(
    r"\b(latest|most recent(?:ly)?|current(?:ly)?|newest|today|now|at the moment|right now|as of now"
    r"|recent|present(?:ly)?|to date|so far|thus far|until now|till now|up to now|last)\b"
)
ALL = _compiled(
    r"\b(all years|every year|all time|entire history|over the years|over time|whole history|each year"
    r"|historical(?:ly)?|history(?! (?!of\b|for\b|since\b)\w)|by year|per year|annually|year by year|yearly|annual)\b"
)
WHICH = _compiled(r"\b(?:which|what|in which|in what)\s+(?:fiscal\s+|calendar\s+)?(year|quarter|month)\b(?!\s+end)")
STEP_ALONE = _compiled(r"\b(?:fiscal\s+|full\s+|calendar\s+)*(year|quarter|month)s?\b")
BY_QUARTER = _compiled(r"\b(quarterly|by quarter|per quarter|each quarter|every quarter|quarter by quarter)\b")
BY_MONTH = _compiled(r"\b(monthly|by month|per month|each month|every month|month by month|month on month|a month)\b")
AS_OF = _compiled(
    r"\b(?:as of|as at|at the end of|by the end of|end of|at year[\s-]end(?: of)?|year[\s-]end"
    r"|period ending|ended|ending|the end of|at the close of|month[\s-]end)\b"
)
SPAN_ENDED = _compiled(
    r"\b(?:for\s+)?(?:the\s+)?(three[\s-]months?|3[\s-]months?|quarter|six[\s-]months?|6[\s-]months?|half[\s-]year|nine[\s-]months?|9[\s-]months?"
    r"|twelve[\s-]months?|12[\s-]months?|fiscal year|year|month)\s+(?:period\s+)?(?:ended|ending|to|that ended)\b"
)
SPANS = {
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
STEPS: dict[str, Step] = {
    "y": "year",
    "f": "year",
    "q": "quarter",
    "m": "month",
    "r": "year",
    "h": "year",
    "p": "year",
}
_NAMED = rf"(?=\s+(?:fy\b|fiscal|q[1-4]\b|{YEAR}\b|{MONTH}\b|\d{{1,2}}\s+{MONTH}))"
SINCE_NAMED = _compiled(rf"\b(?:since|starting(?: in| from| with)?)(?:\s+(?:the\s+)?(?:start|beginning)\s+of)?{_NAMED}")
UNTIL_NAMED = _compiled(rf"\b(?:until|till|up\s+(?:un)?to|through|thru)(?:\s+(?:the\s+)?end\s+of)?{_NAMED}")
BEFORE_NAMED = _compiled(rf"\b(?:before|prior\s+to|earlier\s+than)(?:\s+the\s+(?:start|beginning)\s+of)?{_NAMED}")
AFTER_NAMED = _compiled(rf"\b(?:after|later\s+than)(?:\s+the\s+end\s+of)?{_NAMED}")
DAY_OF_THE_YEAR = _compiled(
    rf"(?<=\bon ){MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)?\b|\b{MONTH}\s+(\d{{1,2}})(?:st|nd|rd|th)\b"
)
DAY_EU_ALONE = _compiled(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+{MONTH}\b(?!\s*\d)")
MONTH_SHORT_YEAR = _compiled(rf"\b{MONTH}\s+(\d\d)\b(?!\s*[-,:/.]?\d)")
