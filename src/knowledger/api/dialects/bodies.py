"""Questions as other people's clients send them: the last thing that the user said, and what came before it."""

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from knowledger.domain.agents.asking import LONGEST_QUESTION, MOST_HISTORY, Analyze, PastMessage
from knowledger.domain.agents.modes import Mode
from knowledger.kernel.errors import InvalidInput


class NoQuestion(InvalidInput):
    """There is no message of the user in the request."""


class ForeignBody(BaseModel):
    """A body whose shape is another project's: what we do not read of it, we leave."""

    model_config = ConfigDict(extra="ignore")


class Part(ForeignBody):
    """A piece of a message; pieces that are no text have none."""

    type: str = ""
    text: str = ""


class ChatMessage(ForeignBody):
    """The text is in `content`, as text or parts, or in `parts`."""

    role: str = "user"
    content: str | list[Part] | None = None
    parts: list[Part] = []

    @property
    def plain(self) -> str:
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content or self.parts)


class AiSdkBody(ForeignBody):
    """What `DefaultChatTransport` of Vercel's AI SDK sends. `mode` may be among the extra fields of its `body`."""

    id: str | None = None
    messages: list[ChatMessage] = Field(min_length=1)
    mode: Mode = Mode.STANDARD

    @property
    def command(self) -> Analyze:
        return _command(self.messages, self.mode)


class AgUiOptions(ForeignBody):
    mode: Mode = Mode.STANDARD


class AgUiBody(ForeignBody):
    """What `HttpAgent` of AG-UI sends (`RunAgentInput`). `mode` may be in `forwardedProps`."""

    threadId: str  # noqa: N815 - theirs
    runId: str  # noqa: N815 - theirs
    messages: list[ChatMessage] = Field(min_length=1)
    forwardedProps: AgUiOptions | None = None  # noqa: N815 - theirs

    @property
    def command(self) -> Analyze:
        return _command(self.messages, (self.forwardedProps or AgUiOptions()).mode)


class ResponsesBody(ForeignBody):
    """What `responses.create` of OpenAI's clients sends. `reasoning.effort` chooses the mode: low, medium or high."""

    class Reasoning(ForeignBody):
        effort: str | None = None

    input: str | list[ChatMessage]
    stream: bool = False
    previous_response_id: str | None = None
    reasoning: Reasoning | None = None

    @property
    def mode(self) -> Mode:
        effort = (self.reasoning or self.Reasoning()).effort
        return {"minimal": Mode.QUICK, "low": Mode.QUICK, "high": Mode.EXTENDED}.get(effort or "", Mode.STANDARD)

    @property
    def command(self) -> Analyze:
        if isinstance(self.input, str):
            return Analyze(message=_within(self.input), mode=self.mode)
        return _command(self.input, self.mode)


def _command(messages: Iterable[ChatMessage], mode: Mode) -> Analyze:
    said = [(message.role, message.plain) for message in messages if message.plain.strip()]
    while said and said[-1][0] != "user":
        said.pop()
    if not said:
        raise NoQuestion
    *before, (_, question) = said
    history = tuple(PastMessage(role=_role(role), content=_within(text)) for role, text in before)
    return Analyze(message=_within(question), mode=mode, history=history[-MOST_HISTORY:])


def _role(role: str) -> Literal["user", "assistant"]:
    return "assistant" if role == "assistant" else "user"


def _within(text: str) -> str:
    if not text.strip():
        raise NoQuestion
    if len(text) > LONGEST_QUESTION:
        raise InvalidInput(f"A message may have {LONGEST_QUESTION:,} characters; this one has {len(text):,}.")
    return text
