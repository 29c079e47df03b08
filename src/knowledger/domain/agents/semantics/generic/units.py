"""Units that limits and properties are told in, one held against the other."""

from decimal import Decimal

from knowledger.domain.agents.semantics.generic.naming import spelt
from knowledger.domain.agents.tools.named import singular

_SIZES = {
    "second": ("time", Decimal(1)), "minute": ("time", Decimal(60)), "hour": ("time", Decimal(3600)),
    "day": ("time", Decimal(86400)), "week": ("time", Decimal(604800)),
    "metre": ("length", Decimal(1)), "meter": ("length", Decimal(1)), "m": ("length", Decimal(1)),
    "km": ("length", Decimal(1000)), "kilometre": ("length", Decimal(1000)), "kilometer": ("length", Decimal(1000)),
    "cm": ("length", Decimal("0.01")), "g": ("mass", Decimal(1)), "kg": ("mass", Decimal(1000)),
    "kilo": ("mass", Decimal(1000)), "tonne": ("mass", Decimal(1000000)), "ton": ("mass", Decimal(1000000)),
}  # fmt: skip


def factor_of(unit: str, name: str) -> Decimal | None:
    """What an amount is multiplied by to be in the unit that a property's name tells; None where they clash."""
    told = _SIZES.get(singular(unit))
    own = next((_SIZES[word] for word in reversed(spelt(name)) if word in _SIZES), None)
    if told is None or own is None:
        return Decimal(1)
    return told[1] / own[1] if told[0] == own[0] else None
