"""What is said between a person, a mind and its tools, as plain values that can be kept and read back."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TypeAlias, cast

from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.kernel.json import JsonObject, JsonValue


@dataclass(frozen=True)
class ToolCall:
    """A mind's wish to use a tool. `arguments` is None where what it wrote, `raw`, is not a JSON object."""

    id: str
    tool: str
    arguments: JsonObject | None
    raw: str = ""
    why: str = ""


@dataclass(frozen=True)
class Asked:
    """A question."""

    text: str


@dataclass(frozen=True)
class Thought:
    """What a mind said, and the tools that it wants to use before it goes on.

    `kept` is the same in the provider's own shape, with what only that provider understands.
    """

    text: str
    calls: tuple[ToolCall, ...] = ()
    kept: JsonValue = None


@dataclass(frozen=True)
class Observation:
    """What came of one call. `note` is added to what a model reads of the output."""

    call: ToolCall
    output: ToolOutput
    note: str = ""


@dataclass(frozen=True)
class Observed:
    """What came of all calls of a thought, in their order."""

    observations: tuple[Observation, ...]


Message: TypeAlias = Asked | Thought | Observed


def call_as_json(call: ToolCall) -> JsonObject:
    return cast(JsonObject, asdict(call))


def call_from(body: JsonObject) -> ToolCall:
    arguments = body["arguments"]
    return ToolCall(
        str(body["id"]),
        str(body["tool"]),
        arguments if isinstance(arguments, dict) else None,
        str(body["raw"]),
        str(body["why"]),
    )


def output_as_json(output: ToolOutput) -> JsonObject:
    return {
        "value": output.value,
        "truncated": output.truncated,
        "failed": output.failed,
        "citations": [citation.as_json() for citation in output.citations],
    }


def output_from(body: JsonObject) -> ToolOutput:
    return ToolOutput(
        value=cast(JsonObject, body["value"]),
        truncated=bool(body["truncated"]),
        failed=bool(body["failed"]),
        citations=tuple(Citation(**item) for item in cast(Sequence[dict[str, str]], body["citations"])),  # type: ignore[arg-type]
    )
