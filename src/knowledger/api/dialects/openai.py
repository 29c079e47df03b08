"""OpenAI's Responses API: the response and its streamed events, as the `openai` clients read them.

Our tools run on our side, so their calls are `mcp_call` items: what was called and what it gave, nothing to be done.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import cast

from knowledger.api.dialects.dialect import data_line
from knowledger.api.dialects.texts import Texts
from knowledger.kernel.json import JsonObject, JsonValue

_SERVER = "knowledger"


class OpenAiEncoder:
    """`response` is the whole so far."""

    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, model: str = "knowledger") -> None:
        self.response: JsonObject = {
            "id": "",
            "object": "response",
            "created_at": 0,
            "status": "queued",
            "background": True,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "max_output_tokens": None,
            "metadata": {},
            "model": model,
            "output": [],
            "parallel_tool_calls": False,
            "previous_response_id": None,
            "temperature": None,
            "text": {"format": {"type": "text"}},
            "tool_choice": "auto",
            "tools": [],
            "top_p": None,
            "truncation": "disabled",
            "usage": None,
        }
        self._texts = Texts()
        self._message: JsonObject | None = None
        self._calls: dict[str, int] = {}
        self._sequence_number = -1

    def encode(self, event: str, data: JsonObject) -> Sequence[JsonObject]:
        said = []
        for body in self._encode(event, data):
            self._sequence_number += 1
            said.append({**body, "sequence_number": self._sequence_number})
        # A snapshot: what follows goes on changing the items.
        return cast(Sequence[JsonObject], json.loads(json.dumps(said)))

    def chunk(self, said: JsonObject) -> bytes:
        return f"event: {said['type']}\n".encode() + data_line(said)

    def end(self) -> bytes:
        return b""

    @property
    def _output(self) -> list[JsonValue]:
        return cast(list[JsonValue], self.response["output"])

    def _encode(self, event: str, data: JsonObject) -> Iterator[JsonObject]:
        if not self.response["id"]:
            self.response["id"] = data["operation_id"]
            self.response["created_at"] = int(datetime.fromisoformat(str(data["timestamp"])).timestamp())
            yield self._whole("response.created")
        match event:
            case "operation_started" if self.response["status"] == "queued":
                self.response["status"] = "in_progress"
                yield self._whole("response.in_progress")
            case "text_delta":
                yield from self._text(data)
            case "tool_call":
                yield from self._close_text()
                yield from self._tool_call(data)
            case "tool_result":
                yield from self._tool_result(data)
            case "citation":
                yield from self._citation(data)
            case "operation_completed":
                yield from self._completed(data)
            case "operation_error":
                yield from self._close_text()
                self.response["error"] = {"code": "server_error", "message": data["error"]}
                yield self._ended("failed")
            case "operation_cancelled":
                yield from self._close_text()
                yield self._ended("cancelled")

    def _whole(self, type_: str) -> JsonObject:
        return {"type": type_, "response": self.response}

    def _ended(self, status: str) -> JsonObject:
        self.response["status"] = status
        return self._whole("response.failed" if status == "failed" else "response.incomplete")

    def _completed(self, data: JsonObject) -> Iterator[JsonObject]:
        yield from self._close_text()
        result = cast(JsonObject, data["result"])
        read, written = cast(int, result["input_tokens"]), cast(int, result["output_tokens"])
        self.response["usage"] = {
            "input_tokens": read,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": written,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": read + written,
        }
        self.response["status"], self.response["model"] = "completed", result["model"]
        yield self._whole("response.completed")

    def _text(self, data: JsonObject) -> Iterator[JsonObject]:
        begins, new = self._texts.fresh(data)
        if begins:
            yield from self._close_text()
        if self._message is None:
            yield from self._open_text(data)
        assert self._message is not None
        self._part["text"] = f"{self._part['text']}{new}"
        yield {"type": "response.output_text.delta", **self._place, "delta": new, "logprobs": []}

    def _open_text(self, data: JsonObject) -> Iterator[JsonObject]:
        content: list[JsonValue] = []
        self._message = {
            "id": f"msg_{data['operation_id']}_{data['step']}",
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": content,
        }
        self._output.append(self._message)
        yield self._item("response.output_item.added", len(self._output) - 1)
        content.append({"type": "output_text", "text": "", "annotations": [], "logprobs": []})
        yield {"type": "response.content_part.added", **self._place, "part": self._part}

    def _close_text(self) -> Iterator[JsonObject]:
        if self._message is None:
            return
        yield {"type": "response.output_text.done", **self._place, "text": self._part["text"], "logprobs": []}
        yield {"type": "response.content_part.done", **self._place, "part": self._part}
        self._message["status"] = "completed"
        yield self._item("response.output_item.done", self._output.index(self._message))
        self._message = None

    def _citation(self, data: JsonObject) -> Iterator[JsonObject]:
        """As an annotation of the text that is open; a client that knows no more still shows the title."""
        if self._message is None:
            return
        annotations = cast(list[JsonValue], self._part["annotations"])
        about: JsonObject = {"type": "file_citation", "file_id": str(data["number"]), "filename": data["message"]}
        annotations.append({**about, "index": len(str(self._part["text"]))})
        yield {
            "type": "response.output_text.annotation.added",
            **self._place,
            "annotation_index": len(annotations) - 1,
            "annotation": annotations[-1],
        }

    def _tool_call(self, data: JsonObject) -> Iterator[JsonObject]:
        call: JsonObject = {
            "id": data["tool_call_id"],
            "type": "mcp_call",
            "name": data["tool"],
            "server_label": _SERVER,
            "arguments": json.dumps(data["arguments"], ensure_ascii=False),
            "output": None,
            "error": None,
            "status": "in_progress",
        }
        self._output.append(call)
        index = self._calls[str(data["tool_call_id"])] = len(self._output) - 1
        place: JsonObject = {"item_id": call["id"], "output_index": index}
        yield self._item("response.output_item.added", index)
        yield {"type": "response.mcp_call.in_progress", **place}
        yield {"type": "response.mcp_call_arguments.done", **place, "arguments": call["arguments"]}

    def _tool_result(self, data: JsonObject) -> Iterator[JsonObject]:
        index = self._calls[str(data["tool_call_id"])]
        call = cast(JsonObject, self._output[index])
        place: JsonObject = {"item_id": call["id"], "output_index": index}
        if data["is_error"]:
            call["status"], call["error"] = "failed", data["message"]
        else:
            call["status"], call["output"] = "completed", json.dumps(data["result"], ensure_ascii=False)
        yield {"type": f"response.mcp_call.{call['status']}", **place}
        yield self._item("response.output_item.done", index)

    def _item(self, type_: str, index: int) -> JsonObject:
        return {"type": type_, "output_index": index, "item": self._output[index]}

    @property
    def _part(self) -> JsonObject:
        assert self._message is not None
        return cast(JsonObject, cast(list[JsonValue], self._message["content"])[0])

    @property
    def _place(self) -> JsonObject:
        assert self._message is not None
        return {
            "item_id": self._message["id"],
            "output_index": self._output.index(self._message),
            "content_index": 0,
        }
