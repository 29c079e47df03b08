"""A figure: something measured beside the raw part that it is made of, and the mark it is to reach."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from knowledger.settings import Settings


@dataclass(frozen=True)
class Bench:
    """What a figure measures in: a directory of its own, and whether a small run is enough."""

    directory: Path
    quick: bool

    def size(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole

    @property
    def settings(self) -> Settings:
        """What people get who set nothing."""
        return Settings(home=self.directory / "home")


@dataclass(frozen=True)
class Line:
    """One row of the table. `reached` is None where no mark is set."""

    what: str
    ours: str
    raw: str = "–"
    ratio: str = "–"
    wanted: str = "–"
    reached: bool | None = None


Measure: TypeAlias = Callable[[Bench], Iterator[Line]]


def at_least(mark: float, what: str, ours: str, raw: str, ratio: float) -> Line:
    return Line(what, ours, raw, f"{ratio:.2f} ×", f"≥ {mark:g} ×", ratio >= mark)


def at_most(mark: float, what: str, ours: str, raw: str, ratio: float) -> Line:
    return Line(what, ours, raw, f"{ratio:.2f} ×", f"≤ {mark:g} ×", ratio <= mark)
