"""Modes: how much thought an answer may take."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Mode(StrEnum):
    QUICK = "quick"
    STANDARD = "standard"
    EXTENDED = "extended"

    @property
    def limits(self) -> "Limits":
        return _LIMITS[self]


@dataclass(frozen=True)
class Limits:
    """What one run may use. Tokens are those of all its calls to the model together.

    `answer_tokens` is the longest that one call may answer, `result_characters` the most of a tool's result that the
    model is shown.
    """

    tool_calls: int
    input_tokens: int
    output_tokens: int
    answer_tokens: int
    result_characters: int
    wall_clock: timedelta


_LIMITS = {
    Mode.QUICK: Limits(5, 60_000, 4_000, 1_500, 8_000, timedelta(seconds=60)),
    Mode.STANDARD: Limits(15, 250_000, 16_000, 4_000, 20_000, timedelta(minutes=4)),
    Mode.EXTENDED: Limits(50, 1_000_000, 60_000, 8_000, 40_000, timedelta(minutes=12)),
}

LONGEST_RUN = max(limits.wall_clock for limits in _LIMITS.values())
