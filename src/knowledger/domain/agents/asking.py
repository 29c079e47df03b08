"""A user asks a graph: the question as an operation, in a conversation, with credits set aside for the answer."""

from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from knowledger.domain.agents.choice import Prices, chosen_model, rate_of
from knowledger.domain.agents.conversations import Whose, add_turn, open_conversation
from knowledger.domain.agents.modes import Mode
from knowledger.domain.agents.purse import reserve_for
from knowledger.domain.billing.credits import release
from knowledger.domain.connections.tokens import SecretKeys
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.operations.command import Command, Turn
from knowledger.domain.operations.endings import at_the_end_of
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.models.agents import ConversationTurn
from knowledger.models.credits import CreditReservation
from knowledger.models.operations import Operation

LONGEST_QUESTION = 20_000
MOST_HISTORY = 50


class PastMessage(BaseModel):
    """Something said before, where the caller keeps the conversation and not we."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["user", "assistant"]
    content: str = Field(max_length=LONGEST_QUESTION)


class Analyze(Command):
    """A question."""

    kind: ClassVar[str] = "analyze"
    turn: ClassVar[Turn] = Turn.FREE

    message: str
    mode: Mode = Mode.STANDARD
    history: tuple[PastMessage, ...] = ()
    conversation_id: str | None = None


@at_the_end_of(Analyze)
def _give_back(session: Session, operation_id: str) -> None:
    """What was reserved and not used, even of a question that nobody came to answer."""
    release(session, operation_id)


def request_analysis(
    session: Session,
    by: Access,
    graph_id: str,
    command: Analyze,
    *,
    keys: SecretKeys,
    prices: Prices,
    idempotency_key: str | None,
) -> Operation:
    """Submit a question, in a conversation and with credits set aside for its answer, all or nothing.

    Raises ConversationNotFound, InsufficientCredits and ModelPriceUnknown.
    """
    find_graph(session, graph_id)
    operation = submit(
        session,
        command,
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
        idempotency_key=idempotency_key,
    )
    if _was_opened(session, operation.id):
        return operation
    if not command.history:
        whose = Whose(by.organization_id, by.user_id, graph_id)
        conversation = open_conversation(session, whose, command.conversation_id, command.message)
        add_turn(session, conversation, operation.id, command.message)
    rate = rate_of(chosen_model(session, by.organization_id, keys), prices)
    reserve_for(session, by.organization_id, operation.id, command.mode.limits, rate)
    return operation


def _was_opened(session: Session, operation_id: str) -> bool:
    """Whether an earlier request with the same key has made this operation with all that belongs to it."""
    has_turn = session.scalar(turn_of(operation_id)) is not None
    return has_turn or session.get(CreditReservation, operation_id) is not None


def turn_of(operation_id: str) -> Select[str]:
    return select(ConversationTurn.conversation_id).where(ConversationTurn.operation_id == operation_id)


def conversation_of(session: Session, operation_id: str) -> str | None:
    """The conversation that a question is part of."""
    return session.scalar(turn_of(operation_id))
