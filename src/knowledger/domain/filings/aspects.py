"""What makes a fact that fact: its aspects (OIM 1.0, section 3), written one way, and ids that follow from them."""

from collections.abc import Iterable
from datetime import date
from hashlib import blake2b
from typing import NamedTuple


class Dimension(NamedTuple):
    """An axis with its member: an explicit one by its concept, a typed one by its text."""

    axis: str
    member: str = ""
    typed_value: str | None = None

    @property
    def key(self) -> str:
        return f"{self.axis}={self.member}" if self.typed_value is None else f"{self.axis}~{self.typed_value}"

    @property
    def dimension_id(self) -> str:
        return digest("dimension", self.key)


class Period(NamedTuple):
    """Days, both included; an instant has no start, and is the end of its day; forever has neither."""

    start: date | None
    end: date | None

    @property
    def period_id(self) -> str:
        if self.end is None:
            return "forever"
        return f"{self.start.isoformat()}/{self.end.isoformat()}" if self.start else self.end.isoformat()

    @property
    def period_type(self) -> str:
        return "forever" if self.end is None else "duration" if self.start else "instant"

    @property
    def days(self) -> int | None:
        return (self.end - self.start).days + 1 if self.start and self.end else None


class Unit(NamedTuple):
    """Measures as prefix:name, sorted: those multiplied, over those divided by."""

    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()

    @property
    def unit_id(self) -> str:
        top, bottom = "*".join(self.numerator), "*".join(self.denominator)
        return f"{top}/{bottom}" if bottom else top


def dimension_set_id(dimensions: Iterable[Dimension]) -> str:
    """The same for the same axes and members, in whatever order."""
    return digest("dimensions", *sorted(dimension.key for dimension in dimensions))


def fact_id(
    accession: str,
    concept_id: str,
    entity_id: str,
    period_id: str,
    unit_id: str,
    language: str,
    dimension_set_id: str,
) -> str:
    return digest(accession, concept_id, entity_id, period_id, unit_id, language, dimension_set_id)


def digest(*parts: str) -> str:
    """128 bits, as 32 hexadecimal digits. The parts cannot run into each other."""
    return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()
