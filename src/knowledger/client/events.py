"""What an operation says while it runs, as typed values. `decode_event` reads one from the stream."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from knowledger.client.decode import decode
from knowledger.client.json import JsonObject, JsonValue


@dataclass(frozen=True)
class _Event:
    """What all events have. `sequence_number` counts 1, 2, 3 … within one operation."""

    operation_id: str
    sequence_number: int
    timestamp: datetime
    message: str = ""


@dataclass(frozen=True)
class Queued(_Event):
    """It waits for a worker, or for an earlier operation on the same graph."""

    operation_type: str = ""
    graph_id: str | None = None


@dataclass(frozen=True)
class Started(_Event):
    operation_type: str = ""
    graph_id: str | None = None
    attempt: int = 1


@dataclass(frozen=True)
class Progress(_Event):
    """How far it is. What is not known is None; what is known never goes back."""

    progress_percent: float | None = None
    step: str | None = None
    current_step: int | None = None
    total_steps: int | None = None
    rows_done: int | None = None
    rows_total: int | None = None
    bytes_done: int | None = None
    bytes_total: int | None = None
    rate: float | None = None
    eta_seconds: float | None = None


@dataclass(frozen=True)
class Retrying(_Event):
    error: str = ""
    code: str = ""
    attempt: int = 1
    retry_in_seconds: float = 0.0


@dataclass(frozen=True)
class Completed(_Event):
    result: JsonObject = field(default_factory=dict)
    execution_time_ms: float | None = None


@dataclass(frozen=True)
class Error(_Event):
    error: str = ""
    code: str = ""
    hint: str | None = None
    retryable: bool = False
    error_details: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Cancelled(_Event):
    reason: str | None = None


@dataclass(frozen=True)
class Said(_Event):
    """Part of an answer. `step` is the step of the work that it belongs to."""

    step: int = 0


@dataclass(frozen=True)
class Plan(Said):
    plan: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToolCall(Said):
    """What is looked up; `message` says why."""

    tool_call_id: str = ""
    tool: str = ""
    arguments: JsonValue = None


@dataclass(frozen=True)
class ToolResult(Said):
    tool_call_id: str = ""
    tool: str = ""
    is_error: bool = False
    truncated: bool = False
    result: JsonValue = None


@dataclass(frozen=True)
class TextDelta(Said):
    """The next words. `offset` is where in the step's text they belong, in characters: what was behind it is void."""

    offset: int = 0
    text: str = ""


@dataclass(frozen=True)
class Citation(Said):
    """What `[number]` in the text stands for."""

    number: int = 0
    citation: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class TableShown(Said):
    """`table` has title, columns, rows and truncated; amounts are exact text."""

    table: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class ChartShown(Said):
    """`chart` is a Vega-Lite specification with its data."""

    chart: JsonObject = field(default_factory=dict)


@dataclass(frozen=True)
class Usage(Said):
    model: str = ""
    microcredits: int = 0
    total_microcredits: int = 0
    is_estimated: bool = False


@dataclass(frozen=True)
class Warned(Said):
    code: str = ""


@dataclass(frozen=True)
class Unknown(_Event):
    """An event that this version has no type for: `name` and `data` are what came."""

    name: str = ""
    data: JsonObject = field(default_factory=dict)


AnswerEvent: TypeAlias = Plan | ToolCall | ToolResult | TextDelta | Citation | TableShown | ChartShown | Usage | Warned
OperationEvent: TypeAlias = (
    Queued | Started | Progress | Retrying | Completed | Error | Cancelled | AnswerEvent | Unknown
)

_TYPES: dict[str, type[OperationEvent]] = {
    "operation_queued": Queued,
    "operation_started": Started,
    "operation_progress": Progress,
    "operation_retrying": Retrying,
    "operation_completed": Completed,
    "operation_error": Error,
    "operation_cancelled": Cancelled,
    "plan": Plan,
    "tool_call": ToolCall,
    "tool_result": ToolResult,
    "text_delta": TextDelta,
    "citation": Citation,
    "table": TableShown,
    "chart": ChartShown,
    "usage": Usage,
    "warning": Warned,
}


def decode_event(name: str, data: JsonObject) -> OperationEvent:
    kind = _TYPES.get(name)
    if kind is None:
        return decode(Unknown, {**data, "name": name, "data": data})
    return decode(kind, data)


def is_last(event: OperationEvent) -> bool:
    """Whether the operation says nothing after this event."""
    return isinstance(event, Completed | Error | Cancelled)
