"""The loop: a mind thinks, uses tools and thinks again until it has answered, or may go on no longer.

Each step is recorded when it is finished and told as it forms. A loop that begins with finished steps goes on behind
the last of them.
"""

import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeAlias

from knowledger.domain.agents import telling
from knowledger.domain.agents.messages import Message, Observation, Observed, Thought, ToolCall
from knowledger.domain.agents.mind import Done, Mind, ModelCutOff, Prompt, Tokens, Words
from knowledger.domain.agents.mind import Thinking as Call
from knowledger.domain.agents.modes import Limits
from knowledger.domain.agents.presenting import PRESENTING, presented
from knowledger.domain.agents.purse import Purse
from knowledger.domain.agents.record import Acting, Record, Step, Thinking, Told
from knowledger.domain.agents.spoken import Spoken
from knowledger.domain.agents.tools.context import ToolContext
from knowledger.domain.agents.tools.output import Citation, ToolOutput
from knowledger.domain.agents.tools.registry import TOOLS
from knowledger.domain.agents.tools.tool import InvalidToolInput, Tool, UnknownTool, failure
from knowledger.domain.billing.credits import InsufficientCredits
from knowledger.domain.operations.errors import OperationCancelled, OperationTimedOut
from knowledger.domain.operations.progress import Progress, Statement
from knowledger.kernel.errors import LimitExceeded

Telling: TypeAlias = Generator[Progress | Statement, None, None]

_ALIVE = Progress("Thinking")
_ATTENTIVE = timedelta(milliseconds=100)
_SHORTEST_ANSWER = 200
_MOST_CUT_OFF = 3


class ToolsUsedUp(LimitExceeded):
    """No more tools may be used for this answer."""

    hint = "Answer with what is known, and say what is missing."


@dataclass(frozen=True)
class Course:
    """What a run goes by. `until` is when it has to have answered, by the monotonic clock."""

    mind: Mind
    context: ToolContext
    limits: Limits
    instructions: str
    question: tuple[Message, ...]
    until: float


class Loop:
    """One attempt at an answer."""

    def __init__(self, course: Course, record: Record, purse: Purse, now: Callable[[], float] = time.monotonic) -> None:
        self._course = course
        self._record = record
        self._purse = purse
        self._now = now
        self._told = Told()
        self._messages: list[Message] = list(course.question)
        self._waiting: list[ToolCall] = []
        self._observed: list[Observation] = []
        self._partial: tuple[int, str] | None = None
        self.steps: list[Step] = []
        self.shown: list[Statement] = []
        self.citations: list[Citation] = []
        self.is_finished = False

    def run(self) -> Telling:
        """Until the answer is there. Raises what keeps it from ever being there."""
        self._told = self._record.told()
        for step in self._record.finished():
            self._take(step)
            yield from self._retell(step)
        while not self.is_finished:
            yield from self._act(self._waiting[0]) if self._waiting else self._think()

    @property
    def answer(self) -> Thought:
        """The last thing thought."""
        thoughts = [message for message in self._messages if isinstance(message, Thought)]
        return thoughts[-1] if thoughts else Thought("")

    @property
    def label(self) -> int:
        """The step that the answer's text belongs to."""
        return max((step.done.label for step in self.steps if isinstance(step.done, Thinking)), default=1)

    def show(self, said: Statement) -> Telling:
        """Say something that belongs to the answer."""
        self.shown.append(said)
        yield from self._tell(said)

    @property
    def tokens(self) -> Tokens:
        return sum((step.tokens for step in self.steps), Tokens())

    @property
    def microcredits(self) -> int:
        return sum(step.cost.amount for step in self.steps)

    # What a finished step means for what comes next, be it just finished or found in the record.

    def _take(self, step: Step) -> None:
        self.steps.append(step)
        if isinstance(step.done, Acting):
            self._take_observation(step.done.observation)
        elif step.done.is_cut_off:
            self._partial = (step.done.label, step.done.thought.text)
        else:
            self._take_thought(step.done)

    def _take_thought(self, done: Thinking) -> None:
        self._partial = None
        self._messages.append(done.thought)
        self._waiting = list(done.thought.calls)
        self.shown += done.shown
        self.is_finished = not self._waiting

    def _take_observation(self, observation: Observation) -> None:
        del self._waiting[0]
        self._observed.append(observation)
        self.citations += [cited for cited in observation.output.citations if cited not in self.citations]
        if (shown := presented(0, observation)) is not None:
            self.shown.append(shown)
        if not self._waiting:
            self._messages.append(Observed(tuple(self._observed)))
            self._observed = []

    # Thinking

    def _think(self) -> Telling:
        number = len(self.steps) + 1
        label, said = self._partial or (number, "")
        said = max(said, self._told.text(label), key=len)
        prompt = self._prompt(said)
        input_tokens = self._course.mind.count_tokens(prompt)
        problem = self._over_the_limits(input_tokens)
        answer_tokens = self._purse.affordable(input_tokens, self._answer_tokens())
        if answer_tokens < _SHORTEST_ANSWER:
            problem = problem or ("CreditsUsedUp", "The credits for this answer are used up.")
        if problem is not None:
            yield from self._stop_short(label, *problem)
            return
        prompt = replace(prompt, answer_tokens=answer_tokens)
        spoken = Spoken(label, said)
        shown: list[Statement] = []
        try:
            with self._course.mind.think(prompt) as call:
                done = yield from self._listen(call, spoken, shown)
        except (ModelCutOff, OperationCancelled, OperationTimedOut) as cut:
            if (step := self._cut_off(prompt, call.reported, spoken)) is not None:
                yield from self._leaving(self._last_words(spoken, step))
            if not isinstance(cut, ModelCutOff) or step is None or self._times_cut_off >= _MOST_CUT_OFF:
                raise
            return
        if done is None:
            if (step := self._cut_off(prompt, call.reported, spoken)) is not None:
                yield from self._last_words(spoken, step)
            yield from self._stop_short(label, "TimeUp", "The time for this answer is up.")
            return
        thought = replace(done.thought, text=spoken.text, kept=None) if spoken.is_continuation else done.thought
        step = self._record.finish(number, Thinking(label, thought, tuple(shown)), done.tokens)
        self._take(step)
        yield from self._tell_usage(step)
        yield from self._after(label, done)

    def _listen(
        self, call: Call, spoken: Spoken, shown: list[Statement]
    ) -> Generator[Progress | Statement, None, Done | None]:
        """Tell what comes as it comes. None: the time was up before all had come."""
        while self._now() < self._course.until:
            wait_s = spoken.wait_s
            pieces = call.take(_ATTENTIVE if wait_s is None else timedelta(seconds=wait_s))
            done = None
            for piece in pieces:
                match piece:
                    case Words():
                        spoken.add(piece.text)
                    case Statement():
                        shown.append(Statement(piece.type, {**piece.about, "step": spoken.step}))
                    case Done():
                        done = piece
                        spoken.finish()
            if spoken.wait_s is not None and (done is not None or spoken.wait_s == 0):
                yield spoken.delta()
            if done is not None:
                for said in shown:
                    yield from self._tell(said)
                return done
            yield _ALIVE
        return None

    def _prompt(self, said: str) -> Prompt:
        offers_tools = self._tool_calls < self._course.limits.tool_calls
        tools: Sequence[Tool[Any]] = (*TOOLS, *PRESENTING) if offers_tools else ()
        return Prompt(
            self._course.instructions, tuple(self._messages), tools, self._course.limits.answer_tokens, said=said
        )

    def _answer_tokens(self) -> int:
        limits = self._course.limits
        return min(limits.answer_tokens, limits.output_tokens - self.tokens.output)

    def _over_the_limits(self, input_tokens: int) -> tuple[str, str] | None:
        limits = self._course.limits
        if self._now() >= self._course.until:
            return "TimeUp", "The time for this answer is up."
        if self.tokens.input + input_tokens > limits.input_tokens or self._answer_tokens() < _SHORTEST_ANSWER:
            return "ModeUsedUp", "This mode allows no more thought; a larger one would."
        return None

    def _stop_short(self, label: int, code: str, message: str) -> Telling:
        """End with what there is, and say so. Raises where nothing was said that could be an answer."""
        if self._partial is not None:
            self._messages.append(Thought(self._partial[1]))
        if not self.answer.text and code == "CreditsUsedUp":
            raise InsufficientCredits(message)
        self.is_finished = True
        warned = telling.warning(label, code, message)
        yield from self.show(warned)

    def _cut_off(self, prompt: Prompt, reported: Tokens | None, spoken: Spoken) -> Step | None:
        """Record and bill a call that did not end by itself, by what is known of it; none where nothing came of it."""
        spoken.finish()
        new = spoken.text.removeprefix(prompt.said)
        if reported is None and not new:
            return None
        estimated = Tokens(self._course.mind.count_tokens(prompt), len(new) // 3 + 1)
        known = reported or Tokens()
        tokens = replace(known, input=max(known.input, estimated.input), output=max(known.output, estimated.output))
        done = Thinking(spoken.step, Thought(spoken.text), is_cut_off=True)
        step = self._record.finish(len(self.steps) + 1, done, tokens, is_estimated=True)
        self._take(step)
        return step

    def _last_words(self, spoken: Spoken, step: Step) -> Telling:
        """What had come of a call that did not end by itself and was not told yet, and what it took."""
        if spoken.wait_s is not None:
            yield spoken.delta()
        yield from self._tell_usage(step)

    @property
    def _times_cut_off(self) -> int:
        return sum(1 for step in self.steps if isinstance(step.done, Thinking) and step.done.is_cut_off)

    def _after(self, label: int, done: Done) -> Telling:
        if done.cut:
            yield from self.show(telling.warning(label, "AnswerCut", "The answer is longer than this mode allows."))
        if done.thought.calls and self._tool_calls == 0 and done.thought.text == "":
            yield from self._tell(telling.plan(label, [call.why or call.tool for call in done.thought.calls]))

    # Acting

    def _act(self, call: ToolCall) -> Telling:
        number = len(self.steps) + 1
        yield from self._tell(telling.tool_call(number, call))
        output = self._use(call)
        observation = Observation(call, output, self._sources(output))
        step = self._record.finish(number, Acting(observation), Tokens())
        self._take(step)
        yield from self._tell_observation(number, observation)

    def _use(self, call: ToolCall) -> ToolOutput:
        if self._tool_calls >= self._course.limits.tool_calls:
            return failure(ToolsUsedUp())
        if call.arguments is None:
            return failure(InvalidToolInput(f"The input of {call.tool} is not a JSON object.", hint="Write it again."))
        for tool in (*TOOLS, *PRESENTING):
            if tool.name == call.tool:
                return tool.call(self._course.context, call.arguments)
        names = ", ".join(tool.name for tool in TOOLS)
        return failure(UnknownTool(f"There is no tool {call.tool!r}.", hint=f"Tools: {names}."))

    @property
    def _tool_calls(self) -> int:
        return sum(1 for step in self.steps if isinstance(step.done, Acting))

    def _sources(self, output: ToolOutput) -> str:
        """The numbers by which the answer may cite what this output rests on."""
        known = [*self.citations]
        known += [cited for cited in output.citations if cited not in known]
        return "\n".join(f"[{known.index(cited) + 1}] {cited.label}" for cited in output.citations)

    def _tell_observation(self, number: int, observation: Observation) -> Telling:
        yield from self._tell(telling.tool_result(number, observation))
        if (shown := presented(number, observation)) is not None:
            yield from self._tell(shown)

    # Telling

    def _tell(self, said: Statement) -> Telling:
        if self._told.is_new(said):
            yield said

    def _retell(self, step: Step) -> Telling:
        """What a lost worker had finished and did not come to say."""
        if isinstance(step.done, Acting):
            yield from self._tell(telling.tool_call(step.number, step.done.observation.call))
            yield from self._tell_observation(step.number, step.done.observation)
            return
        heard, text = self._told.text(step.done.label), step.done.thought.text
        if text != heard and text.startswith(heard):
            yield telling.text_delta(step.done.label, len(heard), text[len(heard) :])
        for said in step.done.shown:
            yield from self._tell(said)
        yield from self._tell_usage(step)

    def _tell_usage(self, step: Step) -> Telling:
        """What thinks on this machine uses nothing that would have to be told."""
        if step.tokens != Tokens():
            said = telling.usage(step.number, self._course.mind.model, step.tokens, step.cost, self.microcredits)
            yield from self._tell(said)

    def _leaving(self, last: Telling) -> Telling:
        """Say it although the work is being stopped: what stops it is thrown in again at every word."""
        try:
            yield from last
        except (OperationCancelled, OperationTimedOut):
            return
