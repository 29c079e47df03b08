"""Vercel's AI SDK: the UI message stream, version 1, as `DefaultChatTransport` reads it."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from knowledger.api.dialects.dialect import data_line
from knowledger.api.dialects.texts import Texts
from knowledger.kernel.json import JsonObject

_AS_DATA = frozenset({"plan", "table", "chart", "usage", "warning"})


class AiSdkEncoder:
    """Text, tools and citations as parts of their own; plans, tables, charts, usage and warnings as `data-…` parts."""

    headers: Mapping[str, str] = MappingProxyType({"x-vercel-ai-ui-message-stream": "v1"})

    def __init__(self) -> None:
        self._texts = Texts()
        self._open_text: str | None = None
        self._has_started = False

    def encode(self, event: str, data: JsonObject) -> Sequence[JsonObject]:
        return [*self._encode(event, data)]

    def chunk(self, said: JsonObject) -> bytes:
        return data_line(said)

    def end(self) -> bytes:
        return b"data: [DONE]\n\n"

    def _encode(self, event: str, data: JsonObject) -> Iterator[JsonObject]:
        if not self._has_started:
            self._has_started = True
            yield {"type": "start", "messageId": data["operation_id"]}
        match event:
            case "text_delta":
                yield from self._text(data)
            case "tool_call":
                yield from self._close_text()
                yield from self._tool_call(data)
            case "tool_result":
                yield self._tool_result(data)
            case "citation":
                yield from self._citation(data)
            case _ if event in _AS_DATA:
                yield self._as_data(event, data)
            case "operation_completed" | "operation_cancelled" | "operation_error":
                yield from self._close_text()
                yield from self._ended(event, data)

    def _text(self, data: JsonObject) -> Iterator[JsonObject]:
        begins, new = self._texts.fresh(data)
        if begins:
            yield from self._close_text()
        if self._open_text is None:
            self._open_text = f"text-{data['step']}"
            yield {"type": "text-start", "id": self._open_text}
        yield {"type": "text-delta", "id": self._open_text, "delta": new}

    def _close_text(self) -> Iterator[JsonObject]:
        if self._open_text is not None:
            yield {"type": "text-end", "id": self._open_text}
            self._open_text = None

    def _tool_call(self, data: JsonObject) -> Iterator[JsonObject]:
        tool: JsonObject = {"toolCallId": data["tool_call_id"], "toolName": data["tool"], "dynamic": True}
        yield {"type": "tool-input-available", **tool, "input": data["arguments"]}

    def _tool_result(self, data: JsonObject) -> JsonObject:
        call: JsonObject = {"toolCallId": data["tool_call_id"], "dynamic": True}
        if data["is_error"]:
            return {"type": "tool-output-error", **call, "errorText": data["message"]}
        return {"type": "tool-output-available", **call, "output": data["result"]}

    def _citation(self, data: JsonObject) -> Iterator[JsonObject]:
        source: JsonObject = {"sourceId": str(data["number"]), "title": data["message"]}
        details: JsonObject = {"knowledger": {"citation": data["citation"]}}
        yield {
            "type": "source-document",
            **source,
            "mediaType": "application/json",
            "providerMetadata": details,
        }

    def _as_data(self, event: str, data: JsonObject) -> JsonObject:
        about = data.get(event, {name: data[name] for name in data if name not in ("operation_id", "timestamp")})
        return {"type": f"data-{event}", "id": f"{event}-{data['sequence_number']}", "data": about}

    def _ended(self, event: str, data: JsonObject) -> Iterator[JsonObject]:
        if event == "operation_completed":
            yield {"type": "finish"}
        elif event == "operation_cancelled":
            yield {"type": "abort"}
        else:
            yield {"type": "error", "errorText": data["error"]}
