"""The tool that waits for an operation, its progress told as it comes."""

from typing import Any

import anyio
from anyio import to_thread
from mcp import types
from mcp.server import ServerRequestContext

from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.domain.agents.tools.tool import failure
from knowledger.domain.operations.errors import OperationNotFound
from knowledger.domain.operations.event_types import TERMINAL, EventType
from knowledger.domain.operations.history import LoggedEvent, events_after, find_operation
from knowledger.kernel.errors import InvalidInput, KnowledgerError
from knowledger.kernel.json import JsonObject
from knowledger.mcp.visit import Visit, visit_of

LONGEST_WAIT_S = 300.0
_BETWEEN_LOOKS_S = 0.25
_PAGE = 500

WATCH_OPERATION = types.Tool(
    name="watch_operation",
    title="Wait for an operation",
    description="Wait until an operation on this graph has ended (at most `seconds`), and get its outcome.",
    input_schema={
        "type": "object",
        "properties": {
            "operation_id": {"type": "string"},
            "seconds": {"type": "number", "default": 60, "maximum": LONGEST_WAIT_S},
        },
        "required": ["operation_id"],
        "additionalProperties": False,
    },
    annotations=types.ToolAnnotations(
        read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    ),
)


async def watch_operation(context: ServerRequestContext[Any, Any], arguments: JsonObject) -> ToolOutput:
    """Its events become progress notifications, for a caller who asked for these."""
    visit = visit_of(context)
    try:
        operation_id, seconds = _asked(arguments)
        await to_thread.run_sync(_require_here, visit, operation_id)
    except KnowledgerError as error:
        return failure(error)
    last: LoggedEvent | None = None
    with anyio.move_on_after(seconds):
        while last is None or last.type not in TERMINAL:
            after = last.seq if last else -1
            for event in await to_thread.run_sync(_events, visit, operation_id, after):
                last = event
                await _tell(context, event)
            if last is None or last.type not in TERMINAL:
                await anyio.sleep(_BETWEEN_LOOKS_S)
    return ToolOutput({"operation_id": operation_id, **_outcome(last)})


def _asked(arguments: JsonObject) -> tuple[str, float]:
    operation_id, seconds = arguments.get("operation_id"), arguments.get("seconds", 60)
    if not isinstance(operation_id, str) or not isinstance(seconds, int | float) or not 0 < seconds <= LONGEST_WAIT_S:
        raise InvalidInput(f"watch_operation takes an operation_id, and seconds up to {LONGEST_WAIT_S:g}.")
    return operation_id, seconds


def _require_here(visit: Visit, operation_id: str) -> None:
    """Raises OperationNotFound for one of another graph too."""
    with visit.sessions() as session:
        found = find_operation(session, visit.access.organization_id, operation_id)
    if found.graph_id != visit.graph_id:
        raise OperationNotFound


def _events(visit: Visit, operation_id: str, after: int) -> list[LoggedEvent]:
    with visit.sessions() as session:
        return events_after(session, operation_id, after, _PAGE)


async def _tell(context: ServerRequestContext[Any, Any], event: LoggedEvent) -> None:
    percent = event.data.get("progress_percent")
    if event.type == EventType.PROGRESS and isinstance(percent, int | float):
        await context.session.report_progress(percent, 100, str(event.data.get("message", "")))


def _outcome(last: LoggedEvent | None) -> JsonObject:
    match last and last.type:
        case EventType.COMPLETED:
            assert last is not None
            return {"status": "completed", "result": last.data.get("result")}
        case EventType.ERROR:
            assert last is not None
            told = {name: last.data.get(name) for name in ("error", "code", "hint", "retryable")}
            return {"status": "failed", **told}
        case EventType.CANCELLED:
            assert last is not None
            return {"status": "cancelled", "reason": last.data.get("reason")}
    return {"status": "running", "message": str(last.data.get("message", "")) if last else ""}
