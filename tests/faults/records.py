"""What the database says afterwards, held against what an operation may be."""

from dataclasses import dataclass

from sqlalchemy import Engine, text

TERMINAL = {"operation_completed", "operation_error", "operation_cancelled"}


@dataclass(frozen=True)
class Record:
    """One operation with its event log."""

    id: str
    kind: str
    status: str
    attempt: int
    error: str | None
    events: list[tuple[int, str]]
    effects: int


_EFFECTS = """
    SELECT o.id, o.kind, o.status, o.attempt, o.error ->> 'code' AS error,
           (SELECT count(*) FROM generations g WHERE g.operation_id = o.id) +
           (SELECT count(*) FROM stagings s WHERE s.operation_id = o.id) AS effects
    FROM operations o ORDER BY o.position
"""


def records(database: Engine) -> list[Record]:
    with database.connect() as connection:
        events: dict[str, list[tuple[int, str]]] = {}
        for row in connection.execute(text("SELECT operation_id, seq, type FROM operation_events ORDER BY seq")):
            events.setdefault(row.operation_id, []).append((row.seq, row.type))
        return [
            Record(row.id, row.kind, row.status, row.attempt, row.error, events[row.id], row.effects)
            for row in connection.execute(text(_EFFECTS))
        ]


def assert_sound(record: Record) -> None:
    """Ended; one terminal event, the last one; numbers without a gap; the effect once, and only if completed.

    A hundred numbers may be missing right before a new attempt: the database died in between, and they may have been
    seen (docs/decisions/0002).
    """
    types = [type_ for _, type_ in record.events]
    assert record.status in ("completed", "failed", "cancelled"), record
    assert [type_ for type_ in types if type_ in TERMINAL] == types[-1:], record
    numbers = [number for number, _ in record.events]
    assert numbers[0] == 1, record
    for (before, _), (number, type_) in zip(record.events, record.events[1:], strict=False):
        assert number == before + 1 or (number > before + 100 and type_ == "operation_started"), record
    assert record.effects == (1 if record.status == "completed" else 0), record
