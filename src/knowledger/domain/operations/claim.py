"""Claim: how exactly one worker gets the right to run an operation, keeps it, and loses it.

The right is a lease, timed by the database's clock, and a fence number that every later write must still match. A
worker that was paused past its lease finds another fence in the row and can change nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg.rows import dict_row
from sqlalchemy import text
from sqlalchemy.orm import Session

from knowledger.domain.operations import events
from knowledger.domain.operations.errors import LeaseLost
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.straight import Driver
from knowledger.kernel.json import JsonObject

EVENTS_A_CRASH_CAN_TAKE = 100
"""More than are written in the moments of unflushed log that a crash of the database can lose. Clients may have seen
events with those numbers, so a number must never be used again."""


@dataclass(frozen=True)
class Claim:
    """The right to run one attempt of an operation."""

    operation_id: str
    organization_id: str
    user_id: str | None
    graph_id: str | None
    kind: str
    command: JsonObject
    attempt: int
    fence: int
    started_at: datetime
    remaining: timedelta

    @property
    def directory(self) -> str:
        """The name under which this attempt alone writes files."""
        return f"{self.operation_id}-{self.fence}"


_LOCK_QUEUE = """
    SELECT pg_advisory_xact_lock(hashtextextended(graph_id, 0)) FROM operations
    WHERE id = %(id)s AND turn <> 'free' AND graph_id IS NOT NULL AND status IN ('pending', 'running')
"""

_CLAIM = """
    UPDATE operations SET
        status = 'running',
        attempt = attempt + 1,
        fence = greatest(fence + 1, (extract(epoch FROM clock_timestamp()) * 1e6)::bigint),
        rings = 0,
        last_seq = last_seq + CASE WHEN claimed_at < pg_postmaster_start_time() THEN %(lost_events)s ELSE 0 END,
        claimed_at = clock_timestamp(),
        lease_until = clock_timestamp() + %(lease)s,
        ring_at = NULL,
        started_at = coalesce(started_at, clock_timestamp()),
        deadline = coalesce(deadline, clock_timestamp() + %(time_allowed)s)
    WHERE id = %(id)s
      AND (status = 'pending' AND not_before <= clock_timestamp()
        OR status = 'running' AND lease_until < clock_timestamp())
      AND (turn = 'free' OR NOT EXISTS (
        SELECT FROM operations other
        WHERE other.graph_id = operations.graph_id AND other.id <> operations.id
          AND other.status IN ('pending', 'running')
          AND 'exclusive' IN (other.turn, operations.turn) AND other.turn <> 'free'
          AND (other.status = 'running' OR other.position < operations.position)))
    RETURNING id, organization_id, user_id, graph_id, kind, command, attempt, fence, started_at, last_seq,
              deadline - clock_timestamp() AS remaining
"""


def claim(driver: Driver, operation_id: str, *, lease: timedelta, time_allowed: timedelta) -> tuple[Claim, int] | None:
    """Take the operation if it is free and its turn has come; gives the claim and the last event's number.

    To be called in a transaction.
    """
    values = {
        "id": operation_id,
        "lease": lease,
        "time_allowed": time_allowed,
        "lost_events": EVENTS_A_CRASH_CAN_TAKE,
    }
    # A statement of its own: what the next one sees is then what the last holder of the lock left behind.
    driver.execute(_LOCK_QUEUE, values)
    with driver.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(_CLAIM, values).fetchone()
    if row is None:
        return None
    first_seq = row.pop("last_seq") + 1
    held = Claim(operation_id=row.pop("id"), **row)
    about = events.started(held.kind, held.graph_id, held.attempt)
    said = events.event(held.operation_id, held.organization_id, first_seq, EventType.STARTED, about)
    events.append_straight(driver, said, fence=held.fence)
    return held, first_seq


_RENEW = text("""
    UPDATE operations SET lease_until = clock_timestamp() + :lease
    WHERE id = :id AND fence = :fence AND status = 'running'
    RETURNING cancel_requested_at IS NOT NULL AS cancelled, coalesce(cancel_reason, '') AS reason
""")


@dataclass(frozen=True)
class Renewal:
    cancel_reason: str | None


def renew(session: Session, held: Claim, lease: timedelta) -> Renewal:
    """Keep the lease; says whether somebody asked to cancel. Raises LeaseLost."""
    row = session.execute(_RENEW, {"id": held.operation_id, "fence": held.fence, "lease": lease}).one_or_none()
    if row is None:
        raise LeaseLost(held.operation_id)
    return Renewal(cancel_reason=row.reason if row.cancelled else None)


_STILL_HELD = text("""
    SELECT last_seq, cancel_requested_at IS NOT NULL AS cancelled, coalesce(cancel_reason, '') AS reason
    FROM operations WHERE id = :id AND fence = :fence AND status = 'running' FOR UPDATE
""")


@dataclass(frozen=True)
class Held:
    last_seq: int
    cancel_reason: str | None


def lock_held(session: Session, held: Claim) -> Held:
    """Lock the operation's row for writing under this claim. Raises LeaseLost: then nothing may be written."""
    row = session.execute(_STILL_HELD, {"id": held.operation_id, "fence": held.fence}).one_or_none()
    if row is None:
        raise LeaseLost(held.operation_id)
    return Held(row.last_seq, row.reason if row.cancelled else None)
