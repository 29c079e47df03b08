"""The journal: one running attempt's writing to its operation's log.

Progress is written as it comes, at most twenty times a second, without waiting for the disk; statements are written
all, in their order. The journal remembers what it wrote lately: when a crash of the database takes unflushed events
with it, the next write puts them back.
"""

import time
from collections import deque
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from knowledger.domain.operations import events
from knowledger.domain.operations.away import is_database_away
from knowledger.domain.operations.claim import Claim, Held, lock_held
from knowledger.domain.operations.errors import LeaseLost
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.events import Event
from knowledger.domain.operations.pace import Pace
from knowledger.domain.operations.progress import Progress, Statement
from knowledger.domain.operations.straight import straight
from knowledger.kernel.json import JsonObject

SHORTEST_PAUSE_S = 0.05
_REMEMBERED = 512


class Journal:
    """Numbers and writes the events of one attempt. Only the thread that runs the operation uses it."""

    def __init__(
        self, held: Claim, last_seq: int, unhurried: Engine, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._held = held
        self._last_seq = last_seq
        self._engine = unhurried
        self._now = now
        self._written: deque[Event] = deque(maxlen=_REMEMBERED)
        self._unwritten: deque[Statement] = deque()
        self._pace = Pace(now)
        self._said: Progress | None = None
        self._latest: Progress | None = None
        self._next_at = 0.0

    def progress(self, latest: Progress) -> None:
        """Say how far the work is, if there is news and enough time has passed; otherwise with the next call.

        Progress without a step is a sign of life and no news.

        A database that does not answer costs nothing but this event: the next one carries the newer state. Raises
        LeaseLost.
        """
        self._latest = self._pace.never_back(latest)
        if not self._write_statements() or not latest.step:
            return
        is_new_step = self._said is None or latest.step != self._said.step
        if self._latest == self._said or (self._now() < self._next_at and not is_new_step):
            return
        self._next_at = self._now() + SHORTEST_PAUSE_S
        rate, eta_s = self._pace.measure(self._latest)
        try:
            self._write(EventType.PROGRESS, events.progressed(self._latest, rate, eta_s))
        except DBAPIError as error:
            if not is_database_away(error):
                raise
        else:
            self._said = self._latest

    def say(self, statement: Statement) -> None:
        """Write a statement, or keep it for the next call while the database does not answer. Raises LeaseLost."""
        self._unwritten.append(statement)
        self._write_statements()

    def hold(self, session: Session) -> Held:
        """Lock the operation's row, and write what is missing in the log before anything else. Raises LeaseLost."""
        row = self._put_back(session)
        while self._unwritten:
            said = self._event(self._unwritten[0].type, self._unwritten[0].about)
            events.append(session, said, fence=self._held.fence)
            self._last_seq = said.seq
            self._written.append(said)  # should this transaction fail, the next one puts it back
            self._unwritten.popleft()
        return row

    def append(self, session: Session, type_: EventType, about: JsonObject) -> None:
        """Write an event in the transaction that holds the row. Raises LeaseLost."""
        if not events.append(session, self._event(type_, about), fence=self._held.fence):
            raise LeaseLost(self._held.operation_id)

    def _write_statements(self) -> bool:
        """Whether all are in the log."""
        while self._unwritten:
            try:
                self._write(self._unwritten[0].type, self._unwritten[0].about)
            except DBAPIError as error:
                if not is_database_away(error):
                    raise
                return False
            self._unwritten.popleft()
        return True

    def _put_back(self, session: Session) -> Held:
        """Lock the row, and write again the events that a crash of the database took."""
        row = lock_held(session, self._held)
        for said in self._written:
            if said.seq > row.last_seq:
                events.append(session, said, fence=self._held.fence)
        return row

    def _write(self, type_: EventType, about: JsonObject) -> None:
        said = self._event(type_, about)
        with straight(self._engine) as driver:  # in autocommit: one statement, one round trip
            is_written = events.append_straight(driver, said, fence=self._held.fence)
        if not is_written:
            with Session(self._engine) as session:
                self._put_back(session)
                self.append(session, type_, about)
        self._last_seq = said.seq
        self._written.append(said)

    def _event(self, type_: EventType, about: JsonObject) -> Event:
        return events.event(self._held.operation_id, self._held.organization_id, self._last_seq + 1, type_, about)
