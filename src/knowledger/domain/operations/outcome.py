"""How an operation ended, for whoever submitted it and waits."""

from contextlib import suppress
from dataclasses import dataclass, fields

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.operations.cancel import cancel
from knowledger.domain.operations.errors import OperationFinished, OperationNotFound
from knowledger.domain.operations.progress import Progress
from knowledger.kernel.json import JsonObject
from knowledger.models.operations import Operation


@dataclass(frozen=True)
class Outcome:
    """`status` is completed, failed or cancelled; `message` says why where it is not completed."""

    status: str
    result: JsonObject
    message: str
    retryable: bool


def outcome_of(session: Session, operation_id: str) -> Outcome | None:
    """None while the operation waits or runs. Raises OperationNotFound."""
    operation = session.get(Operation, operation_id)
    if operation is None:
        raise OperationNotFound
    if operation.ended_at is None:
        return None
    error = operation.error or {}
    message = str(error.get("message") or operation.cancel_reason or operation.status)
    return Outcome(operation.status, operation.result or {}, message, error.get("retryable") is True)


def progress_of(session: Session, operation_id: str) -> Progress | None:
    """What the operation said last of how far it is."""
    said = session.scalar(select(Operation.progress).where(Operation.id == operation_id))
    known = {field.name: said[field.name] for field in fields(Progress) if field.name in said} if said else {}
    if not said or "message" not in known:
        return None
    return Progress(**{**known, "percent": said.get("progress_percent")})  # type: ignore[arg-type]


def call_off(session: Session, operation_id: str, reason: str) -> None:
    """Cancel the operation, unless it has ended."""
    operation = session.get(Operation, operation_id)
    if operation is not None:
        with suppress(OperationFinished):
            cancel(session, operation, reason)
