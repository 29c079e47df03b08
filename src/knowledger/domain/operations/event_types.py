"""The names of an operation's events."""

from enum import StrEnum


class EventType(StrEnum):
    """Those after `CANCELLED` belong to operations that answer questions; the others to all."""

    QUEUED = "operation_queued"
    STARTED = "operation_started"
    PROGRESS = "operation_progress"
    RETRYING = "operation_retrying"
    COMPLETED = "operation_completed"
    ERROR = "operation_error"
    CANCELLED = "operation_cancelled"

    PLAN = "plan"
    TOOL_CALL = "tool_call"
    TOOL_RESULT = "tool_result"
    TEXT_DELTA = "text_delta"
    CITATION = "citation"
    TABLE = "table"
    CHART = "chart"
    USAGE = "usage"
    WARNING = "warning"


TERMINAL = frozenset({EventType.COMPLETED, EventType.ERROR, EventType.CANCELLED})
