"""Numbers as filings write them, exactly."""

from decimal import Context, Decimal

_EXACT = Context(prec=400)
_LONGEST = 300
_INFINITE = "INF"
NOT_FINITE = ("INF", "-INF", "NaN")
"""Values that doubles may have, and decimals may not: kept as they are written."""


class BadNumber(ValueError):
    """The text is no number."""


def number(text: str) -> Decimal:
    """An XML decimal, or a double where a document has one. Raises BadNumber."""
    try:
        value = _EXACT.create_decimal(text.strip())
    except ArithmeticError:
        raise BadNumber(f"{text.strip()[:80]!r} is no number") from None
    if not value.is_finite() or abs(value.adjusted()) > _LONGEST:
        raise BadNumber(f"{text.strip()[:80]!r} is no number that can be kept")
    return value


def scaled(text: str, scale: str | None, sign: str | None) -> Decimal:
    """The number a text stands for, after the power of ten and the sign its element gives. Raises BadNumber."""
    value = number(text)
    if scale and scale != "0":
        try:
            power = int(scale)
        except ValueError:
            raise BadNumber(f"the scale {scale!r} is no whole number") from None
        if abs(power) > _LONGEST:
            raise BadNumber(f"the scale {scale!r} is out of all bounds")
        value = value.scaleb(power, _EXACT)
    return -value if sign == "-" else value


def written(value: Decimal) -> str:
    """Without an exponent: digits, and a point where there is one. Zeros that only tell precision are kept."""
    if value == 0:
        return "0" if value.as_tuple().exponent >= 0 else f"{abs(value):f}"  # type: ignore[operator]
    text = str(value)
    return f"{value:f}" if "E" in text else text


def decimals_of(decimals: str | None, precision: str | None, value: Decimal | None) -> str | None:
    """`decimals` as reported; a `precision` is turned into the decimals it means (XBRL 2.1, 4.6.6)."""
    if decimals is not None:
        return decimals.strip()
    if precision is None or value is None:
        return None
    if precision.strip() == _INFINITE or value == 0:
        return _INFINITE
    try:
        return str(int(precision) - value.adjusted() - 1)
    except ValueError:
        return None


def decimals_as_int(decimals: str | None) -> int | None:
    """None where nothing is said, or INF, or more than any number has: the value is exact."""
    try:
        places = _LONGEST + 1 if decimals is None or decimals == _INFINITE else int(decimals)
    except ValueError:
        return None
    return None if places > _LONGEST else max(places, -_LONGEST)
