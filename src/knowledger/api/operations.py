"""Operations: look, list, follow live, cancel."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Header, Query, Request, Response

from knowledger.api.access import AsMemberOfGraphs, AsViewerOfGraphs, Router
from knowledger.api.answers import EventPage, OperationAnswer, OperationList, Submitted
from knowledger.api.deps import Deps
from knowledger.api.dialects.streams import DialectOption, dialect_stream, own_stream
from knowledger.api.live.frames import Frame, logged_frame
from knowledger.api.live.stream import PAGE, EventStream, organization_stream
from knowledger.api.transaction import Transaction, reading
from knowledger.domain.operations.cancel import cancel
from knowledger.domain.operations.history import (
    Filter,
    LoggedEvent,
    events_after,
    events_since,
    find_operation,
    list_operations,
)
from knowledger.kernel.errors import InvalidInput

router = Router(tags=["operations"])

STREAM: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/event-stream": {}}, "description": "Server-sent events"}
}


@router.get("/operations")
def list_of_operations(
    access: AsViewerOfGraphs,
    transaction: Transaction,
    status: Annotated[str | None, Query(description="One or more of pending, running …, separated by commas")] = None,
    graph_id: str | None = None,
    kind: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OperationList:
    """The operations of your organization, newest first."""
    which = Filter(status.split(",") if status else (), graph_id, kind, access.graph_ids)
    found, next_cursor = list_operations(transaction, access.organization_id, which, cursor=cursor, limit=limit)
    return OperationList(operations=[OperationAnswer.of(item) for item in found], next_cursor=next_cursor)


@router.get("/operations/{operation_id}")
@router.get("/operations/{operation_id}/status", include_in_schema=True)
def operation(operation_id: str, access: AsViewerOfGraphs, transaction: Transaction) -> OperationAnswer:
    """One operation: its status, its latest progress, its result or error."""
    return OperationAnswer.of(find_operation(transaction, access.organization_id, operation_id, access.graph_ids))


@router.delete("/operations/{operation_id}", status_code=202)
def cancel_operation(operation_id: str, access: AsMemberOfGraphs, transaction: Transaction) -> Submitted:
    """Ask an operation to stop. Refused with `OperationFinished` where it has ended."""
    found = find_operation(transaction, access.organization_id, operation_id, access.graph_ids)
    return Submitted.of(cancel(transaction, found))


@router.get("/operations/{operation_id}/events")
def events_of_operation(
    operation_id: str,
    access: AsViewerOfGraphs,
    transaction: Transaction,
    from_sequence: Annotated[int, Query(ge=0)] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
) -> EventPage:
    """A page of an operation's events from a number on."""
    find_operation(transaction, access.organization_id, operation_id, access.graph_ids)
    return EventPage.of(events_after(transaction, operation_id, from_sequence - 1, limit))


@router.get("/operations/{operation_id}/stream", response_class=Response, responses=STREAM)
async def stream_of_operation(
    operation_id: str,
    access: AsViewerOfGraphs,
    deps: Deps,
    from_sequence: Annotated[int | None, Query(ge=0, description="Inclusive; 0 for all")] = None,
    last_event_id: Annotated[str | None, Header(description="Exclusive; what browsers send by themselves")] = None,
    dialect: DialectOption = None,
) -> EventStream:
    """An operation's events, live: every one once and in order, over any number of reconnections.

    In a dialect it begins with the first event, whatever the reader has.
    """
    after = _number(last_event_id) if last_event_id else (from_sequence or 0) - 1
    await reading(deps, lambda session: find_operation(session, access.organization_id, operation_id, access.graph_ids))
    if dialect is not None:
        return dialect_stream(deps, operation_id, dialect)
    return own_stream(deps, operation_id, after)


@router.get("/events", response_class=Response, responses=STREAM)
async def stream_of_organization(
    request: Request,
    access: AsViewerOfGraphs,
    deps: Deps,
    graph_id: str | None = None,
    event: Annotated[str | None, Query(description="Event names, separated by commas")] = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventStream:
    """What all operations of your organization say, live. At least once: drop the numbers you have seen."""
    names = event.split(",") if event else None

    async def read_since(moment: datetime) -> Sequence[Frame]:
        return _frames(await reading(deps, lambda session: events_since(session, access.organization_id, moment, PAGE)))

    def wanted(frame: Frame) -> bool:
        if access.graph_ids is not None and frame.graph_id not in access.graph_ids:
            return False
        return (names is None or frame.type in names) and (graph_id is None or frame.graph_id in (None, graph_id))

    since = datetime.fromtimestamp(_number(last_event_id) / 1e6, UTC) if last_event_id else None
    return EventStream(organization_stream(deps.hub, access.organization_id, since, read_since, wanted))


def _number(last_event_id: str) -> int:
    if not last_event_id.isdecimal() or len(last_event_id) > 18:
        raise InvalidInput("Last-Event-ID is not a number that this stream gave.")
    return int(last_event_id)


def _frames(events: Sequence[LoggedEvent]) -> Sequence[Frame]:
    return [logged_frame(event) for event in events]
