"""The record of an answer: its finished steps, and what was said of the unfinished one.

A worker that takes a run over goes on after the last finished step, and says nothing again that was said.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import cast

from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.agents.messages import (
    Observation,
    Thought,
    call_as_json,
    call_from,
    output_as_json,
    output_from,
)
from knowledger.domain.agents.mind import Tokens
from knowledger.domain.agents.purse import Purse
from knowledger.domain.agents.telling import Cost
from knowledger.domain.operations.claim import Claim, lock_held
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.progress import Statement
from knowledger.kernel.json import JsonObject
from knowledger.models.agents import AgentStep


@dataclass(frozen=True)
class Thinking:
    """A call of the mind. `label` is the step that its text belongs to: one that was cut off goes on under its own.

    `shown` are the statements that came with it.
    """

    label: int
    thought: Thought
    shown: tuple[Statement, ...] = ()
    is_cut_off: bool = False

    def as_json(self) -> JsonObject:
        return {
            "label": self.label,
            "text": self.thought.text,
            "calls": [call_as_json(call) for call in self.thought.calls],
            "kept": self.thought.kept,
            "shown": [{"type": said.type.value, "about": said.about} for said in self.shown],
        }

    @classmethod
    def parse(cls, body: JsonObject, is_cut_off: bool) -> "Thinking":
        calls = tuple(call_from(item) for item in cast(list[JsonObject], body["calls"]))
        thought = Thought(str(body["text"]), calls, body["kept"])
        shown = tuple(
            Statement(EventType(str(item["type"])), cast(JsonObject, item["about"]))
            for item in cast(list[JsonObject], body["shown"])
        )
        return cls(int(cast(int, body["label"])), thought, shown, is_cut_off)


@dataclass(frozen=True)
class Acting:
    """One tool used."""

    observation: Observation

    def as_json(self) -> JsonObject:
        observation = self.observation
        return {
            "call": call_as_json(observation.call),
            "output": output_as_json(observation.output),
            "note": observation.note,
        }

    @classmethod
    def parse(cls, body: JsonObject) -> "Acting":
        call, output = call_from(cast(JsonObject, body["call"])), output_from(cast(JsonObject, body["output"]))
        return cls(Observation(call, output, str(body["note"])))


@dataclass(frozen=True)
class Step:
    """A finished step, and what it took."""

    number: int
    done: Thinking | Acting
    tokens: Tokens
    cost: Cost


class Record:
    """The steps of one operation. Every write is under its claim: whoever lost that writes nothing."""

    def __init__(self, sessions: sessionmaker[Session], held: Claim, purse: Purse) -> None:
        self._sessions = sessions
        self._held = held
        self._purse = purse

    def finished(self) -> list[Step]:
        query = select(AgentStep).where(AgentStep.operation_id == self._held.operation_id).order_by(AgentStep.number)
        with self._sessions() as session:
            return [_step(row) for row in session.scalars(query)]

    def finish(self, number: int, done: Thinking | Acting, tokens: Tokens, *, is_estimated: bool = False) -> Step:
        """Write a step and bill it, both or neither. Raises LeaseLost."""
        with self._sessions.begin() as session:
            lock_held(session, self._held)
            amount = self._purse.bill(session, number, tokens)
            if not amount:
                session.execute(text("SET LOCAL synchronous_commit TO off"))  # what is free may be done again
            session.add(
                AgentStep(
                    operation_id=self._held.operation_id,
                    number=number,
                    kind=_kind(done),
                    body=done.as_json(),
                    input_tokens=tokens.input,
                    output_tokens=tokens.output,
                    microcredits=amount,
                    is_estimated=is_estimated,
                )
            )
        return Step(number, done, tokens, Cost(amount, is_estimated))

    def told(self) -> "Told":
        """What earlier attempts said."""
        if self._held.attempt == 1:
            return Told()
        with self._sessions() as session:
            rows = session.execute(_SAID, {"operation_id": self._held.operation_id}).all()
        told = Told()
        for row in rows:
            told.hear(EventType(row.type), row.data)
        return told


_SAID = text("""
    SELECT type, data FROM operation_events
    WHERE operation_id = :operation_id AND type NOT LIKE 'operation_%' ORDER BY seq
""")


class Told:
    """What clients have heard: the text of each step, and how many statements of each kind."""

    def __init__(self) -> None:
        self._texts: defaultdict[int, str] = defaultdict(str)
        self._counts: Counter[tuple[int, EventType]] = Counter()

    def hear(self, type_: EventType, about: JsonObject) -> None:
        step = cast(int, about["step"])
        if type_ is EventType.TEXT_DELTA:
            offset = cast(int, about["offset"])
            self._texts[step] = self._texts[step][:offset] + str(about["text"])
        else:
            self._counts[step, type_] += 1

    def text(self, step: int) -> str:
        return self._texts[step]

    def is_new(self, said: Statement) -> bool:
        """Whether it has to be said. The statements of one kind in one step come in the same order every time."""
        key = cast(int, said.about["step"]), said.type
        if self._counts[key] == 0:
            return True
        self._counts[key] -= 1
        return False


def _kind(done: Thinking | Acting) -> str:
    if isinstance(done, Acting):
        return "tool"
    return "cut_off" if done.is_cut_off else "model"


def _step(row: AgentStep) -> Step:
    done = Acting.parse(row.body) if row.kind == "tool" else Thinking.parse(row.body, row.kind == "cut_off")
    tokens = Tokens(row.input_tokens, row.output_tokens)
    return Step(row.number, done, tokens, Cost(row.microcredits, row.is_estimated))
