"""What else ends when an operation does, in the same transaction, however it ends and whoever ends it."""

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy.orm import Session

from knowledger.domain.operations.command import Command

Ending: TypeAlias = Callable[[Session, str], None]
"""Told the operation's id. It may not fail, or the operation could not end."""

_endings: dict[str, Ending] = {}


def at_the_end_of(command: type[Command]) -> Callable[[Ending], Ending]:
    """Declared beside the command, so that whoever can make or run such an operation knows it."""

    def declare(ending: Ending) -> Ending:
        _endings[command.kind] = ending
        return ending

    return declare


def conclude(session: Session, kind: str, operation_id: str) -> None:
    ending = _endings.get(kind)
    if ending is not None:
        ending(session, operation_id)
