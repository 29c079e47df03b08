"""What an answer says while it forms: the events that operations of this kind add to the common ones."""

import json
from dataclasses import dataclass

from knowledger.domain.agents.messages import Observation, ToolCall
from knowledger.domain.agents.mind import Tokens
from knowledger.domain.agents.tools.output import Citation, clean
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.progress import Statement
from knowledger.kernel.json import JsonObject, JsonValue

_LONGEST_RESULT = 20_000


@dataclass(frozen=True)
class Cost:
    """Of one call of a mind, in micro-credits. Estimated where the provider did not say in the end what it took."""

    amount: int = 0
    is_estimated: bool = False


def plan(step: int, lines: list[str]) -> Statement:
    return Statement(EventType.PLAN, {"message": "; ".join(lines), "step": step, "plan": list(lines)})


def text_delta(step: int, offset: int, text: str) -> Statement:
    """`offset` is where in the step's text it belongs, in characters."""
    return Statement(EventType.TEXT_DELTA, {"message": "", "step": step, "offset": offset, "text": text})


def tool_call(step: int, call: ToolCall) -> Statement:
    return Statement(
        EventType.TOOL_CALL,
        {
            "message": call.why or call.tool,
            "step": step,
            "tool_call_id": call.id,
            "tool": call.tool,
            "arguments": clean(call.arguments if call.arguments is not None else call.raw),
        },
    )


def tool_result(step: int, observation: Observation) -> Statement:
    output = observation.output
    result = clean(output.value)
    is_small = len(json.dumps(result)) <= _LONGEST_RESULT
    return Statement(
        EventType.TOOL_RESULT,
        {
            "message": str(output.value.get("message") or "") if output.failed else "",
            "step": step,
            "tool_call_id": observation.call.id,
            "tool": observation.call.tool,
            "is_error": output.failed,
            "truncated": output.truncated or not is_small,
            "result": result if is_small else None,
        },
    )


def citation(step: int, number: int, cited: Citation) -> Statement:
    """`number` is what `[1]` in the text means."""
    about = clean(cited.as_json())
    return Statement(EventType.CITATION, {"message": cited.label, "step": step, "number": number, "citation": about})


def table(step: int, shown: JsonObject) -> Statement:
    return Statement(EventType.TABLE, {"message": str(shown.get("title", "")), "step": step, "table": shown})


def chart(step: int, spec: JsonObject) -> Statement:
    """`chart` is a Vega-Lite specification that has its data in itself."""
    return Statement(EventType.CHART, {"message": _title(spec), "step": step, "chart": _without_links(spec)})


def usage(step: int, model: str, tokens: Tokens, cost: Cost, total: int) -> Statement:
    """`total` is what the run has cost so far."""
    return Statement(
        EventType.USAGE,
        {
            "message": "",
            "step": step,
            "model": model,
            **tokens.as_json(),
            "microcredits": cost.amount,
            "total_microcredits": total,
            "is_estimated": cost.is_estimated,
        },
    )


def warning(step: int, code: str, message: str) -> Statement:
    return Statement(EventType.WARNING, {"message": message, "step": step, "code": code})


def _title(spec: JsonObject) -> str:
    title = spec.get("title")
    return title if isinstance(title, str) else ""


def _without_links(value: JsonValue) -> JsonValue:
    """A specification that makes nobody fetch anything."""
    match value:
        case dict():
            return {name: _without_links(item) for name, item in value.items() if name not in ("url", "href")}
        case list():
            return [_without_links(item) for item in value]
        case _:
            return value
