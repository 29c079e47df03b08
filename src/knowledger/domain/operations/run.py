"""Run: the one place that drives an operation's work and turns its outcome into events.

Whatever happens, an attempt ends in exactly one of: completed, failed, cancelled, retrying, or silence, when the lease
was lost and another attempt speaks for the operation.
"""

import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property, partial
from typing import Generic, TypeVar

import structlog
from pydantic import TypeAdapter
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.operations import events
from knowledger.domain.operations.away import is_database_away
from knowledger.domain.operations.calls import Calls
from knowledger.domain.operations.claim import Claim, claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.errors import LeaseLost, OperationCancelled, WorkerLost
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.heartbeat import Heartbeat
from knowledger.domain.operations.journal import Journal
from knowledger.domain.operations.progress import Conclusion, Statement, Steps
from knowledger.domain.operations.straight import straight
from knowledger.domain.operations.submit import Ring
from knowledger.domain.operations.sweep import waiting_behind
from knowledger.domain.operations.transitions import end, wait_for_retry
from knowledger.kernel.errors import InternalError, KnowledgerError
from knowledger.kernel.json import JsonObject
from knowledger.models.operations import Operation

log = structlog.get_logger()

C = TypeVar("C", bound=Command)
D = TypeVar("D")

_FIRST_PAUSE = timedelta(seconds=1)
_LONGEST_PAUSE = timedelta(minutes=1)
_DATABASE_PAUSE_S = 0.2


@dataclass(frozen=True)
class Kind(Generic[D, C]):
    """One kind of operation: what it does and how long, how often and after which errors it is tried."""

    command: type[C]
    work: Callable[[D, Claim, C], Steps[object]]
    deadline: timedelta
    retry_on: tuple[type[Exception], ...] = ()
    max_attempts: int = 3


@dataclass(frozen=True)
class Runtime:
    """What running needs. `unhurried` is in autocommit and does not wait for the disk at commit."""

    sessions: sessionmaker[Session]
    unhurried: Engine
    lease: timedelta
    ring: Ring

    @cached_property
    def calls(self) -> Calls:
        return Calls(self.unhurried)


def run_operation(runtime: Runtime, kind: Kind[D, C], deps: D, operation_id: str) -> None:
    """Claim the operation and run one attempt of it; does nothing where it is not ours to run."""
    taken = _claimed(runtime, kind.deadline, operation_id)
    if taken is None:
        return
    held, last_seq = taken
    attempt = Attempt(runtime, kind, held, Journal(held, last_seq, runtime.unhurried))
    with structlog.contextvars.bound_contextvars(operation_id=held.operation_id, attempt=held.attempt):
        attempt.run(deps)
    for waiting_kind, waiting_id in attempt.next_in_line():
        runtime.ring(waiting_kind, waiting_id)


class Attempt(Generic[D, C]):
    """One attempt under one claim."""

    def __init__(self, runtime: Runtime, kind: Kind[D, C], held: Claim, journal: Journal) -> None:
        self._runtime = runtime
        self._kind = kind
        self._held = held
        self._journal = journal

    def run(self, deps: D) -> None:
        log.info("operation.started", kind=self._held.kind)
        with Heartbeat(
            self._held, self._runtime.unhurried, self._runtime.lease, self._runtime.calls
        ).beating() as heartbeat:
            try:
                self._work(deps, heartbeat)
            except LeaseLost:
                log.warning("operation.lease_lost")
            except DBAPIError:
                # The database went away and stayed away. The lease runs out, and the next attempt starts afresh.
                log.exception("operation.database_lost")

    def next_in_line(self) -> list[tuple[str, str]]:
        """The operations that may have waited for this one."""
        try:
            with self._runtime.sessions() as session:
                return waiting_behind(session, self._held.graph_id)
        except DBAPIError:
            return []  # the sweep finds them

    def _work(self, deps: D, heartbeat: Heartbeat) -> None:
        try:
            if self._held.attempt > self._kind.max_attempts:
                raise WorkerLost
            command = self._kind.command.model_validate(self._held.command)
            conclude = self._drive(self._kind.work(deps, self._held, command), heartbeat)
            self._persist(lambda: self._complete(conclude))
        except LeaseLost:
            raise
        except OperationCancelled as error:
            self._persist(partial(self._cancel, error))
        except self._kind.retry_on as error:
            self._persist(partial(self._retry_or_fail, _known(error)))
        except Exception as error:
            if is_database_away(error):
                raise
            self._persist(partial(self._fail, _known(error)))

    def _drive(self, steps: Steps[object], heartbeat: Heartbeat) -> Conclusion[object]:
        """Run the generator to its return; a reason to stop is thrown into it, so that it cleans up."""
        with closing(steps):
            try:
                said = next(steps)
                while True:
                    if isinstance(said, Statement):
                        self._journal.say(said)
                    else:
                        self._journal.progress(said)
                    said = next(steps) if heartbeat.stop is None else steps.throw(heartbeat.stop)
            except StopIteration as finished:
                conclusion: Conclusion[object] = finished.value
                return conclusion

    def _complete(self, conclude: Conclusion[object]) -> None:
        """The effect, the result and the terminal event: one transaction. A cancel that came first wins."""
        with self._runtime.sessions.begin() as session:
            cancel_reason = self._journal.hold(session).cancel_reason
            if cancel_reason is not None:
                raise OperationCancelled(cancel_reason)
            result = _as_json(conclude(session))
            self._journal.append(session, EventType.COMPLETED, events.completed(result, self._held.started_at))
            end(session, session.get_one(Operation, self._held.operation_id), "completed", result=result)
        log.info("operation.completed", kind=self._held.kind)

    def _fail(self, error: KnowledgerError) -> None:
        self._end("failed", EventType.ERROR, events.failed(error), error.as_json())

    def _cancel(self, cancelled: OperationCancelled) -> None:
        self._end("cancelled", EventType.CANCELLED, events.cancelled(cancelled.message))

    def _end(self, status: str, type_: EventType, about: JsonObject, error: JsonObject | None = None) -> None:
        with self._runtime.sessions.begin() as session:
            self._journal.hold(session)
            self._journal.append(session, type_, about)
            end(session, session.get_one(Operation, self._held.operation_id), status, error=error)
        log.info(f"operation.{status}", kind=self._held.kind, code=error and error["code"])

    def _retry_or_fail(self, error: KnowledgerError) -> None:
        if self._held.attempt >= self._kind.max_attempts:
            return self._fail(error)
        pause = _pause_after(self._held.attempt)
        with self._runtime.sessions.begin() as session:
            self._journal.hold(session)
            self._journal.append(session, EventType.RETRYING, events.retrying(error, self._held.attempt, pause))
            wait_for_retry(session, self._held.operation_id, pause)
        log.info("operation.retrying", code=error.code, pause_s=pause.total_seconds())
        return None

    def _persist(self, write: Callable[[], None]) -> None:
        """Do the closing write, again and again while the database is away and the lease may still be ours.

        A commit whose answer was lost is met again as a lost lease: the row has moved on, and all is well.
        """
        give_up_at = time.monotonic() + self._runtime.lease.total_seconds()
        while True:
            try:
                return write()
            except DBAPIError as error:
                if not is_database_away(error):
                    raise
                if time.monotonic() > give_up_at:
                    raise
                time.sleep(_DATABASE_PAUSE_S)


def _claimed(runtime: Runtime, time_allowed: timedelta, operation_id: str) -> tuple[Claim, int] | None:
    """A claim need not wait for the disk: one that is lost with the database is simply made again."""
    try:
        with straight(runtime.unhurried) as driver, driver.transaction():
            return claim(driver, operation_id, lease=runtime.lease, time_allowed=time_allowed)
    except DBAPIError as error:
        if not is_database_away(error):
            raise
        log.warning("operation.unclaimed", operation_id=operation_id)  # the sweep rings again
        return None


def _known(error: BaseException) -> KnowledgerError:
    """The error as a user may see it; what we did not foresee goes to the log and is called internal."""
    if isinstance(error, KnowledgerError):
        return error
    log.error("operation.unforeseen_error", exc_info=error)
    return InternalError()


def _as_json(result: object) -> JsonObject:
    plain: JsonObject = TypeAdapter(type(result)).dump_python(result, mode="json")
    return plain


def _pause_after(attempt: int) -> timedelta:
    """1, 2, 4 … s up to a minute, each shortened by up to a half at random so that retries do not come in step."""
    longest = min(_FIRST_PAUSE * (1 << min(attempt - 1, 16)), _LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1)  # noqa: S311 - no secret depends on it
