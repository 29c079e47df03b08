"""Conversations: what a user asked a graph, to go on with, to rename, to take along, to delete."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import PlainTextResponse
from pydantic import Field

from knowledger.api.access import AsAsker, AsViewer, Router
from knowledger.api.shapes import Answer, Name, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.agents.conversations import (
    Whose,
    as_markdown,
    delete_conversation,
    find_conversation,
    list_conversations,
    rename_conversation,
    turns_of,
)
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.json import JsonObject
from knowledger.models.agents import Conversation

router = Router(tags=["agent"])

_EXPORT = {200: {"content": {"text/markdown": {}}, "description": "The conversation as Markdown"}}


class ConversationAnswer(Answer):
    conversation_id: str
    graph_id: str
    title: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, conversation: Conversation) -> "ConversationAnswer":
        return cls(conversation_id=conversation.id, **_common(conversation))


class TurnAnswer(Answer):
    """`answer` is the operation's result, null while there is none."""

    question: str
    answer: JsonObject | None
    operation_id: str
    status: str
    created_at: datetime


class WholeConversation(ConversationAnswer):
    turns: list[TurnAnswer]


class ConversationList(Answer):
    conversations: list[ConversationAnswer]


class NewTitle(RequestBody):
    title: Name = Field(max_length=200)


@router.get("/graphs/{graph_id}/conversations")
def conversations(
    graph_id: str,
    access: AsViewer,
    transaction: Transaction,
    before: Annotated[datetime | None, Query(description="Those last used before then: the next page")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ConversationList:
    """Your conversations about a graph, the last used first."""
    find_graph(transaction, graph_id)
    found = list_conversations(transaction, _whose(access, graph_id), limit=limit, before=before)
    return ConversationList(conversations=[ConversationAnswer.of(item) for item in found])


@router.get("/graphs/{graph_id}/conversations/{conversation_id}")
def conversation(graph_id: str, conversation_id: str, access: AsViewer, transaction: Transaction) -> WholeConversation:
    """One conversation with its questions and answers."""
    found = find_conversation(transaction, _whose(access, graph_id), conversation_id)
    turns = [TurnAnswer.model_validate(turn) for turn in turns_of(transaction, found)]
    return WholeConversation(conversation_id=found.id, **_common(found), turns=turns)


@router.get(
    "/graphs/{graph_id}/conversations/{conversation_id}/export",
    response_class=PlainTextResponse,
    responses=_EXPORT,  # type: ignore[arg-type]
)
def export(graph_id: str, conversation_id: str, access: AsViewer, transaction: Transaction) -> Response:
    """A conversation as a Markdown document, with tables and citations."""
    found = find_conversation(transaction, _whose(access, graph_id), conversation_id)
    text = as_markdown(found.title, turns_of(transaction, found))
    disposition = f'attachment; filename="{found.id}.md"'
    return Response(text, media_type="text/markdown", headers={"Content-Disposition": disposition})


@router.patch("/graphs/{graph_id}/conversations/{conversation_id}")
def rename(
    graph_id: str, conversation_id: str, body: NewTitle, access: AsAsker, transaction: Transaction
) -> ConversationAnswer:
    """Rename a conversation."""
    found = find_conversation(transaction, _whose(access, graph_id), conversation_id)
    rename_conversation(found, body.title)
    transaction.flush()
    return ConversationAnswer.of(found)


@router.delete("/graphs/{graph_id}/conversations/{conversation_id}", status_code=204)
def delete(graph_id: str, conversation_id: str, access: AsAsker, transaction: Transaction) -> None:
    """Delete a conversation with its questions and answers."""
    delete_conversation(transaction, find_conversation(transaction, _whose(access, graph_id), conversation_id))


def _whose(access: Access, graph_id: str) -> Whose:
    return Whose(access.organization_id, access.user_id, graph_id)


def _common(conversation: Conversation) -> dict[str, object]:
    return {
        "graph_id": conversation.graph_id,
        "title": conversation.title,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
    }
