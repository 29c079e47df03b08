"""Submit: one transaction that inserts the operation and its first event."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import exists, select, text
from sqlalchemy.event import listens_for
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.operations import events
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.errors import IdempotencyKeyReused
from knowledger.domain.operations.event_types import EventType
from knowledger.kernel.ids import new_id
from knowledger.models.operations import Operation

Ring = Callable[[str, str], None]
"""Tells a worker that an operation waits: (kind, operation id). May fail or be lost; a sweep rings again."""

FIRST_SWEEP = timedelta(seconds=1)
_TO_RING = "operations to ring for"

_SUBMIT = text("""
    WITH submitted AS (
        INSERT INTO operations (id, organization_id, user_id, graph_id, kind, turn, command, idempotency_key,
                                request_hash, ring_at, last_seq)
        VALUES (:operation_id, :organization_id, :user_id, :graph_id, :kind, :turn, CAST(:command AS jsonb),
                :idempotency_key, :request_hash, clock_timestamp() + :first_sweep, :seq)
        ON CONFLICT (organization_id, idempotency_key) DO NOTHING
        RETURNING *
    ), logged AS (
        INSERT INTO operation_events (operation_id, seq, type, data, at)
        SELECT id, :seq, :type, CAST(:data AS jsonb), :at FROM submitted
    )
    SELECT submitted.*, pg_notify(:channel, :notification) FROM submitted
""")


def submit(
    session: Session,
    command: Command,
    *,
    organization_id: str,
    user_id: str | None,
    graph_id: str | None,
    idempotency_key: str | None = None,
) -> Operation:
    """Record the command as a pending operation. What can be refused at once has been refused before this.

    The same key with the same command gives the operation that the first call made. Raises IdempotencyKeyReused when
    the key came with another command. The doorbell rings after the caller's commit (`ring_after_commit`).
    """
    body = command.model_dump(mode="json")
    request_hash = _digest(command.kind, body)
    queued = events.event(new_id("op"), organization_id, 1, EventType.QUEUED, events.queued(command.kind, graph_id))
    row = {
        "organization_id": organization_id,
        "user_id": user_id,
        "graph_id": graph_id,
        "kind": command.kind,
        "turn": command.turn.value,
        "command": json.dumps(body),
        "idempotency_key": idempotency_key,
        "request_hash": request_hash,
        "first_sweep": FIRST_SWEEP,
    }
    operation: Operation | None = session.scalar(
        select(Operation).from_statement(_SUBMIT), {**row, **events.parameters(queued)}
    )
    if operation is None:
        return _earlier(session, organization_id, idempotency_key, request_hash)
    session.info.setdefault(_TO_RING, []).append((command.kind, operation.id))
    return operation


def was_submitted(session: Session, organization_id: str, idempotency_key: str | None) -> bool:
    """Whether an operation came with this key before. Then `submit` gives it, and what it did is no obstacle to it."""
    same = exists().where(Operation.organization_id == organization_id, Operation.idempotency_key == idempotency_key)
    return idempotency_key is not None and bool(session.scalar(select(same)))


def ring_after_commit(sessions: sessionmaker[Session], ring: Ring) -> None:
    """Have every session of this factory ring for the operations it submitted, once they are committed."""

    @listens_for(sessions, "after_commit")
    def ring_for_submitted(session: Session) -> None:
        for kind, operation_id in session.info.pop(_TO_RING, ()):
            ring(kind, operation_id)

    @listens_for(sessions, "after_rollback")
    def forget_submitted(session: Session) -> None:
        session.info.pop(_TO_RING, None)


def _earlier(session: Session, organization_id: str, idempotency_key: str | None, request_hash: str) -> Operation:
    found = session.scalars(
        select(Operation).where(
            Operation.organization_id == organization_id, Operation.idempotency_key == idempotency_key
        )
    ).one()
    if found.request_hash != request_hash:
        raise IdempotencyKeyReused(operation_id=found.id)
    return found


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
