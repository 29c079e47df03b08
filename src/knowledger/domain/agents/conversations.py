"""Conversations: questions about a graph that build on each other, kept for the user who asked them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from knowledger.domain.agents.messages import Asked, Message, Thought
from knowledger.kernel.errors import NotFound
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject, JsonValue
from knowledger.models.agents import Conversation, ConversationTurn
from knowledger.models.operations import Operation

LONGEST_TITLE = 80
_MOST_TURNS_REMEMBERED = 20


class ConversationNotFound(NotFound):
    """There is no such conversation, or it is not yours."""


@dataclass(frozen=True)
class Whose:
    """A user's conversations about one graph."""

    organization_id: str
    user_id: str
    graph_id: str


@dataclass(frozen=True)
class Turn:
    """A question and its answer, which is None until there is one; `status` is its operation's."""

    question: str
    answer: JsonObject | None
    operation_id: str
    status: str
    created_at: datetime


def list_conversations(
    session: Session, whose: Whose, *, limit: int, before: datetime | None = None
) -> Sequence[Conversation]:
    """The last used first."""
    query = select(Conversation).where(*_of(whose))
    if before is not None:
        query = query.where(Conversation.updated_at < before)
    return session.scalars(query.order_by(Conversation.updated_at.desc(), Conversation.id).limit(limit)).all()


def find_conversation(session: Session, whose: Whose, conversation_id: str) -> Conversation:
    """Raises ConversationNotFound."""
    found = session.scalar(select(Conversation).where(Conversation.id == conversation_id, *_of(whose)))
    if found is None:
        raise ConversationNotFound
    return found


def turns_of(session: Session, conversation: Conversation) -> list[Turn]:
    query = (
        select(ConversationTurn, Operation.status)
        .join(Operation, Operation.id == ConversationTurn.operation_id)
        .where(ConversationTurn.conversation_id == conversation.id)
        .order_by(ConversationTurn.position)
    )
    return [
        Turn(turn.question, turn.answer, turn.operation_id, status, turn.created_at)
        for turn, status in session.execute(query)
    ]


def rename_conversation(conversation: Conversation, title: str) -> None:
    conversation.title = title


def delete_conversation(session: Session, conversation: Conversation) -> None:
    """The conversation and its turns. What was billed for it stays billed."""
    session.delete(conversation)
    session.flush()


def open_conversation(session: Session, whose: Whose, conversation_id: str | None, question: str) -> Conversation:
    """The one with this id, locked; or a new one named after its first question. Raises ConversationNotFound."""
    if conversation_id is not None:
        query = select(Conversation).where(Conversation.id == conversation_id, *_of(whose)).with_for_update()
        found = session.scalar(query)
        if found is None:
            raise ConversationNotFound
        return found
    conversation = Conversation(
        id=new_id("conv"),
        organization_id=whose.organization_id,
        graph_id=whose.graph_id,
        user_id=whose.user_id,
        title=title_of(question),
    )
    session.add(conversation)
    session.flush()
    return conversation


def add_turn(session: Session, conversation: Conversation, operation_id: str, question: str) -> None:
    last = session.scalar(
        select(func.max(ConversationTurn.position)).where(ConversationTurn.conversation_id == conversation.id)
    )
    conversation.updated_at = func.now()
    session.add(
        ConversationTurn(
            conversation_id=conversation.id, position=(last or 0) + 1, operation_id=operation_id, question=question
        )
    )
    session.flush()


def answer_turn(session: Session, operation_id: str, answer: JsonObject) -> None:
    """Keep the answer. A conversation that was deleted in the meantime stays deleted."""
    turn = session.scalar(select(ConversationTurn).where(ConversationTurn.operation_id == operation_id))
    if turn is not None:
        turn.answer = answer


def history_of(session: Session, operation_id: str) -> list[Message]:
    """What was said in the conversation before this operation's question, as far back as is remembered."""
    this = select(ConversationTurn).where(ConversationTurn.operation_id == operation_id)
    turn = session.scalar(this)
    if turn is None:
        return []
    earlier = (
        select(ConversationTurn)
        .where(
            ConversationTurn.conversation_id == turn.conversation_id,
            ConversationTurn.position < turn.position,
            ConversationTurn.answer.is_not(None),
        )
        .order_by(ConversationTurn.position.desc())
        .limit(_MOST_TURNS_REMEMBERED)
    )
    messages: list[Message] = []
    for past in reversed(session.scalars(earlier).all()):
        messages += [Asked(past.question), Thought(str((past.answer or {}).get("text", "")))]
    return messages


def title_of(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"


def as_markdown(title: str, turns: Sequence[Turn]) -> str:
    """A document of its own: questions as headings, answers with their tables and sources."""
    parts = [f"# {title}"]
    for turn in turns:
        parts.append(f"## {' '.join(turn.question.split())}")
        if turn.answer is None:
            parts.append(f"*No answer: {turn.status}.*")
            continue
        parts.append(str(turn.answer.get("text", "")))
        parts += [_table(item) for item in _objects(turn.answer.get("tables"))]
        sources = [_source(item) for item in _objects(turn.answer.get("citations"))]
        parts += ["\n".join(sources)] if sources else []
    return "\n\n".join(parts) + "\n"


def _table(table: JsonObject) -> str:
    columns, rows = table.get("columns"), table.get("rows")
    if not isinstance(columns, list) or not isinstance(rows, list):
        return ""
    lines = [_line(columns), _line(["---"] * len(columns))]
    lines += [_line(row) for row in rows if isinstance(row, list)]
    heading = f"**{table.get('title')}**\n\n" if table.get("title") else ""
    return heading + "\n".join(lines)


def _line(cells: Sequence[JsonValue]) -> str:
    texts = ("" if cell is None else str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells)
    return f"| {' | '.join(texts)} |"


def _source(item: JsonObject) -> str:
    cited = item.get("citation")
    label = cited.get("label") if isinstance(cited, dict) else None
    return f"[{item.get('number')}] {label or ''}  "


def _objects(value: JsonValue) -> list[JsonObject]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _of(whose: Whose) -> tuple[ColumnElement[bool], ...]:
    return (
        Conversation.organization_id == whose.organization_id,
        Conversation.user_id == whose.user_id,
        Conversation.graph_id == whose.graph_id,
    )
