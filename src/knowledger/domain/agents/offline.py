"""The offline analyst as a mind: no model, no key, no cost, and the same loop around it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from knowledger.domain.agents import telling
from knowledger.domain.agents.analyst import next_step
from knowledger.domain.agents.messages import Asked, Observed, Thought, ToolCall
from knowledger.domain.agents.mind import Done, Piece, Prompt, Tokens, Words
from knowledger.domain.agents.steps import Call, Reply, Setting
from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.output import ToolOutput
from knowledger.kernel.json import JsonObject

_NO_STEP = 0  # the loop knows which step it is


class OfflineMind:
    """Thinks about one graph. Being deterministic it begins anew where it was interrupted."""

    provider = "offline"
    model = "offline-analyst"
    is_offline = True

    def __init__(self, context: ToolContext) -> None:
        self._context = context

    def count_tokens(self, prompt: Prompt) -> int:
        return 0

    @contextmanager
    def think(self, prompt: Prompt) -> "Iterator[_Thinking]":
        yield _Thinking(self._thought(prompt))

    def _thought(self, prompt: Prompt) -> Iterator[Piece]:
        questions = [message.text for message in prompt.messages if isinstance(message, Asked)]
        outputs = _outputs_since_the_question(prompt)
        context = self._context
        setting = Setting(
            context.graph_id,
            context.generation_id,
            context.schema,
            context.today,
            tuple(questions[:-1]),
        )
        step = next_step(questions[-1], setting, outputs)
        if isinstance(step, Call):
            call = ToolCall(f"call_{len(outputs) + 1}", step.tool, step.arguments, why=step.why)
            yield Done(Thought("", (call,)), Tokens())
        else:
            yield from _told(step)


def _told(reply: Reply) -> Iterator[Piece]:
    for words in reply.pieces():
        yield Words(words)
    for number, cited in enumerate(reply.citations, start=1):
        yield telling.citation(_NO_STEP, number, cited)
    for shown in reply.tables:
        yield telling.table(_NO_STEP, shown.as_json())
    if reply.chart is not None:
        yield telling.chart(_NO_STEP, reply.chart)
    kept: JsonObject = {"understood": reply.understood, "intent": reply.intent, "formula": reply.formula}
    yield Done(
        Thought(reply.text, kept={**kept, "values": dict(reply.values), "suggestions": list(reply.suggestions)}),
        Tokens(),
    )


def _outputs_since_the_question(prompt: Prompt) -> list[ToolOutput]:
    outputs: list[ToolOutput] = []
    for message in prompt.messages:
        if isinstance(message, Asked):
            outputs.clear()
        elif isinstance(message, Observed):
            outputs.extend(item.output for item in message.observations)
    return outputs


class _Thinking:
    def __init__(self, pieces: Iterator[Piece]) -> None:
        self._pieces = pieces
        self.reported: Tokens | None = None

    def take(self, longest: timedelta) -> Sequence[Piece]:
        return list(self._pieces)
