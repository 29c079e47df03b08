"""Questions in plain words, and the conversations that they are part of."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from knowledger.client.effects import Flow, call, fetch, fetch_all
from knowledger.client.json import JsonObject
from knowledger.client.records import OperationRecord
from knowledger.client.wire import Request, delete, get, path, post, with_json

Mode = Literal["quick", "standard", "extended"]


@dataclass(frozen=True)
class AnswerRecord:
    """An answer as a whole. `[1]` in the text is the first of `citations`; `values` are its figures, exact, as text.

    `understood` is False where the built-in analyst does not answer; `suggestions` are questions that it can.
    """

    text: str
    model: str
    mode: str
    understood: bool = True
    conversation_id: str | None = None
    citations: tuple[JsonObject, ...] = ()
    tables: tuple[JsonObject, ...] = ()
    charts: tuple[JsonObject, ...] = ()
    warnings: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    values: JsonObject = field(default_factory=dict)
    microcredits: int = 0


@dataclass(frozen=True)
class ConversationRecord:
    conversation_id: str
    graph_id: str
    title: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class TurnRecord:
    """A question and its answer, which is None until there is one."""

    question: str
    operation_id: str
    status: str
    created_at: datetime
    answer: JsonObject | None = None


@dataclass(frozen=True)
class Dialogue(ConversationRecord):
    """A conversation with all that was said in it."""

    turns: tuple[TurnRecord, ...] = ()


def ask(graph_id: str, message: str, mode: Mode, conversation_id: str | None) -> Flow[OperationRecord]:
    body: JsonObject = {"message": message, "mode": mode}
    if conversation_id is not None:
        body["conversation_id"] = conversation_id
    return fetch(OperationRecord, post(path("/graphs/{}/agent", graph_id), body))


def conversations(graph_id: str) -> Flow[tuple[ConversationRecord, ...]]:
    return fetch_all(ConversationRecord, get(path("/graphs/{}/conversations", graph_id)), "conversations")


def conversation(graph_id: str, conversation_id: str) -> Flow[Dialogue]:
    return fetch(Dialogue, get(path("/graphs/{}/conversations/{}", graph_id, conversation_id)))


def rename(graph_id: str, conversation_id: str, title: str) -> Flow[ConversationRecord]:
    where = path("/graphs/{}/conversations/{}", graph_id, conversation_id)
    return fetch(ConversationRecord, with_json(Request("PATCH", where), {"title": title}))


def forget(graph_id: str, conversation_id: str) -> Flow[None]:
    yield from call(delete(path("/graphs/{}/conversations/{}", graph_id, conversation_id)))


def exported(graph_id: str, conversation_id: str) -> Flow[str]:
    answer = yield from call(get(path("/graphs/{}/conversations/{}/export", graph_id, conversation_id)))
    return answer.content.decode()
