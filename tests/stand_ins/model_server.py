"""A model provider on this machine: Anthropic's Messages, OpenAI's Chat Completions and Responses, streamed as they do.

What it answers is scripted: a function of what it is asked. It refuses, stalls, breaks off and hangs up when told to.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from tests.stand_ins.http_server import HangUp, HttpStandIn, Received, Reply, answer, chunked
from tests.stand_ins.this_machine import model_requests_allowed


@dataclass(frozen=True)
class Wish:
    """A tool that the model wants to use. Its input may be text that is no JSON."""

    tool: str
    arguments: object


@dataclass(frozen=True)
class Turn:
    """One answer. `breaks_after` so many words it ends with an error event or, where it `hangs_up`, without any."""

    words: Sequence[str] = ()
    wishes: Sequence[Wish] = ()
    input_tokens: int = 1_000
    cached_tokens: int = 0
    output_tokens: int = 50
    status: int = 200
    retry_after: str | None = None
    first_word_after_s: float = 0.0
    pace_s: float = 0.0
    breaks_after: int | None = None
    hangs_up: bool = False
    stops_for_length: bool = False


@dataclass(frozen=True)
class Heard:
    """What the model was asked: all texts in their order, what its tools gave, and which tools it may use."""

    path: str
    key: str
    body: Mapping[str, Any]
    texts: Sequence[str]
    results: Sequence[str]
    tools: Sequence[str]


Script = Callable[[Heard], Turn]


def in_turn(*turns: Turn) -> Script:
    """The next turn for each tool result that has come: the same question leads to the same answer every time."""

    def script(heard: Heard) -> Turn:
        return turns[min(len(heard.results), len(turns) - 1)]

    return script


@dataclass
class ModelServer:
    """`with ModelServer(script) as server:` … `server.url`, `server.heard`, `server.hung_up_at`."""

    script: Script
    heard: list[Heard] = field(default_factory=list)
    spoke_at: list[float] = field(default_factory=list)
    hung_up_at: list[float] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._allowed = model_requests_allowed()
        self._allowed.__enter__()
        self._server = HttpStandIn(self._reply)
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)
        self._allowed.__exit__(kind, error, trace)

    @property
    def url(self) -> str:
        """The address of the API of Anthropic; those of OpenAI are at `/v1` below it."""
        return self._server.url

    def _reply(self, request: Received) -> Reply:
        heard = _heard(request)
        self.heard.append(heard)
        turn = self.script(heard)
        if turn.status != 200:
            error = {"type": "error", "error": {"type": "some_error", "message": "refused", "code": "refused"}}
            headers = {} if turn.retry_after is None else {"retry_after": turn.retry_after}
            return answer(error, turn.status, **headers)
        speak = {"/v1/messages": _anthropic, "/v1/chat/completions": _chat, "/v1/responses": _responses}[request.path]
        return chunked(self._watched(speak(turn)))

    def _watched(self, events: Iterator[bytes]) -> Iterator[bytes]:
        """Notes when it spoke, and when somebody hung up on it."""
        try:
            for event in events:
                self.spoke_at.append(time.monotonic())
                yield event
        except GeneratorExit:
            self.hung_up_at.append(time.monotonic())
            raise


def _heard(request: Received) -> Heard:
    body = json.loads(request.body)
    texts: list[str] = []
    results: list[str] = []
    for item in body.get("messages", body.get("input", ())):
        for text, is_result in _parts(item):
            (results if is_result else texts).append(text)
    tools = [tool.get("name") or tool["function"]["name"] for tool in body.get("tools", ())]
    key = request.headers.get("x-api-key") or request.headers.get("authorization", "").removeprefix("Bearer ")
    return Heard(request.path, key, body, texts, results, tools)


def _parts(item: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    if item.get("type") == "function_call_output":
        yield str(item["output"]), True
        return
    content = item.get("content")
    if isinstance(content, str):
        yield content, item.get("role") == "tool"
    for part in content if isinstance(content, list) else ():
        if part["type"] == "tool_result":
            yield json.dumps(part["content"]), True
        elif "text" in part:
            yield part["text"], item.get("role") == "tool"


def _words(turn: Turn) -> Iterator[str]:
    """Raises Broken where the turn breaks off."""
    time.sleep(turn.first_word_after_s)
    for number, word in enumerate(turn.words):
        if number == turn.breaks_after:
            raise HangUp if turn.hangs_up else Broken
        yield word
        time.sleep(turn.pace_s)
    if turn.breaks_after is not None and turn.breaks_after >= len(turn.words):
        raise HangUp if turn.hangs_up else Broken


class Broken(Exception):
    """The provider says in the middle of an answer that something is wrong."""


def _raw(wish: Wish) -> str:
    return wish.arguments if isinstance(wish.arguments, str) else json.dumps(wish.arguments)


def _event(body: Mapping[str, object], name: str | None = None) -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {json.dumps(body)}\n\n".encode()


def _anthropic(turn: Turn) -> Iterator[bytes]:
    def said(type_: str, **more: object) -> bytes:
        return _event({"type": type_, **more}, type_)

    usage = {
        "input_tokens": turn.input_tokens - turn.cached_tokens,
        "cache_read_input_tokens": turn.cached_tokens,
        "cache_creation_input_tokens": 0,
        "output_tokens": 1,
    }
    message = {"id": "msg_1", "type": "message", "role": "assistant", "content": [], "model": "claude-sonnet-4-6"}
    yield said("message_start", message={**message, "stop_reason": None, "stop_sequence": None, "usage": usage})
    index = 0
    try:
        for number, word in enumerate(_words(turn)):
            if number == 0:
                yield said("content_block_start", index=0, content_block={"type": "text", "text": ""})
                index = 1
            yield said("content_block_delta", index=0, delta={"type": "text_delta", "text": word})
    except Broken:
        yield said("error", error={"type": "overloaded_error", "message": "Overloaded"})
        return
    if index:
        yield said("content_block_stop", index=0)
    for number, wish in enumerate(turn.wishes, start=index):
        block = {"type": "tool_use", "id": f"toolu_{number}_{time.monotonic_ns()}", "name": wish.tool, "input": {}}
        yield said("content_block_start", index=number, content_block=block)
        for piece in _halves(_raw(wish)):
            delta = {"type": "input_json_delta", "partial_json": piece}
            yield said("content_block_delta", index=number, delta=delta)
        yield said("content_block_stop", index=number)
    reason = "max_tokens" if turn.stops_for_length else "tool_use" if turn.wishes else "end_turn"
    stop = {"stop_reason": reason, "stop_sequence": None}
    yield said("message_delta", delta=stop, usage={"output_tokens": turn.output_tokens})
    yield said("message_stop")


def _chat(turn: Turn) -> Iterator[bytes]:
    def said(delta: Mapping[str, object], reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        return _event({**chunk, "choices": [choice]})

    chunk = {"id": "chatcmpl_1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-5-mini"}
    yield said({"role": "assistant", "content": ""})
    try:
        for word in _words(turn):
            yield said({"content": word})
    except Broken:
        yield _event({"error": {"message": "The server had an error", "type": "server_error", "code": "server_error"}})
        return
    for number, wish in enumerate(turn.wishes):
        first, rest = _halves(_raw(wish))
        named = {"id": f"call_{number}_{time.monotonic_ns()}", "type": "function", "index": number}
        yield said({"tool_calls": [{**named, "function": {"name": wish.tool, "arguments": first}}]})
        yield said({"tool_calls": [{"index": number, "function": {"arguments": rest}}]})
    yield said({}, "length" if turn.stops_for_length else "tool_calls" if turn.wishes else "stop")
    usage = {
        "prompt_tokens": turn.input_tokens,
        "completion_tokens": turn.output_tokens,
        "total_tokens": turn.input_tokens + turn.output_tokens,
        "prompt_tokens_details": {"cached_tokens": turn.cached_tokens},
    }
    yield _event({**chunk, "choices": [], "usage": usage})
    yield b"data: [DONE]\n\n"


def _responses(turn: Turn) -> Iterator[bytes]:
    numbers = iter(range(1_000_000))

    def said(type_: str, **more: object) -> bytes:
        return _event({"type": type_, "sequence_number": next(numbers), **more}, type_)

    response: dict[str, object] = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "model": "gpt-5-mini",
        "output": [],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "status": "in_progress",
    }
    yield said("response.created", response=response)
    output: list[object] = []
    text = ""
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    try:
        for number, word in enumerate(_words(turn)):
            if number == 0:
                item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress", "content": []}
                yield said("response.output_item.added", output_index=0, item=item)
                part = {"type": "output_text", "text": "", "annotations": []}
                yield said("response.content_part.added", **place, part=part)
            text += word
            yield said("response.output_text.delta", **place, delta=word, logprobs=[])
    except Broken:
        yield said("error", code="server_error", message="The server had an error", param=None)
        return
    if text:
        content = [{"type": "output_text", "text": text, "annotations": []}]
        output.append(
            {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content}
        )
        yield said("response.output_text.done", **place, text=text, logprobs=[])
        yield said("response.output_item.done", output_index=0, item=output[0])
    for wish in turn.wishes:
        index, unique = len(output), time.monotonic_ns()
        call = {"id": f"fc_{unique}", "type": "function_call", "call_id": f"call_{unique}", "name": wish.tool}
        begun = {**call, "arguments": "", "status": "in_progress"}
        yield said("response.output_item.added", output_index=index, item=begun)
        for piece in _halves(_raw(wish)):
            yield said("response.function_call_arguments.delta", item_id=call["id"], output_index=index, delta=piece)
        done = {**call, "arguments": _raw(wish), "status": "completed"}
        yield said(
            "response.function_call_arguments.done",
            item_id=call["id"],
            output_index=index,
            name=wish.tool,
            arguments=_raw(wish),
        )
        yield said("response.output_item.done", output_index=index, item=done)
        output.append(done)
    usage = {
        "input_tokens": turn.input_tokens,
        "input_tokens_details": {"cached_tokens": turn.cached_tokens},
        "output_tokens": turn.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": turn.input_tokens + turn.output_tokens,
    }
    whole = {**response, "output": output, "usage": usage}
    if turn.stops_for_length:
        ended = {**whole, "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}
        yield said("response.incomplete", response=ended)
    else:
        yield said("response.completed", response={**whole, "status": "completed"})


def _halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]
