"""Language models, by pydantic-ai. The only module that knows it: another library would take this one's place.

Every call runs on one event loop for the process; the thread that asked takes the pieces from a queue.
"""

import asyncio
import json
import queue
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cached_property
from typing import Any, Final, TypeAlias

from knowledger.adapters.loop_thread import LoopThread
from knowledger.domain.agents.choice import ModelChoice, Provider
from knowledger.domain.agents.messages import Asked, Message, Observed, Thought, ToolCall
from knowledger.domain.agents.mind import (
    Done,
    Mind,
    ModelCutOff,
    ModelKeyRefused,
    ModelRefused,
    ModelUnavailable,
    Piece,
    Prompt,
    Tokens,
    Words,
)
from knowledger.kernel.errors import KnowledgerError

GO_ON: Final = (
    "You were interrupted here. Go on with your answer from exactly where it stops, without repeating any of it and "
    "without a word about the interruption."
)
_LONGEST_SILENCE_S = 300.0
_MOST_KEPT = 32
_CHARACTERS_A_TOKEN = 3  # rather too few than too many, so that estimates are rather too high
_AROUND_A_MESSAGE = 20

_Item: TypeAlias = Piece | KnowledgerError


class ModelMinds:
    """Minds by what was chosen, kept with their connections while they are in use."""

    def __init__(self, loop: LoopThread) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._kept: dict[tuple[object, ...], ModelMind] = {}

    def mind(self, choice: ModelChoice) -> Mind:
        name = (choice.provider, choice.model, choice.base_url, choice.key)
        with self._lock:
            mind = self._kept.pop(name, None) or ModelMind(choice, self._loop)
            self._kept[name] = mind
            if len(self._kept) > _MOST_KEPT:
                self._kept.pop(next(iter(self._kept))).close()
        return mind

    def close(self) -> None:
        """Hang up on every provider."""
        with self._lock:
            for mind in self._kept.values():
                mind.close()
            self._kept.clear()


class ModelMind:
    """See `knowledger.domain.agents.mind.Mind`."""

    is_offline = False

    def __init__(self, choice: ModelChoice, loop: LoopThread) -> None:
        self.provider = choice.provider.value
        self.model = choice.model
        self._choice = choice
        self._loop = loop
        self._lock = threading.Lock()

    def count_tokens(self, prompt: Prompt) -> int:
        texts = [prompt.instructions, prompt.said, *map(_text_of, prompt.messages)]
        texts += [tool.description + json.dumps(tool.input_schema) for tool in prompt.tools]
        return sum(len(text.encode()) // _CHARACTERS_A_TOKEN + _AROUND_A_MESSAGE for text in texts)

    @contextmanager
    def think(self, prompt: Prompt) -> "Iterator[_Thinking]":
        with self._lock:
            model = self._model
        thinking = _Thinking()
        call = self._loop.start(_call(model, prompt, thinking))
        try:
            yield thinking
        finally:
            call.cancel()

    def close(self) -> None:
        """Hang up. Calls under way break off."""
        if "_client" in vars(self):
            self._loop.run(self._client.aclose())

    @cached_property
    def _client(self) -> Any:
        from pydantic_ai.models import create_async_httpx2_client

        return create_async_httpx2_client()

    @cached_property
    def _model(self) -> Any:
        choice, client = self._choice, self._client
        if choice.provider is Provider.ANTHROPIC:
            from pydantic_ai.models.anthropic import AnthropicModel
            from pydantic_ai.providers.anthropic import AnthropicProvider

            anthropic = AnthropicProvider(api_key=choice.key, base_url=choice.base_url, http_client=client)
            return AnthropicModel(choice.model, provider=anthropic)
        from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
        from pydantic_ai.providers.openai import OpenAIProvider

        key = choice.key or "none"  # the client insists on one; a server of one's own ignores it
        base_url = choice.base_url or "https://api.openai.com/v1"
        provider = OpenAIProvider(api_key=key, base_url=base_url, http_client=client)
        kind = OpenAIResponsesModel if choice.provider is Provider.OPENAI else OpenAIChatModel
        return kind(choice.model, provider=provider)


class _Thinking:
    """One call, seen from the thread that waits for it."""

    def __init__(self) -> None:
        self.stream: Any = None
        self._pieces: queue.SimpleQueue[_Item] = queue.SimpleQueue()

    @property
    def reported(self) -> Tokens | None:
        return None if self.stream is None else _tokens(self.stream.usage)

    def put(self, piece: _Item) -> None:
        self._pieces.put(piece)

    def take(self, longest: timedelta) -> Sequence[Piece]:
        items = self._waiting(longest)
        if items and isinstance(items[0], KnowledgerError):
            raise items[0]
        pieces = [item for item in items if not isinstance(item, KnowledgerError)]
        for error in items[len(pieces) :]:
            self._pieces.put(error)  # what came before it is told first
        return pieces

    def _waiting(self, longest: timedelta) -> list[_Item]:
        items: list[_Item] = []
        with suppress(queue.Empty):
            items.append(self._pieces.get(timeout=max(0.0, longest.total_seconds())))
            while True:
                items.append(self._pieces.get_nowait())
        return items


async def _call(model: Any, prompt: Prompt, thinking: _Thinking) -> None:
    has_begun = False
    try:
        from pydantic_ai.direct import model_request_stream

        async with model_request_stream(
            model, _messages(prompt), model_settings=_settings(prompt), model_request_parameters=_tools(prompt)
        ) as stream:
            thinking.stream = stream
            async for event in stream:
                if words := _words(event):
                    has_begun = True
                    thinking.put(Words(words))
            thinking.put(_done(stream.get(), _tokens(stream.usage) or Tokens()))
    except asyncio.CancelledError:
        raise
    except Exception as error:
        thinking.put(_told(error, has_begun))


def _words(event: Any) -> str:
    """The text that an event brings."""
    if event.event_kind == "part_start" and event.part.part_kind == "text":
        return str(event.part.content)
    if event.event_kind == "part_delta" and event.delta.part_delta_kind == "text":
        return str(event.delta.content_delta)
    return ""


def _done(response: Any, tokens: Tokens) -> Done:
    from pydantic_ai.messages import ModelMessagesTypeAdapter

    text = "".join(part.content for part in response.parts if part.part_kind == "text")
    calls = tuple(_tool_call(part) for part in response.parts if part.part_kind == "tool-call")
    kept = ModelMessagesTypeAdapter.dump_python([response], mode="json")
    return Done(Thought(text, calls, kept), tokens, cut=response.finish_reason == "length")


def _tool_call(part: Any) -> ToolCall:
    raw = part.args if isinstance(part.args, str) else json.dumps(part.args or {})
    try:
        arguments = json.loads(raw or "{}")
    except ValueError:
        arguments = None
    return ToolCall(part.tool_call_id, part.tool_name, arguments if isinstance(arguments, dict) else None, raw)


def _tokens(usage: Any) -> Tokens | None:
    usage = usage() if callable(usage) else usage
    if not usage.input_tokens and not usage.output_tokens:
        return None
    return Tokens(
        usage.input_tokens or 0, usage.output_tokens or 0, usage.cache_read_tokens or 0, usage.cache_write_tokens or 0
    )


def _messages(prompt: Prompt) -> list[Any]:
    from pydantic_ai.messages import ModelRequest, ModelResponse, TextPart, UserPromptPart

    messages = [part for message in prompt.messages for part in _in_its_shape(message, prompt.instructions)]
    if prompt.said:
        messages.append(ModelResponse(parts=[TextPart(prompt.said)]))
        messages.append(ModelRequest(parts=[UserPromptPart(GO_ON)], instructions=prompt.instructions))
    return messages


def _in_its_shape(message: Message, instructions: str) -> list[Any]:
    from pydantic_ai.messages import (
        ModelMessagesTypeAdapter,
        ModelRequest,
        ModelResponse,
        TextPart,
        ToolCallPart,
        ToolReturnPart,
        UserPromptPart,
    )

    match message:
        case Asked():
            return [ModelRequest(parts=[UserPromptPart(message.text)], instructions=instructions)]
        case Observed():
            returned = [
                ToolReturnPart(tool_name=item.call.tool, content=_read(item), tool_call_id=item.call.id)
                for item in message.observations
            ]
            return [ModelRequest(parts=returned, instructions=instructions)]
        case Thought(kept=list()):
            return list(ModelMessagesTypeAdapter.validate_python(message.kept))
        case Thought():
            parts: list[Any] = [TextPart(message.text)] if message.text else []
            parts += [ToolCallPart(call.tool, call.arguments or {}, call.id) for call in message.calls]
            return [ModelResponse(parts=parts)] if parts else []


def _read(item: Any) -> str:
    """What the model reads of a tool's output."""
    text = str(item.output.as_text())
    return f"{text}\nSources:\n{item.note}" if item.note else text


def _text_of(message: Message) -> str:
    match message:
        case Asked():
            return message.text
        case Observed():
            return "".join(map(_read, message.observations))
        case Thought():
            return message.text + "".join(call.raw or json.dumps(call.arguments) for call in message.calls)


def _tools(prompt: Prompt) -> Any:
    from pydantic_ai.models import ModelRequestParameters
    from pydantic_ai.tools import ToolDefinition

    offered = [
        ToolDefinition(name=tool.name, description=tool.description, parameters_json_schema=tool.input_schema)
        for tool in prompt.tools
    ]
    return ModelRequestParameters(function_tools=offered, allow_text_output=True)


def _settings(prompt: Prompt) -> Any:
    return {"max_tokens": prompt.answer_tokens, "timeout": _LONGEST_SILENCE_S, "max_retries": 2, "cache": True}


def _told(error: Exception, has_begun: bool) -> KnowledgerError:
    """The error in our words. What a provider says is a stranger's text, and only a little of it is passed on."""
    from pydantic_ai import exceptions

    said = " ".join(str(getattr(error, "message", error)).split())[:200]
    if isinstance(error, exceptions.ModelAuthenticationError):
        return ModelKeyRefused()
    if isinstance(error, exceptions.ModelRequestRejectedError) and not isinstance(
        error, exceptions.ModelRateLimitError
    ):
        return ModelRefused(f"The model's provider refused the request: {said}")
    if has_begun:
        return ModelCutOff()
    return ModelUnavailable(f"The model's provider does not answer as it should: {said}")
