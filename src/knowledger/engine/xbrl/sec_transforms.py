"""The SEC's own inline transformations (EDGAR Filer Manual, volume II, 5.2.5.12), namespace …/2015-08-31.

Each takes the displayed text and gives the value that XBRL's types want. White space of XML around it does not count; a
non-breaking space there makes the text invalid, as the registry has it.
"""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Final

XML_SPACE = " \t\n\r"
_HYPHENS = "-\u058a\u05be\u2010\u2011\u2012\u2013\u2014\u2015\ufe58\ufe63\uff0d"
_HYPHEN = re.compile(f"[{_HYPHENS}]")
_FIRST_LETTERS = re.compile(r"(?<![^\W_])[^\W\d_]")
_WORD_BREAK = re.compile(rf"[{_HYPHENS}\s,]+")
_DURATION = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")
_DAYS_OF_A_MONTH = Decimal("30.4375")  # of a year of 365.25 days
_ONE_TO_NINETEEN = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_TENS_FROM_TWENTY = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL: Final = {word: number for number, word in enumerate(_ONE_TO_NINETEEN, 1)}
_TENS: Final = {word: number * 10 for number, word in enumerate(_TENS_FROM_TWENTY, 2)}
_GREAT = ("thousand", "million", "billion", "trillion", "quadrillion", "quintillion")
_SCALES: Final = {word: 1000**power for power, word in enumerate(_GREAT, 1)}
_NOTHING = ("zero", "none", "no", "nil")
_QUARTERS: Final = {"1": 1, "2": 2, "3": 3, "4": 4, "first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
_WHICH = r"(?P<which>[1-4]|[Ff]irst|[Ss]econd|[Tt]hird|[Ff]ourth|[Ll]ast)"
# Any words may stand around the two, but no other figures.
_QUARTER_FIRST = re.compile(rf"(?:(?![0-9]{{2}})\w[^0-9]*)?{_WHICH}[^0-9]*(?P<year>[0-9]{{4}})")
_YEAR_FIRST = re.compile(rf"(?P<year>[0-9]{{4}})[^0-9]*{_WHICH}(?:(?![0-9]).*\w)?")
_QUARTER_ENDS = ("03-31", "06-30", "09-30", "12-31")
_UNITS = re.compile(r"(years?|months?|weeks?|days?)", re.IGNORECASE)
_AROUND_EXCHANGES = re.compile(r"^the |,? (?:llc|inc\.?)$")
_NON = re.compile(r"^non\W+")
_FILER_CATEGORIES = ("Large Accelerated Filer", "Accelerated Filer", "Non-accelerated Filer")


class TransformFailed(ValueError):
    """The text is not what its format says it is."""


def transform(name: str, text: str) -> str:
    """Raises TransformFailed, also for a name that the registry does not have."""
    if name not in TRANSFORMS:
        raise TransformFailed(f"there is no transformation ixt-sec:{name}")
    return TRANSFORMS[name](text.strip(XML_SPACE))


def _ballot_box(checked: str, empty: str) -> Callable[[str], str]:
    values = {"☐": empty, "☑": checked, "☒": checked}

    def read(text: str) -> str:
        return _looked_up(values, text)

    return read


def _looked_up(values: Mapping[str, str], text: str) -> str:
    if text not in values:
        raise TransformFailed(f"{text!r} has no value")
    return values[text]


def _named(table: str, normal: Callable[[str], str]) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text != text.strip():
            raise TransformFailed(f"{text!r} begins or ends with a space that is no white space of XML")
        return _looked_up(_names(table, normal), normal(text))

    return read


@cache
def _names(table: str, normal: Callable[[str], str]) -> Mapping[str, str]:
    tables = json.loads(files(__package__).joinpath("sec_names.json").read_text("utf-8"))
    return {normal(name): code for code, names in tables[table].items() for name in names}


def _any_first_letter(text: str) -> str:
    """Names in which the first letter of a word may be of either case."""
    return _FIRST_LETTERS.sub(lambda letter: letter[0].lower(), " ".join(text.split())).replace("’", "'")


def _any_case(text: str) -> str:
    return " ".join(text.split()).casefold()


def _exchange(text: str) -> str:
    """Without what may stand around the name of an exchange."""
    return _AROUND_EXCHANGES.sub("", _any_case(text))


def _filer_category(text: str) -> str:
    values = {category.casefold(): category for category in _FILER_CATEGORIES}
    return _looked_up(values, _NON.sub("non-", _any_case(text)))


def _number_in_words(text: str) -> str:
    if text.casefold() in _NOTHING:
        return "0"
    if not text or text != text.strip():
        raise TransformFailed(f"{text!r} is no number in words")
    words = [word for word in _WORD_BREAK.split(text.casefold()) if word != "and"]
    return str(_total(words, text))


def _total(words: list[str], text: str) -> int:
    """Words of a number from the largest scale down: each scale multiplies what stands before it."""
    total = group = 0
    for word in words:
        if word in _SMALL and group % 10 == 0 and group % 100 != 10:
            group += _SMALL[word]
        elif word in _TENS and group % 100 == 0:
            group += _TENS[word]
        elif word == "hundred" and 0 < group < 100:
            group *= 100
        elif word in _SCALES and group:
            total, group = total + group * _SCALES[word], 0
        else:
            raise TransformFailed(f"{text!r} is no number in words")
    return total + group


def _duration_in_words(text: str) -> str:
    parts = dict.fromkeys(("Y", "M", "W", "D"), "")
    pieces = _UNITS.split(text)
    if text != text.strip() or len(pieces) < 3 or pieces[-1].strip():
        raise TransformFailed(f"{text!r} is no duration in words")
    for amount, unit in zip(pieces[::2], pieces[1::2], strict=False):
        symbol = unit[0].upper()
        if parts[symbol] or not re.search(rf"[{_HYPHENS}\s]$", amount):
            raise TransformFailed(f"{text!r} is no duration in words")
        parts[symbol] = _amount(amount)
    if weeks := parts.pop("W"):
        parts["D"] = str(int(weeks) * 7 + int(parts["D"] or 0))
    return "P" + ("".join(amount + symbol for symbol, amount in parts.items() if amount.strip("0")) or "0D")


def _amount(words: str) -> str:
    words = re.sub(rf"^[\s,]*(?:and\s+)?|[{_HYPHENS}\s]+$", "", words)
    return str(int(words)) if re.fullmatch(r"[0-9]+", words) else _number_in_words(words)


def _quarter_end(text: str) -> str:
    match = _QUARTER_FIRST.fullmatch(text) or _YEAR_FIRST.fullmatch(text)
    if match is None or match["year"] == "0000":
        raise TransformFailed(f"{text!r} names no quarter of a year")
    return f"{match['year']}-{_QUARTER_ENDS[_QUARTERS[match['which'].lower()] - 1]}"


def _duration(*units: tuple[str, Decimal | int]) -> Callable[[str], str]:
    """A decimal number in the first unit; its fraction goes down to the next ones, of which so many make one of it.

    What is left below the last unit is dropped. A unit of `T` before its letter is one of a time.
    """

    def read(text: str) -> str:
        match = _DURATION.fullmatch(text)
        if match is None or not (match[2] or match[3]):
            raise TransformFailed(f"{text!r} is no number")
        rest, written, is_nothing = Decimal(f"{match[2] or 0}.{match[3] or 0}"), "", True
        for place, (symbol, makes_one) in enumerate(units):
            whole, rest = divmod(rest * makes_one, 1)
            is_nothing = is_nothing and not whole
            if whole or (place == 0):
                written += ("T" if symbol == "H" else "") + f"{int(whole)}{symbol}"
        return f"{'-' if match[1] == '-' and not is_nothing else ''}P{written}"

    return read


def _always(value: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        return value

    return read


_yes_or_no = _ballot_box("Yes", "No")

TRANSFORMS: Final[Mapping[str, Callable[[str], str]]] = {
    "boolballotbox": _ballot_box("true", "false"),
    "yesnoballotbox": _yes_or_no,
    "countrynameen": _named("country", _any_first_letter),
    "edgarprovcountryen": _named("edgar_province_or_country", _any_first_letter),
    "stateprovnameen": _named("state_or_province", _any_case),
    "exchnameen": _named("exchange", _exchange),
    "entityfilercategoryen": _filer_category,
    "numwordsen": _number_in_words,
    "durwordsen": _duration_in_words,
    "datequarterend": _quarter_end,
    "duryear": _duration(("Y", 1), ("M", 12), ("D", _DAYS_OF_A_MONTH)),
    "durmonth": _duration(("M", 1), ("D", _DAYS_OF_A_MONTH)),
    "durweek": _duration(("D", 7)),
    "durday": _duration(("D", 1), ("H", 24)),
    "durhour": _duration(("H", 1)),
    "numinf": _always("INF"),
    "numneginf": _always("-INF"),
    "numnan": _always("NaN"),
}
