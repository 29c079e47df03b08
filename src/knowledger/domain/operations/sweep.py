"""The sweep: finds operations that should be running and are not, whatever became of their doorbell."""

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from knowledger.models.operations import Operation

_DUE = text("""
    UPDATE operations SET
        rings = rings + 1,
        ring_at = clock_timestamp() + least(power(2, rings), :longest_pause_s) * interval '1 second'
    WHERE id IN (
        SELECT id FROM operations
        WHERE coalesce(ring_at, '-infinity') < clock_timestamp()
          AND (status = 'pending' AND not_before <= clock_timestamp()
            OR status = 'running' AND lease_until < clock_timestamp())
        ORDER BY position LIMIT :most FOR UPDATE SKIP LOCKED)
    RETURNING kind, id
""")

LONGEST_PAUSE_S = 4
MOST_AT_ONCE = 200


def due_operations(session: Session) -> list[tuple[str, str]]:
    """(kind, id) of operations to ring for: pending ones nobody took up, running ones whose lease ran out.

    Each is due again a little later, so that a doorbell that is lost once more is rung once more.
    """
    rows = session.execute(_DUE, {"longest_pause_s": LONGEST_PAUSE_S, "most": MOST_AT_ONCE})
    return [(row.kind, row.id) for row in rows]


def waiting_behind(session: Session, graph_id: str | None) -> list[tuple[str, str]]:
    """(kind, id) of the operations on a graph whose turn may have come, in their order."""
    if graph_id is None:
        return []
    waiting = (
        select(Operation.kind, Operation.id)
        .where(Operation.graph_id == graph_id, Operation.status == "pending")
        .order_by(Operation.position)
        .limit(8)
    )
    return [(row.kind, row.id) for row in session.execute(waiting)]
