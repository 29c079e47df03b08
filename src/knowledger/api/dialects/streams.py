"""The stream of one operation, in our own words or in a dialect."""

from collections.abc import AsyncIterator, Callable, Sequence
from enum import StrEnum
from typing import Annotated

from fastapi import Query

from knowledger.api.deps import ApiDeps
from knowledger.api.dialects.ag_ui import AgUiEncoder
from knowledger.api.dialects.ai_sdk import AiSdkEncoder
from knowledger.api.dialects.dialect import Encoder, encoded
from knowledger.api.dialects.openai import OpenAiEncoder
from knowledger.api.live.frames import Frame, logged_frame
from knowledger.api.live.stream import PAGE, EventStream, OnLeave, ReadAfter, operation_frames, operation_stream
from knowledger.api.transaction import reading
from knowledger.domain.operations.history import events_after


class Dialect(StrEnum):
    """Whose words a stream uses; none of them means our own."""

    AI_SDK = "ai-sdk"
    AG_UI = "ag-ui"
    OPENAI = "openai"


DialectOption = Annotated[
    Dialect | None, Query(description="Vercel's AI SDK, AG-UI or OpenAI's Responses, instead of our own events")
]

_ENCODERS: dict[Dialect, Callable[[], Encoder]] = {
    Dialect.AI_SDK: AiSdkEncoder,
    Dialect.AG_UI: AgUiEncoder,
    Dialect.OPENAI: OpenAiEncoder,
}


def own_stream(deps: ApiDeps, operation_id: str, after: int, on_leave: OnLeave | None = None) -> EventStream:
    """Our own events after number `after`."""
    chunks = operation_stream(deps.hub, operation_id, after, _log_of(deps, operation_id))
    return EventStream(chunks, on_leave=on_leave)


def dialect_stream(
    deps: ApiDeps,
    operation_id: str,
    encoder: Encoder | Dialect,
    *,
    leave_out: int = 0,
    on_leave: OnLeave | None = None,
) -> EventStream:
    """All of them in a dialect, but for the first `leave_out` things that it says."""
    speaking = _ENCODERS[encoder]() if isinstance(encoder, Dialect) else encoder
    return EventStream(
        encoded(frames_of(deps, operation_id), speaking, leave_out=leave_out), speaking.headers, on_leave
    )


def frames_of(deps: ApiDeps, operation_id: str) -> AsyncIterator[Sequence[Frame]]:
    """All events of an operation, to its end."""
    return operation_frames(deps.hub, operation_id, -1, _log_of(deps, operation_id))


def _log_of(deps: ApiDeps, operation_id: str) -> ReadAfter:
    async def read_after(seen: int) -> Sequence[Frame]:
        events = await reading(deps, lambda session: events_after(session, operation_id, seen, PAGE))
        return [logged_frame(event) for event in events]

    return read_after
