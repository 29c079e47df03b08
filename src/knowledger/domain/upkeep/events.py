"""Event retention: what an operation said on its way is forgotten some time after it ended."""

from datetime import timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.upkeep.reports import Report

_BATCH = 20_000

# The last event stays: by it a stream knows that there is nothing more to come.
_FORGET = text("""
    DELETE FROM operation_events WHERE (operation_id, seq) IN (
        SELECT e.operation_id, e.seq FROM operation_events e JOIN operations o ON o.id = e.operation_id
        WHERE o.ended_at < now() - :kept AND e.seq < o.last_seq LIMIT :batch)
""")


def forget_events(sessions: sessionmaker[Session], kept: timedelta) -> Report:
    """Delete, in batches that hold nobody up, the events of operations that ended longer ago than `kept`."""
    count = 0
    while True:
        with sessions.begin() as session:
            gone: int = getattr(session.execute(_FORGET, {"kept": kept, "batch": _BATCH}), "rowcount", 0)
        count += gone
        if gone < _BATCH:
            return Report(f"{count:,} events of operations that ended over {kept.days} days ago.", {"events": count})
