"""The frozen input of an operation, and how it takes turns with others on the same graph."""

from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Turn(StrEnum):
    """Operations on one graph take turns in the order they were submitted, as readers and writers of a lock do."""

    EXCLUSIVE = "exclusive"
    """Waits for every earlier one of the graph, and every later one waits for it."""
    SHARED = "shared"
    """Runs beside other shared ones; waits only for earlier exclusive ones."""
    FREE = "free"
    """Waits for nobody."""


class Command(BaseModel):
    """What a kind of operation needs to know. `kind` names it on the wire and in Celery."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: ClassVar[str]
    turn: ClassVar[Turn] = Turn.EXCLUSIVE
