"""What registers give a reporting entity: identifiers, checked and written in one way.

Each function takes what people write and gives what is kept. It raises ValueError with the rule that is broken.
"""

import re
from datetime import date

_LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_CIK = re.compile(r"[0-9]{1,10}")
_EIN = re.compile(r"([0-9]{2})-?([0-9]{7})")
_SIC = re.compile(r"[0-9]{4}")
_TICKER = re.compile(r"[0-9A-Z]{1,12}([.\-/^=][0-9A-Z]{1,6})*")
_FISCAL_YEAR_END = re.compile(r"(?:--)?([0-9]{2})-?([0-9]{2})")
_LEAP_YEAR = 2000

_EIN_PREFIXES = frozenset(
    f"{number:02}"
    for first, last in (
        *((1, 6), (10, 16), (20, 27), (30, 48), (50, 68)),
        *((71, 77), (80, 88), (90, 95), (98, 99)),
    )
    for number in range(first, last + 1)
)
"""What the IRS assigns (its page on valid EIN prefixes)."""


def lei(text: str) -> str:
    """A Legal Entity Identifier (ISO 17442): 18 letters and digits, then two check digits (ISO 7064, MOD 97-10)."""
    found = text.strip().upper()
    if not _LEI.fullmatch(found):
        raise ValueError(f"{text!r} is not an LEI: 18 letters or digits, then two check digits")
    body = "".join(str(int(sign, 36)) for sign in found)
    if int(body) % 97 != 1:
        expected = 98 - int(body[:-2] + "00") % 97
        raise ValueError(f"{text!r} has the wrong check digits: by ISO 17442 they would be {expected:02}")
    return found


def cik(text: str) -> str:
    """The SEC's Central Index Key, written with its leading zeros."""
    found = text.strip().upper().removeprefix("CIK").strip()
    if not _CIK.fullmatch(found) or not int(found):
        raise ValueError(f"{text!r} is not a CIK: one to ten digits, not all zero")
    return found.zfill(10)


def ein(text: str) -> str:
    """The IRS's Employer Identification Number, written without its hyphen."""
    match = _EIN.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an EIN: nine digits, as in 12-3456789")
    if match[1] not in _EIN_PREFIXES:
        raise ValueError(f"{text!r} is not an EIN: the IRS gives no number that begins with {match[1]}")
    return match[1] + match[2]


def sic(text: str) -> str:
    """A code of the Standard Industrial Classification."""
    if not _SIC.fullmatch(found := text.strip()):
        raise ValueError(f"{text!r} is not a SIC code: four digits, such as 7372")
    return found


def ticker(text: str) -> str:
    """A symbol as exchanges write it, in upper case."""
    if not _TICKER.fullmatch(found := text.strip().upper()):
        raise ValueError(f"{text!r} is not a ticker: letters and digits, such as BRK.B")
    return found


def fiscal_year_end(text: str) -> str:
    """A day that comes every year, as MM-DD. XBRL writes --MM-DD, the SEC MMDD, others --MMDD; all are understood."""
    match = _FISCAL_YEAR_END.fullmatch(text.strip())
    try:
        day = date(_LEAP_YEAR, int(match[1]), int(match[2])) if match else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(f"{text!r} is not the end of a fiscal year: a month and a day, such as --1231")
    return f"{day:%m-%d}"


def currency(text: str) -> str:
    """An ISO 4217 code, by its form."""
    return _letters(text, 3, "a currency: three letters, such as USD (ISO 4217)")


def country(text: str) -> str:
    """An ISO 3166-1 alpha-2 code, by its form."""
    return _letters(text, 2, "a country: two letters, such as US (ISO 3166-1)")


def _letters(text: str, length: int, rule: str) -> str:
    found = text.strip().upper()
    if len(found) != length or not found.isascii() or not found.isalpha():
        raise ValueError(f"{text!r} is not {rule}")
    return found
