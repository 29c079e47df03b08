"""Cancel: asks a running operation to stop, and ends a waiting one at once."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from knowledger.domain.operations import events
from knowledger.domain.operations.errors import OperationFinished
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.transitions import end
from knowledger.models.operations import Operation

CONTROL_CHANNEL = "operation_control"


def cancel(session: Session, operation: Operation, reason: str = "Cancelled by the user") -> Operation:
    """Ask for the end of an operation. Raises OperationFinished; asking twice is asking once."""
    session.execute(select(Operation.id).where(Operation.id == operation.id).with_for_update())
    session.refresh(operation)
    if operation.status == "pending":
        seq, about = operation.last_seq + 1, events.cancelled(reason)
        events.append(session, events.event(operation.id, operation.organization_id, seq, EventType.CANCELLED, about))
        end(session, operation, "cancelled")
    elif operation.status == "running":
        operation.cancel_requested_at = operation.cancel_requested_at or session.scalar(select(func.now()))
        operation.cancel_reason = operation.cancel_reason or reason
        session.execute(text("SELECT pg_notify(:channel, :id)"), {"channel": CONTROL_CHANNEL, "id": operation.id})
        session.flush()
    else:
        raise OperationFinished(f"The operation has already ended: {operation.status}.", status=operation.status)
    return operation
