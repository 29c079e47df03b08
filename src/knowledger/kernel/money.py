"""Money: whole minor units of a currency. It is rounded in one place, `Money.times`, half to even."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from knowledger.kernel.errors import KnowledgerError

Exact: TypeAlias = int | Decimal | Fraction
"""Numbers that say what they mean. A float does not."""

MINOR_DIGITS = {"BHD": 3, "CLP": 0, "ISK": 0, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "VND": 0}
"""Digits after the point (ISO 4217) where they are not two."""


class CurrencyMismatch(KnowledgerError):
    """Amounts of different currencies were to be put together."""


@dataclass(frozen=True)
class Money:
    """An amount, `minor` being cents where the currency has cents."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"{self.minor!r} is no whole number of minor units")

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added.")
        return Money(self.minor + other.minor, self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return self + -other

    def times(self, quantity: Exact) -> "Money":
        """The price of a quantity: exact until it is rounded to a minor unit, half to even."""
        return Money(round_half_even(self.minor * exact(quantity)), self.currency)

    def __str__(self) -> str:
        digits = MINOR_DIGITS.get(self.currency, 2)
        return f"{Decimal(self.minor).scaleb(-digits):,.{digits}f} {self.currency}"


def priced(quantity: Exact, rate: Decimal, currency: str) -> Money:
    """What a quantity costs at a rate in major units (`0.25` a GiB-month), rounded once."""
    minor = exact(rate) * 10 ** MINOR_DIGITS.get(currency, 2)
    return Money(round_half_even(exact(quantity) * minor), currency)


def exact(number: Exact) -> Fraction:
    """Raises TypeError for a float, which would bring its own rounding along."""
    if not isinstance(number, (int, Decimal, Fraction)):
        raise TypeError(f"{number!r} is not exact")
    return Fraction(number)


def round_half_even(number: Fraction) -> int:
    """The nearest whole number; of two that are as near, the even one."""
    below, rest = divmod(number.numerator, number.denominator)
    twice = 2 * rest - number.denominator
    return below + (twice > 0 or (twice == 0 and below % 2 == 1))
