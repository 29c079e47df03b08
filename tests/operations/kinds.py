"""Small kinds of operations for tests: they count, and may fail on the way."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command, Turn
from knowledger.domain.operations.progress import Conclusion, Progress, Steps
from knowledger.domain.operations.run import Kind
from knowledger.kernel.errors import KnowledgerError


class HostBusy(KnowledgerError):
    """The host is busy."""

    retryable = True


class Count(Command):
    kind: ClassVar[str] = "count"
    up_to: int = 3


class CountBeside(Count):
    kind: ClassVar[str] = "count_beside"
    turn: ClassVar[Turn] = Turn.SHARED


@dataclass(frozen=True)
class Counted:
    total: int


def counting(
    *,
    at_each: Callable[[int, Claim], None] = lambda number, held: None,
    retry_on: tuple[type[Exception], ...] = (),
    max_attempts: int = 3,
    deadline: timedelta = timedelta(minutes=1),
    message: str = "counting",
) -> Kind[None, Count]:
    """A kind that counts, calls `at_each`, and on completion writes one row into the table `counted`."""

    def work(deps: None, held: Claim, command: Count) -> Steps[Counted]:
        for number in range(1, command.up_to + 1):
            at_each(number, held)
            yield Progress(message, step=f"step {number}", percent=100 * number / command.up_to)
        return _record(held, command)

    return Kind(Count, work, deadline, retry_on, max_attempts)


def _record(held: Claim, command: Count) -> Conclusion[Counted]:
    def conclude(session: Session) -> Counted:
        session.execute(text("CREATE TABLE IF NOT EXISTS counted (operation_id text, fence bigint)"))
        values = {"id": held.operation_id, "fence": held.fence}
        session.execute(text("INSERT INTO counted VALUES (:id, :fence)"), values)
        return Counted(command.up_to)

    return conclude


def rest(until: threading.Event, longest_s: float) -> None:
    """Takes time, as work does."""
    until.wait(longest_s)
