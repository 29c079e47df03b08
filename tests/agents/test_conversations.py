"""Questions in conversations, answered without a model: gone on with, named, exported, deleted, and nobody else's."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from knowledger.domain.agents.conversations import (
    ConversationNotFound,
    Whose,
    as_markdown,
    delete_conversation,
    find_conversation,
    history_of,
    list_conversations,
    turns_of,
)
from knowledger.domain.agents.messages import Asked, Thought
from tests.agents.asking import GRAPH, ORGANIZATION, USER, Desk

MINE = Whose(ORGANIZATION, USER, GRAPH)
QUESTION = "How many accounts are there?"


def answered(asked: Desk, conversation_id: str | None = None) -> str:
    operation_id = asked.ask(QUESTION, conversation_id=conversation_id)
    done = asked.run(operation_id)
    assert done.status == "completed", done.error
    return operation_id


def conversation_of(asked: Desk) -> str:
    with asked.sessions() as session:
        return list_conversations(session, MINE, limit=1)[0].id


def test_a_question_begins_a_conversation_that_another_goes_on_with(asked: Desk) -> None:
    answered(asked)
    second = answered(asked, conversation_id=conversation_of(asked))
    with asked.sessions() as session:
        (conversation,) = list_conversations(session, MINE, limit=10)
        assert conversation.title == QUESTION
        turns = turns_of(session, conversation)
        before = history_of(session, second)
    assert [(turn.question, turn.status, turn.answer is not None) for turn in turns] == [
        (QUESTION, "completed", True)
    ] * 2
    assert before == [Asked(QUESTION), Thought(str((turns[0].answer or {})["text"]))]


def test_an_answer_without_a_model_costs_nothing(asked: Desk) -> None:
    answered(asked)
    with asked.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM credit_reservations")) == 0
        assert connection.scalar(text("SELECT sum(microcredits) FROM agent_steps")) == 0


def test_the_same_question_with_the_same_key_is_asked_once(asked: Desk) -> None:
    first, second = (asked.ask(QUESTION, idempotency_key="k") for _ in range(2))
    assert first == second
    with asked.sessions() as session:
        (conversation,) = list_conversations(session, MINE, limit=10)
        assert len(turns_of(session, conversation)) == 1


def test_a_conversation_is_its_users_and_its_graphs_alone(asked: Desk) -> None:
    answered(asked)
    known = conversation_of(asked)
    with asked.sessions() as session:
        for other in (
            replace(MINE, user_id="user_x"),
            replace(MINE, graph_id="kg_x"),
            replace(MINE, organization_id="x"),
        ):
            with pytest.raises(ConversationNotFound):
                find_conversation(session, other, known)
    with pytest.raises(ConversationNotFound):
        asked.ask(QUESTION, conversation_id="conv_of_somebody_else")


def test_a_deleted_conversation_is_gone_with_its_turns(asked: Desk) -> None:
    answered(asked)
    with asked.sessions.begin() as session:
        delete_conversation(session, find_conversation(session, MINE, conversation_of(asked)))
    with asked.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM conversation_turns")) == 0


def test_an_exported_conversation_is_a_document(asked: Desk) -> None:
    answered(asked)
    with asked.sessions() as session:
        conversation = find_conversation(session, MINE, conversation_of(asked))
        document = as_markdown(conversation.title, turns_of(session, conversation))
    assert document.startswith(f"# {QUESTION}\n\n## {QUESTION}\n\n")


@pytest.mark.parametrize("dies_after", [1, 3, 5])
def test_a_lost_worker_is_followed_where_it_stopped(asked: Desk, dies_after: int) -> None:
    whole = asked.ask(QUESTION)
    asked.run(whole)
    operation_id = asked.ask(QUESTION)
    asked.run(operation_id, dies_after=dies_after)
    assert asked.run(operation_id).status == "completed"
    assert asked.text(operation_id) == asked.text(whole) != ""
    assert len(asked.said(operation_id, "tool_call")) == len(asked.said(whole, "tool_call"))
