"""What routes about operations answer, in the shapes of the wire."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from knowledger.domain.operations.history import LoggedEvent
from knowledger.kernel.json import JsonObject
from knowledger.models.operations import Operation

_SAYS = {
    "pending": "Waiting for its turn",
    "running": "At work",
    "completed": "Completed",
    "failed": "Failed",
    "cancelled": "Cancelled",
}


class Links(BaseModel):
    stream: str
    status: str
    cancel: str

    @classmethod
    def of(cls, operation_id: str) -> "Links":
        base = f"/v1/operations/{operation_id}"
        return cls(stream=f"{base}/stream", status=f"{base}/status", cancel=base)


class Submitted(BaseModel):
    """The answer to a request for long work: 202, with the place to follow it in `Location`."""

    model_config = ConfigDict(populate_by_name=True)

    operation_id: str
    operation_type: str
    status: str
    graph_id: str | None
    created_at: datetime
    message: str
    links: Links = Field(alias="_links")

    @classmethod
    def of(cls, operation: Operation) -> "Submitted":
        message = "Cancelling" if operation.cancel_requested_at and not operation.ended_at else _message(operation)
        return cls(
            operation_id=operation.id,
            operation_type=operation.kind,
            status=operation.status,
            graph_id=operation.graph_id,
            created_at=operation.created_at,
            message=message,
            links=Links.of(operation.id),
        )

    @classmethod
    def accepted(cls, operation: Operation, response: Response) -> "Submitted":
        """The answer, with `Location` set to where the operation can be followed."""
        answer = Submitted.of(operation)
        response.headers["Location"] = answer.links.cancel
        return answer


class OperationAnswer(Submitted):
    """One operation as it stands."""

    user_id: str | None
    attempt: int
    started_at: datetime | None
    ended_at: datetime | None
    progress: JsonObject | None
    result: JsonObject | None
    error: JsonObject | None

    @classmethod
    def of(cls, operation: Operation) -> "OperationAnswer":
        return cls(
            **Submitted.of(operation).model_dump(by_alias=True),
            user_id=operation.user_id,
            attempt=operation.attempt,
            started_at=operation.started_at,
            ended_at=operation.ended_at,
            progress=operation.progress,
            result=operation.result,
            error=operation.error,
        )


class OperationList(BaseModel):
    operations: list[OperationAnswer]
    next_cursor: str | None


class EventAnswer(BaseModel):
    sequence_number: int
    event: str
    data: JsonObject


class EventPage(BaseModel):
    """`next_sequence` is where the next page begins, or will once there is more."""

    events: list[EventAnswer]
    next_sequence: int | None

    @classmethod
    def of(cls, events: Sequence[LoggedEvent]) -> "EventPage":
        answers = [EventAnswer(sequence_number=item.seq, event=item.type, data=item.data) for item in events]
        return cls(events=answers, next_sequence=events[-1].seq + 1 if events else None)


def _message(operation: Operation) -> str:
    if operation.error is not None:
        return str(operation.error["message"])
    if operation.status == "running" and operation.progress is not None:
        return str(operation.progress["message"])
    return _SAYS[operation.status]
