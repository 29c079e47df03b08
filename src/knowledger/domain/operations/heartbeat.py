"""The heartbeat of a running attempt: a thread that keeps the lease and hears a cancel."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from knowledger.domain.operations.calls import Calls
from knowledger.domain.operations.claim import Claim, renew
from knowledger.domain.operations.errors import LeaseLost, OperationCancelled, OperationTimedOut

log = structlog.get_logger()

_LONGEST_PAUSE_S = 1.0
_SHORT_WORK_S = 0.2  # what ends sooner needs no heartbeat, and so no connection for one


class Heartbeat:
    """Says through `stop` why the work must end: cancelled, out of time, or the lease is lost."""

    def __init__(self, held: Claim, unhurried: Engine, lease: timedelta, calls: Calls) -> None:
        self.stop: Exception | None = None
        self._held = held
        self._engine = unhurried
        self._lease = lease
        self._calls = calls
        self._pause_s = min(lease.total_seconds() / 4, _LONGEST_PAUSE_S)
        self._deadline = time.monotonic() + held.remaining.total_seconds()
        self._lease_ends = time.monotonic() + lease.total_seconds()
        self._done = threading.Event()
        self._called = threading.Event()

    @contextmanager
    def beating(self) -> Iterator["Heartbeat"]:
        thread = threading.Thread(target=self._beat, name=f"heartbeat {self._held.operation_id}", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._done.set()
            self._called.set()

    def _beat(self) -> None:
        if self._done.wait(_SHORT_WORK_S):
            return
        with self._calls.of(self._held.operation_id, self._called):
            while not self._done.is_set() and self.stop is None:
                self._called.clear()
                self.stop = self._reason_to_stop()
                self._called.wait(0 if self._done.is_set() else self._pause_s)

    def _reason_to_stop(self) -> Exception | None:
        if time.monotonic() > self._deadline:
            return OperationTimedOut()
        asked_at = time.monotonic()
        try:
            with Session(self._engine) as session:
                renewal = renew(session, self._held, self._lease)
        except LeaseLost as lost:
            return lost
        except DBAPIError:
            log.warning("operation.heartbeat_missed", operation_id=self._held.operation_id)
            return LeaseLost(self._held.operation_id) if time.monotonic() > self._lease_ends else None
        self._lease_ends = asked_at + self._lease.total_seconds()
        return None if renewal.cancel_reason is None else OperationCancelled(renewal.cancel_reason)
