"""Looking operations and their events up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from knowledger.domain.operations.errors import OperationNotFound
from knowledger.kernel.errors import InvalidInput
from knowledger.kernel.json import JsonObject
from knowledger.models.operations import Operation


@dataclass(frozen=True)
class LoggedEvent:
    operation_id: str
    seq: int
    type: str
    data: JsonObject
    at: datetime


@dataclass(frozen=True)
class Filter:
    """Which operations to show: any of the statuses (none = all), of one graph, of one kind, of some graphs only."""

    statuses: Sequence[str] = ()
    graph_id: str | None = None
    kind: str | None = None
    graph_ids: Collection[str] | None = None


class InvalidCursor(InvalidInput):
    """The cursor is not one that this list gave."""


def find_operation(
    session: Session, organization_id: str, operation_id: str, graph_ids: Collection[str] | None = None
) -> Operation:
    """Raises OperationNotFound, for one of a foreign organization, or of none of the graphs, as for a missing one."""
    operation = session.get(Operation, operation_id)
    if operation is None or operation.organization_id != organization_id:
        raise OperationNotFound
    if graph_ids is not None and operation.graph_id not in graph_ids:
        raise OperationNotFound
    return operation


def list_operations(
    session: Session, organization_id: str, which: Filter, *, cursor: str | None, limit: int
) -> tuple[list[Operation], str | None]:
    """The newest first; and the cursor of the next page, where there is one."""
    query = select(Operation).where(Operation.organization_id == organization_id)
    if which.statuses:
        query = query.where(Operation.status.in_(which.statuses))
    if which.graph_id:
        query = query.where(Operation.graph_id == which.graph_id)
    if which.graph_ids is not None:
        query = query.where(Operation.graph_id.in_(which.graph_ids))
    if which.kind:
        query = query.where(Operation.kind == which.kind)
    if cursor is not None:
        if not cursor.isdecimal() or len(cursor) > 18:
            raise InvalidCursor
        query = query.where(Operation.position < int(cursor))
    found = list(session.scalars(query.order_by(Operation.position.desc()).limit(limit + 1)))
    page = found[:limit]
    return page, str(page[-1].position) if len(found) > limit else None


_EVENTS = text("""
    SELECT operation_id, seq, type, data, at FROM operation_events
    WHERE operation_id = :operation_id AND seq > :after ORDER BY seq LIMIT :most
""")


def events_after(session: Session, operation_id: str, after: int, most: int) -> list[LoggedEvent]:
    """An operation's next events after number `after`, in order."""
    rows = session.execute(_EVENTS, {"operation_id": operation_id, "after": after, "most": most})
    return [LoggedEvent(*row) for row in rows]


_EVENTS_OF_ORGANIZATION = text("""
    SELECT e.operation_id, e.seq, e.type, e.data, e.at
    FROM operation_events e JOIN operations o ON o.id = e.operation_id
    WHERE o.organization_id = :organization_id AND e.at > :since
    ORDER BY e.at, e.operation_id, e.seq LIMIT :most
""")


def events_since(session: Session, organization_id: str, since: datetime, most: int) -> list[LoggedEvent]:
    """What the operations of an organization have said since a moment, in the order it was said."""
    values = {"organization_id": organization_id, "since": since, "most": most}
    return [LoggedEvent(*row) for row in session.execute(_EVENTS_OF_ORGANIZATION, values)]
