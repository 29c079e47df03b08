"""Inline transformations: displayed text to value, by the registries of XBRL International and of the SEC.

The former are Arelle's functions. They are imported at the first format that is not among the plainest ones, because
importing them costs more than parsing a filing does.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Final

from knowledger.engine.xbrl.sec_transforms import XML_SPACE, TransformFailed
from knowledger.engine.xbrl.sec_transforms import transform as sec_transform

__all__ = ["TransformFailed", "transform"]

_SEC = re.compile(r"https?://www\.sec\.gov/inlineXBRL/transformation/")
_REGISTRY: Final = "http://www.xbrl.org/inlineXBRL/transformation/"
_TR3, _TR4, _TR5 = (_REGISTRY + day for day in ("2015-02-26", "2020-02-12", "2022-02-16"))
_LEAP_YEAR: Final = 2000
_FIRST_HALF = ("January", "February", "March", "April", "May", "June")
_SECOND_HALF = ("July", "August", "September", "October", "November", "December")
_MONTHS: Final = {name: number for number, name in enumerate((*_FIRST_HALF, *_SECOND_HALF), 1)}
_MONTH_DAY = re.compile(rf"({'|'.join(_MONTHS)})[ \xa0]([0-9]{{1,2}})")
_DATE = re.compile(rf"{_MONTH_DAY.pattern},[ \xa0]([1-9][0-9]{{3}})")
_NUMBERED_DAY = re.compile(r"([0-9]{1,2})[/-]([0-9]{1,2})")
_DOT_DECIMAL = re.compile(r"[ \t\n\r]*([0-9]{1,3}(?:,[0-9]{3})*|[0-9]+)(\.[0-9]+)?[ \t\n\r]*")


def transform(namespace: str, name: str, text: str) -> str:
    """The value that a text stands for. Raises TransformFailed."""
    plain = _PLAIN.get((namespace, name))
    value = plain(text) if plain else None
    return _by_registry(namespace, name, text) if value is None else value


@lru_cache(maxsize=65536)
def _by_registry(namespace: str, name: str, text: str) -> str:
    if _SEC.match(namespace):
        return sec_transform(name, text)
    function = _functions().get(namespace, {}).get(name)
    if function is None:
        raise TransformFailed(f"there is no transformation {name} in {namespace}")
    try:
        return str(function(text.strip(XML_SPACE)))
    except Exception as error:  # whatever Arelle raises for a text that does not fit
        raise TransformFailed(f"{text!r} is no {name}") from error


@cache
def _functions() -> Mapping[str, Mapping[str, Callable[[str], str]]]:
    from arelle.FunctionIxt import ixtNamespaceFunctions  # type: ignore[import-untyped]  # Arelle has no types

    found: Mapping[str, Mapping[str, Callable[[str], str]]] = ixtNamespaceFunctions
    return found


def _dot_decimal(text: str) -> str | None:
    """1,234.5; anything less plain is left to the registry."""
    match = _DOT_DECIMAL.fullmatch(text)
    return None if match is None else match[1].replace(",", "") + (match[2] or "")


def _canonical_dot_decimal(text: str) -> str | None:
    """The later registries give numbers without zeros that change nothing."""
    value = _dot_decimal(text)
    if value is None:
        return None
    whole, _, part = value.partition(".")
    part = part.rstrip("0")
    return (whole.lstrip("0") or "0") + (f".{part}" if part else "")


def _date(text: str) -> str | None:
    """September 30, 2023."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    month, day = _MONTHS[match[1]], int(match[2])
    try:
        return date(int(match[3]), month, day).isoformat()
    except ValueError:
        return None


def _month_and_day(text: str) -> str | None:
    """September 30."""
    match = _MONTH_DAY.fullmatch(text)
    return None if match is None else _day_of_any_year(_MONTHS[match[1]], int(match[2]))


def _numbered_day(text: str) -> str | None:
    """12/31."""
    match = _NUMBERED_DAY.fullmatch(text)
    return None if match is None else _day_of_any_year(int(match[1]), int(match[2]))


def _day_of_any_year(month: int, day: int) -> str | None:
    try:
        return f"--{date(_LEAP_YEAR, month, day):%m-%d}"
    except ValueError:
        return None


def _fixed(value: str) -> Callable[[str], str]:
    def give(text: str) -> str:
        return value

    return give


def _zero_dash(text: str) -> str | None:
    return "0" if text.strip(XML_SPACE) in ("-", "\u2013", "\u2014") else None


# What nine of ten facts use, and which reads the same in Arelle: a test holds the two together.
_PLAIN: Final[Mapping[tuple[str, str], Callable[[str], str | None]]] = {
    (_TR3, "numdotdecimal"): _dot_decimal,
    (_TR3, "zerodash"): _zero_dash,
    (_TR3, "booleantrue"): _fixed("true"),
    (_TR3, "booleanfalse"): _fixed("false"),
    (_TR3, "nocontent"): _fixed(""),
    (_TR3, "datemonthdayyearen"): _date,
    (_TR3, "datemonthdayen"): _month_and_day,
    **{(registry, "date-monthname-day-year-en"): _date for registry in (_TR4, _TR5)},
    **{(registry, "date-monthname-day-en"): _month_and_day for registry in (_TR4, _TR5)},
    **{(registry, "date-month-day"): _numbered_day for registry in (_TR4, _TR5)},
    **{(registry, "num-dot-decimal"): _canonical_dot_decimal for registry in (_TR4, _TR5)},
    **{(registry, "fixed-zero"): _fixed("0") for registry in (_TR4, _TR5)},
    **{(registry, "fixed-true"): _fixed("true") for registry in (_TR4, _TR5)},
    **{(registry, "fixed-false"): _fixed("false") for registry in (_TR4, _TR5)},
    **{(registry, "fixed-empty"): _fixed("") for registry in (_TR4, _TR5)},
}
