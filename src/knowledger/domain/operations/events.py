"""The events of an operation: their names, their data, and the one way to append one.

An event's `data` is built once, here, and travels unchanged to the log, the notification and every client.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.progress import Progress
from knowledger.domain.operations.straight import Driver
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject, JsonValue

EVENTS_CHANNEL = "operation_events"
_LARGEST_NOTIFICATION = 7_900  # PostgreSQL refuses 8,000 bytes


_APPEND = """
    WITH held AS (
        UPDATE operations
           SET last_seq = %(seq)s, progress = coalesce(CAST(%(progress)s AS jsonb), progress)
         WHERE id = %(operation_id)s AND last_seq = %(seq)s - 1
           AND (CAST(%(fence)s AS bigint) IS NULL OR fence = %(fence)s AND status = 'running')
        RETURNING id
    ), logged AS (
        INSERT INTO operation_events (operation_id, seq, type, data, at)
        SELECT id, %(seq)s, %(type)s, CAST(%(data)s AS jsonb), %(at)s FROM held
    )
    SELECT pg_notify(%(channel)s, %(notification)s) FROM held
"""


@dataclass(frozen=True)
class Event:
    """One thing an operation says. `data` is what every client receives."""

    operation_id: str
    organization_id: str
    seq: int
    type: EventType
    at: datetime
    data: JsonObject


def event(operation_id: str, organization_id: str, seq: int, type_: EventType, about: JsonObject) -> Event:
    at = utc_now()
    numbered: JsonObject = {"operation_id": operation_id, "sequence_number": seq, "timestamp": at.isoformat()}
    return Event(operation_id, organization_id, seq, type_, at, {**numbered, **about})


def append(session: Session, said: Event, *, fence: int | None = None) -> bool:
    """Log the event as the next one of its operation, and tell the listeners on commit: one round trip.

    Gives False, and changes nothing, where the number is not the next one or the fence is no longer the operation's.
    """
    return session.connection().exec_driver_sql(_APPEND, _next(said, fence)).first() is not None


def append_straight(driver: Driver, said: Event, *, fence: int) -> bool:
    """The same, by the driver itself."""
    return driver.execute(_APPEND, _next(said, fence)).fetchone() is not None


def _next(said: Event, fence: int | None) -> dict[str, object]:
    values = parameters(said)
    return {**values, "progress": values["data"] if said.type is EventType.PROGRESS else None, "fence": fence}


def parameters(said: Event) -> dict[str, object]:
    """Of a statement that logs an event and notifies."""
    return {
        "operation_id": said.operation_id,
        "seq": said.seq,
        "type": said.type.value,
        "data": json.dumps(said.data),
        "at": said.at,
        "channel": EVENTS_CHANNEL,
        "notification": _notification(said),
    }


def _notification(said: Event) -> str:
    """What listeners get: the event itself, or just its number where it is too large for a notification."""
    envelope: JsonObject = {
        "operation": said.operation_id,
        "organization": said.organization_id,
        "seq": said.seq,
        "type": said.type.value,
    }
    whole = json.dumps({**envelope, "data": said.data}, separators=(",", ":"))
    return whole if len(whole) <= _LARGEST_NOTIFICATION else json.dumps(envelope)  # ASCII: a character is a byte


def queued(kind: str, graph_id: str | None) -> JsonObject:
    return {"message": "Waiting for its turn", "operation_type": kind, "graph_id": graph_id}


def started(kind: str, graph_id: str | None, attempt: int) -> JsonObject:
    again = f" (attempt {attempt})" if attempt > 1 else ""
    return {"message": f"Started{again}", "operation_type": kind, "graph_id": graph_id, "attempt": attempt}


def progressed(progress: Progress, rate: float | None, eta_s: float | None) -> JsonObject:
    """Only what is known; the percentage goes by three names because published clients read one or the other."""
    known: dict[str, JsonValue] = {name: value for name, value in vars(progress).items() if value is not None}
    percent = known.pop("percent", None)
    if isinstance(percent, float | int):
        known |= dict.fromkeys(("progress_percent", "percentage", "progress"), round(percent, 1))
    if rate is not None:
        known["rate"] = round(rate, 1)
    if eta_s is not None:
        known["eta_seconds"] = round(eta_s, 1)
    return known


def retrying(error: KnowledgerError, attempt: int, pause: timedelta) -> JsonObject:
    seconds = round(pause.total_seconds(), 3)
    return {
        "message": f"{error.message} Trying again in {seconds:g} s.",
        "error": error.message,
        "code": error.code,
        "attempt": attempt,
        "retry_in_seconds": seconds,
    }


def completed(result: JsonObject, started_at: datetime | None) -> JsonObject:
    elapsed = utc_now() - started_at if started_at else timedelta()
    took_ms = max(0, round(elapsed.total_seconds() * 1000))
    return {"message": "Completed", "result": result, "execution_time_ms": took_ms}


def failed(error: KnowledgerError) -> JsonObject:
    return {
        "message": error.message,
        "error": error.message,
        "code": error.code,
        "hint": error.hint,
        "retryable": error.retryable,
        "error_details": error.details,
    }


def cancelled(reason: str) -> JsonObject:
    return {"message": "Cancelled", "reason": reason}
