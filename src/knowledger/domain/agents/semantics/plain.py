"""Phrases that say in many words what has a short name, put in that before a question is read."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from knowledger.domain.agents.semantics.question import NUMBER, number_of

_NUMBERS = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4}
_NTH = "|".join(_NUMBERS)
_I = re.IGNORECASE


def _quarters(match: re.Match[str]) -> str:
    return f"Q{_NUMBERS[match[1].lower()]} {match[2]} Q{_NUMBERS[match[3].lower()]}"


_STEP = r"(?:months?|quarters?|years?)"
_DEAR = r"(?:most (?:expensive|costly)|priciest|dearest|costliest)"
_CHEAP = r"(?:least (?:expensive|costly)|cheapest)"
_EVERYWHERE: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (r"\bcan['’]t\b", "can not"),
    (r"\bwon['’]t\b", "will not"),
    (r"\b(do|does|did|is|are|was|were|has|have|had)n['’]?t\b", r"\1 not"),
    (rf"\b({_NTH})\s+(to|and|through|versus|vs|or)\s+(?:the\s+)?({_NTH})\s+(?:quarter|qtr)s?\b", _quarters),
    (r"\bhow many (percentage points|percent|per cent|%)", r"what \1"),
    (r"^\s*(which|who|what) (?:one )?of the (?:two|three|four)\b(?=.* (?:or|and) )", r"\1"),
    (r"(?<=[:,;–-] )(which|who|what) (?:one )?of (?:the|these|those) (?:two|three|four)\b", r"\1"),
]
_EVERYWHERE += [
    (r"\bin ((?:19|20)\d\d) (?:or|and) (?:later|after|newer|since)\b", r"since \1"),
    (r"\bin ((?:19|20)\d\d) (?:or|and) (?:earlier|before|older)\b", r"until \1"),
    (
        r"\b(?:which|what) (?:relationship|relation|edge)s? (?:leads?|goes|runs?|connects?|links?|joins?|relates?) "
        r"(?:from )?(.+?) (?:to|with|and) ",
        r"how is \1 connected to ",
    ),
    (
        r"(?<!what is)(?<!what['’]s)(?<!whats)(?<!what are) "
        r"(?:in|of|from|within|across|over|throughout) (?:this|the|our|that|your) (?:whole |entire |full |complete )?"
        r"(?:data ?set|data ?base|general ledger|ledger|graph)(?= *(?:[?.,;]|$| (?:are|is|was|were|have|has|and)\b))",
        "",
    ),
    (
        r"\bwhat(?:[’']?s| is| was| were| would be)?(?: (?:left|remains?|remained|remaining))+ of (.+?) "
        r"(?:after|once|when) (?:you |we )?(?:subtract(?:ing)?|deduct(?:ing)?|tak(?:e|ing) (?:away|off|out)) "
        r"(?:both )?(.+?) and (.+?)(?=[?.]? *$)",
        r"\1 minus \2 minus \3",
    ),
    (
        r"\bwhat(?:[’']?s| is| was| were| would be)?(?: (?:left|remains?|remained|remaining))+ of (.+?) "
        r"(?:after|once|when) (?:you |we )?(?:subtract(?:ing)?|deduct(?:ing)?|tak(?:e|ing) (?:away|off|out)) ",
        r"\1 minus ",
    ),
]
_REPAY = r"(?:pay(?: (?:back|off|down))?|repay|redeem|amorti[sz]e)"
_OF_MONEY: list[tuple[str, str | Callable[[re.Match[str]], str]]] = [
    (
        rf"\b((?:which|what) {_STEP})\b(.*?) (?:was|is) (?:the |our |my )?{_DEAR}(?= *[?.]?$)",
        r"\1\2 had the highest spending",
    ),
    (
        rf"\b((?:which|what) {_STEP})\b(.*?) (?:was|is) (?:the |our |my )?{_CHEAP}(?= *[?.]?$)",
        r"\1\2 had the lowest spending",
    ),
    (rf"\b{_DEAR} (?={_STEP}|categor|merchant|shop|store)", "largest "),
    (rf"\b{_CHEAP} (?={_STEP}|categor|merchant|shop|store)", "smallest "),
    (rf"\b{_DEAR}\b", "largest single"),
    (rf"\b{_CHEAP}\b", "smallest single"),
    (r"\bper (?:euro|dollar|pound|franc) (?:of|in) (?=\w)", "as a share of "),
    (r"\bmost profitable\b", "highest profit"),
    (r"\bleast profitable\b", "lowest profit"),
    (r"\b(most|least) money (?=(?:in|on|at|from|to)\b)", r"\1 "),
    (
        rf"\b(?:what(?:[’']s| is| was)?|how much)(?: (?:is|was|of it is|do we|did we|we))?(?: still)?(?: have)?"
        rf"(?: left)? to {_REPAY} (?:on|of|for) ",
        "what is the balance of ",
    ),
]


def put_shortly(text: str) -> str:
    """What holds for any graph."""
    return _same_period(_said_anew(text, _EVERYWHERE))


def of_money(text: str) -> str:
    """Where all there is are amounts, the dearest is the largest."""
    return _said_anew(text, _OF_MONEY)


def _said_anew(text: str, rules: list[tuple[str, str | Callable[[re.Match[str]], str]]]) -> str:
    for pattern, plain in rules:
        text = re.sub(pattern, plain, text, flags=_I)
    return text


_DAYS_AGO = re.compile(rf"\b(?:in |over |during |for )?the (?:last|past) ({NUMBER}) (days|weeks)\b", _I)
_WEEK = re.compile(r"\b(?:in |during )?(?:the )?(this|last|past|previous) week\b", _I)


def recent_days(text: str, today: date) -> str:
    """Yesterday, last week and the last thirty days, as days of the calendar; weeks begin on Monday."""
    text = re.sub(r"\byesterday\b", f"on {today - timedelta(days=1)}", text, flags=_I)
    text = re.sub(r"\bthe day before yesterday\b", f"on {today - timedelta(days=2)}", text, flags=_I)

    def since(match: re.Match[str]) -> str:
        days = (number_of(match[1]) or 1) * (7 if match[2].lower() == "weeks" else 1)
        return f"from {today - timedelta(days=days - 1)} to {today}"

    def week(match: re.Match[str]) -> str:
        monday = today - timedelta(days=today.weekday() + (0 if match[1].lower() == "this" else 7))
        return f"from {monday} to {min(today, monday + timedelta(days=6))}"

    return _WEEK.sub(week, _DAYS_AGO.sub(since, text))


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"((?:{'|'.join(_MONTHS)})[a-z]*)\.?"
_SPAN = re.compile(
    rf"\b(?:from\s+)?{_MONTH}\s+(?:to|through|until|till|-|–)\s+{_MONTH}(?:\s+(?:of\s+)?((?:19|20)\d\d))?", _I
)
_SAME = re.compile(
    r"\b(?:the\s+)?same\s+(?:months?|period|span|time|half(?:[ -]year)?|quarter)\s+"
    r"(?:(?:of|in|a)\s+)?(?:the\s+)?((?:19|20)\d\d|(?:last|previous|prior) year"
    r"|(?:the )?year before|year earlier)\b",
    _I,
)
_ONE = re.compile(
    rf"\b(Q[1-4]|H[12]|(?:first|second|third|fourth) (?:quarter|half)|{_MONTH})(?: of)? ((?:19|20)\d\d)\b", _I
)


def _same_period(text: str) -> str:
    """ "Q1 2026 against the same quarter of 2025": Q1 of each."""
    one, same = _ONE.search(text), _SAME.search(text)
    if not one or not same or same.start() < one.end() or _SPAN.search(text):
        return text
    year = same[1] if same[1].isdigit() else str(int(one[3]) - 1)
    return f"{text[: same.start()]}{one[1]} {year}{text[same.end() :]}"


_NAMED = {(1, 3): "Q1", (4, 6): "Q2", (7, 9): "Q3", (10, 12): "Q4", (1, 6): "H1", (7, 12): "H2"}


def same_months(text: str) -> str:
    """ "January to June 2026 versus the same months of 2025": the first half of each. Years are the calendar's."""
    span, same = _SPAN.search(text), _SAME.search(text)
    if not span or not same or not span[3] or same.start() < span.end():
        return text
    first, last = (_MONTHS.index(span[number][:3].lower()) + 1 for number in (1, 2))
    name = _NAMED.get((first, last))
    if name is None:
        return text
    year = same[1] if same[1].isdigit() else str(int(span[3]) - 1)
    between = text[span.end() : same.start()]
    return f"{text[: span.start()]}{name} {span[3]}{between}{name} {year}{text[same.end() :]}"
