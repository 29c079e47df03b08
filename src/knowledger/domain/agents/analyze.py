"""A user asks a graph: the answer forms live, step by step, and survives the worker that began it."""

import re
import time
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.agents import telling
from knowledger.domain.agents.asking import Analyze, turn_of
from knowledger.domain.agents.choice import Minds, Prices, chosen_model, rate_of
from knowledger.domain.agents.conversations import answer_turn, history_of
from knowledger.domain.agents.instructions import instructions
from knowledger.domain.agents.loop import Course, Loop, Telling
from knowledger.domain.agents.messages import Asked, Message, Thought
from knowledger.domain.agents.mind import Mind
from knowledger.domain.agents.modes import Limits, Mode
from knowledger.domain.agents.offline import OfflineMind
from knowledger.domain.agents.purse import Purse, Rate, reserve_for, worst_case
from knowledger.domain.agents.record import Record
from knowledger.domain.agents.tools.context import Readings
from knowledger.domain.agents.tools.opening import opened as open_tools
from knowledger.domain.connections.tokens import SecretKeys
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.progress import Steps
from knowledger.kernel.json import JsonObject, JsonValue
from knowledger.models.credits import CreditReservation


@dataclass(frozen=True)
class Answered:
    """The answer as a whole. `understood` is False where the offline analyst abstained; `values` are its figures."""

    conversation_id: str | None
    text: str
    model: str
    mode: Mode
    understood: bool
    citations: list[JsonValue]
    tables: list[JsonValue]
    charts: list[JsonValue]
    warnings: list[str]
    suggestions: list[JsonValue]
    values: JsonObject
    steps: int
    input_tokens: int
    output_tokens: int
    microcredits: int


def analyze(
    command: Analyze,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    readings: Readings,
    minds: Minds,
    keys: SecretKeys,
    prices: Prices,
) -> Steps[Answered]:
    """Think, use tools, answer."""
    with sessions.begin() as session:
        opened = _open(session, command, held, readings=readings, minds=minds, keys=keys, prices=prices)
    loop = Loop(opened.course, Record(sessions, held, opened.purse), opened.purse)
    yield from loop.run()
    yield from _cite(loop)
    answered = _answered(loop, opened)

    def conclude(session: Session) -> Answered:
        answer_turn(session, held.operation_id, _as_json(answered))
        return answered

    return conclude


@dataclass(frozen=True)
class _Opened:
    course: Course
    purse: Purse
    mode: Mode
    conversation_id: str | None


def _open(
    session: Session,
    command: Analyze,
    held: Claim,
    *,
    readings: Readings,
    minds: Minds,
    keys: SecretKeys,
    prices: Prices,
) -> _Opened:
    assert held.graph_id is not None
    graph = find_graph(session, held.graph_id)
    context = open_tools(session, graph.id, readings(graph.id, held.organization_id))
    choice = chosen_model(session, held.organization_id, keys)
    mind: Mind = OfflineMind(context) if choice is None else minds.mind(choice)
    rate = rate_of(choice, prices)
    limits = command.mode.limits
    course = Course(
        mind=mind,
        context=context,
        limits=limits,
        instructions=instructions(graph.name, graph.description, context.schema, context.today),
        question=(*_history(session, command, held), Asked(command.message)),
        until=time.monotonic() + limits.wall_clock.total_seconds(),
    )
    conversation_id = session.scalar(turn_of(held.operation_id))
    return _Opened(course, _purse(session, held, limits, rate), command.mode, conversation_id)


def _purse(session: Session, held: Claim, limits: Limits, rate: Rate) -> Purse:
    """What is left of the reservation; one that the choice of another model has made necessary is made here."""
    if worst_case(limits, rate) == 0:
        return Purse(held.operation_id, rate, None)
    reservation = session.get(CreditReservation, held.operation_id)
    if reservation is not None:
        return Purse(held.operation_id, rate, reservation.amount - reservation.posted)
    return Purse(held.operation_id, rate, reserve_for(session, held.organization_id, held.operation_id, limits, rate))


def _history(session: Session, command: Analyze, held: Claim) -> list[Message]:
    if command.history:
        return [Asked(past.content) if past.role == "user" else Thought(past.content) for past in command.history]
    return history_of(session, held.operation_id)


def _cite(loop: Loop) -> Telling:
    """The sources that a model's answer names by their numbers. The analyst's come with its answer."""
    if any(said.type is EventType.CITATION for said in loop.shown):
        return
    numbers = dict.fromkeys(int(number) for number in re.findall(r"\[(\d{1,4})\]", loop.answer.text))
    for number in numbers:
        if 0 < number <= len(loop.citations):
            yield from loop.show(telling.citation(loop.label, number, loop.citations[number - 1]))


def _answered(loop: Loop, opened: _Opened) -> Answered:
    def shown(type_: EventType, name: str) -> list[JsonValue]:
        return [said.about[name] for said in loop.shown if said.type is type_]

    kept = loop.answer.kept if isinstance(loop.answer.kept, dict) and opened.course.mind.is_offline else {}
    values, suggestions = kept.get("values"), kept.get("suggestions")
    citations: list[JsonValue] = [
        {"number": said.about["number"], "citation": said.about["citation"]}
        for said in loop.shown
        if said.type is EventType.CITATION
    ]
    return Answered(
        conversation_id=opened.conversation_id,
        text=loop.answer.text,
        model=opened.course.mind.model,
        mode=opened.mode,
        understood=bool(kept.get("understood", True)),
        citations=citations,
        tables=shown(EventType.TABLE, "table"),
        charts=shown(EventType.CHART, "chart"),
        warnings=[str(said.about["message"]) for said in loop.shown if said.type is EventType.WARNING],
        suggestions=suggestions if isinstance(suggestions, list) else [],
        values=values if isinstance(values, dict) else {},
        steps=len(loop.steps),
        input_tokens=loop.tokens.input,
        output_tokens=loop.tokens.output,
        microcredits=loop.microcredits,
    )


def _as_json(answered: Answered) -> JsonObject:
    plain: JsonObject = TypeAdapter(Answered).dump_python(answered, mode="json")
    return plain
