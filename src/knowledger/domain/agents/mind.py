"""The port to what thinks: a language model behind a provider, or the offline analyst.

One call of a mind is one `Thinking`: pieces come out of it as they form, and the last one is `Done`. Leaving it early
ends the call at the provider.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol, TypeAlias

from knowledger.domain.agents.messages import Message, Thought
from knowledger.domain.agents.tools.tool import Tool
from knowledger.domain.operations.progress import Statement
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject


@dataclass(frozen=True)
class Tokens:
    """What a call used. `input` includes the cached ones, as price tables want it."""

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(
            self.input + other.input,
            self.output + other.output,
            self.cache_read + other.cache_read,
            self.cache_write + other.cache_write,
        )

    def as_json(self) -> JsonObject:
        return {
            "input_tokens": self.input,
            "output_tokens": self.output,
            "cache_read_tokens": self.cache_read,
            "cache_write_tokens": self.cache_write,
        }


@dataclass(frozen=True)
class Prompt:
    """What a mind is given. `said` is what it had said of this very answer when it was interrupted."""

    instructions: str
    messages: tuple[Message, ...]
    tools: Sequence[Tool[object]]
    answer_tokens: int
    said: str = ""


@dataclass(frozen=True)
class Words:
    """Some of the text."""

    text: str


@dataclass(frozen=True)
class Done:
    """The whole thought, and what it took. `cut` says that it had more to say than it might."""

    thought: Thought
    tokens: Tokens
    cut: bool = False


Piece: TypeAlias = Words | Statement | Done


class Thinking(Protocol):
    """One call under way."""

    @property
    def reported(self) -> Tokens | None:
        """What the provider has said so far that the call takes; None before it has said anything."""

    def take(self, longest: timedelta) -> Sequence[Piece]:
        """What came since the last time; empty where nothing came within the time.

        Raises the errors below. A call that ended in `Done` has nothing more to give.
        """


class Mind(Protocol):
    """Safe to share between threads."""

    @property
    def provider(self) -> str: ...

    @property
    def model(self) -> str: ...

    @property
    def is_offline(self) -> bool:
        """Whether it thinks on this machine and costs nothing."""

    def count_tokens(self, prompt: Prompt) -> int:
        """How many the prompt has, rather too many than too few."""

    def think(self, prompt: Prompt) -> AbstractContextManager[Thinking]: ...


class ModelUnavailable(KnowledgerError):
    """The model's provider does not answer, or is overloaded."""

    status = 503
    retryable = True
    hint = "Try again in a moment; the provider's status page may say more."


class ModelRefused(KnowledgerError):
    """The model's provider refused the request."""

    status = 502
    hint = "Check provider, model and key: `knowledger model show`."


class ModelKeyRefused(ModelRefused):
    """The model's provider does not accept the key."""

    hint = "Set a key that is valid: `knowledger model set`."


class ModelCutOff(KnowledgerError):
    """The model's answer broke off."""

    status = 502
    retryable = True
    hint = "Ask again; what was said so far is kept in the events."
