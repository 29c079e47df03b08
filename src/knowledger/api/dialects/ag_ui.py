"""AG-UI: events of a run, as `HttpAgent` reads them."""

import json
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from knowledger.api.dialects.dialect import data_line
from knowledger.api.dialects.texts import Texts
from knowledger.kernel.json import JsonObject

_AS_CUSTOM = frozenset({"plan", "citation", "table", "chart", "usage", "warning"})


class AgUiEncoder:
    """Text and tools in AG-UI's own events; what it has no event for is `CUSTOM` under our name."""

    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, thread_id: str | None = None, run_id: str | None = None) -> None:
        self._thread_id, self._run_id = thread_id, run_id
        self._texts = Texts()
        self._open_text: str | None = None
        self._has_started = False

    def encode(self, event: str, data: JsonObject) -> Sequence[JsonObject]:
        return [*self._encode(event, data)]

    def chunk(self, said: JsonObject) -> bytes:
        return data_line(said)

    def end(self) -> bytes:
        return b""

    def _encode(self, event: str, data: JsonObject) -> Iterator[JsonObject]:
        operation_id = str(data["operation_id"])
        run: JsonObject = {"threadId": self._thread_id or operation_id, "runId": self._run_id or operation_id}
        if not self._has_started:
            self._has_started = True
            yield {"type": "RUN_STARTED", **run}
        match event:
            case "text_delta":
                yield from self._text(data)
            case "tool_call":
                yield from self._close_text()
                yield from self._tool_call(data)
            case "tool_result":
                yield self._tool_result(data)
            case _ if event in _AS_CUSTOM:
                about = {name: data[name] for name in data if name not in ("operation_id", "timestamp")}
                yield {"type": "CUSTOM", "name": event, "value": about}
            case "operation_completed":
                yield from self._close_text()
                yield {"type": "RUN_FINISHED", **run, "result": data["result"]}
            case "operation_error":
                yield from self._close_text()
                yield {"type": "RUN_ERROR", "message": data["error"], "code": data["code"]}
            case "operation_cancelled":
                yield from self._close_text()
                yield {"type": "RUN_ERROR", "message": data["reason"], "code": "OperationCancelled"}

    def _text(self, data: JsonObject) -> Iterator[JsonObject]:
        begins, new = self._texts.fresh(data)
        if begins:
            yield from self._close_text()
        if self._open_text is None:
            self._open_text = _message_id(data)
            yield {"type": "TEXT_MESSAGE_START", "messageId": self._open_text, "role": "assistant"}
        if new:
            yield {"type": "TEXT_MESSAGE_CONTENT", "messageId": self._open_text, "delta": new}

    def _close_text(self) -> Iterator[JsonObject]:
        if self._open_text is not None:
            yield {"type": "TEXT_MESSAGE_END", "messageId": self._open_text}
            self._open_text = None

    def _tool_call(self, data: JsonObject) -> Iterator[JsonObject]:
        call: JsonObject = {"toolCallId": data["tool_call_id"]}
        yield {"type": "TOOL_CALL_START", **call, "toolCallName": data["tool"]}
        yield {"type": "TOOL_CALL_ARGS", **call, "delta": json.dumps(data["arguments"], ensure_ascii=False)}
        yield {"type": "TOOL_CALL_END", **call}

    def _tool_result(self, data: JsonObject) -> JsonObject:
        content = json.dumps(data["result"], ensure_ascii=False)
        call: JsonObject = {"toolCallId": data["tool_call_id"], "role": "tool"}
        return {"type": "TOOL_CALL_RESULT", "messageId": _message_id(data), **call, "content": content}


def _message_id(data: JsonObject) -> str:
    return f"{data['operation_id']}-{data['step']}"
