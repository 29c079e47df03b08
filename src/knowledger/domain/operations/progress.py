"""What a domain function says while it works, and how it ends.

A long piece of work is a generator of `Progress` and, where it has more to tell, of `Statement`s. It works on private
files only, and *returns* what is left to do: a function that makes the effect visible and gives the result. The runner
calls that function inside the transaction that also writes the terminal event, so an effect and the news of it are one.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from knowledger.domain.operations.event_types import EventType
from knowledger.kernel.json import JsonObject

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

R = TypeVar("R")


@dataclass(frozen=True)
class Progress:
    """How far a piece of work has come: what is known, nothing guessed. `percent` is of the whole operation.

    Without a `step` it only says that the work is alive.
    """

    message: str
    step: str = ""
    percent: float | None = None
    current_step: int | None = None
    total_steps: int | None = None
    rows_done: int | None = None
    rows_total: int | None = None
    bytes_done: int | None = None
    bytes_total: int | None = None

    def within(self, low: float, high: float) -> "Progress":
        """The same, as the part of a larger whole that goes from `low` to `high` percent."""
        return self if self.percent is None else replace(self, percent=low + (high - low) * self.percent / 100)


@dataclass(frozen=True)
class Statement:
    """Something for the record besides progress: an event of its own, of which none is left out."""

    type: EventType
    about: JsonObject


Work: TypeAlias = Generator[Progress, None, R]
"""Work that says how far it is and gives an `R`."""

Conclusion: TypeAlias = Callable[["Session"], R]
"""Makes an operation's effect visible, in the transaction of its terminal event, and gives the result."""

Steps: TypeAlias = Generator[Progress | Statement, None, Conclusion[R]]
"""A whole operation: progress and statements, then its conclusion."""


def part_of(whole: tuple[float, float], work: Work[R]) -> Work[R]:
    """The same work as the part of a larger whole that goes from one percentage to another."""
    try:
        while True:
            yield next(work).within(*whole)
    except StopIteration as finished:
        result: R = finished.value
        return result
    finally:
        work.close()


def result_of(work: Work[R]) -> R:
    """What the work gives, when nobody asks how far it is."""
    while True:
        try:
            next(work)
        except StopIteration as finished:
            result: R = finished.value
            return result
