"""What changes in an operation's row when an attempt ends. The caller holds the row and appends the event first."""

from datetime import timedelta

from sqlalchemy import func, update
from sqlalchemy.orm import Session

from knowledger.domain.operations.endings import conclude
from knowledger.kernel.json import JsonObject
from knowledger.models.operations import Operation


def end(
    session: Session,
    operation: Operation,
    status: str,
    *,
    result: JsonObject | None = None,
    error: JsonObject | None = None,
) -> None:
    """Give the operation its final status and its outcome, and end what hangs on it."""
    session.execute(
        update(Operation)
        .where(Operation.id == operation.id)
        .values(
            status=status, result=result, error=error, ended_at=func.clock_timestamp(), ring_at=None, lease_until=None
        )
    )
    conclude(session, operation.kind, operation.id)
    session.expire(operation)


def wait_for_retry(session: Session, operation_id: str, pause: timedelta) -> None:
    """Back to pending, to be rung for after the pause."""
    when = func.clock_timestamp() + pause
    session.execute(
        update(Operation)
        .where(Operation.id == operation_id)
        .values(status="pending", not_before=when, ring_at=when, lease_until=None)
    )
