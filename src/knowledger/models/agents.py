"""Questions to graphs: which model answers them, the conversations they are part of, and the steps of each answer."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, func
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.kernel.json import JsonObject
from knowledger.models.base import Base, JsonB


class AgentModel(Base):
    """The model that answers for an organization. `sealed_key` is encrypted; `key_hint` is its last characters."""

    __tablename__ = "agent_models"

    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(200))
    base_url: Mapped[str | None] = mapped_column(String(500))
    sealed_key: Mapped[JsonObject | None] = mapped_column(JsonB)
    key_hint: Mapped[str | None] = mapped_column(String(8))
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())


class Conversation(Base):
    """Questions about one graph that build on each other. Its user's own."""

    __tablename__ = "conversations"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    graph_id: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __table_args__ = (Index("ix_conversations_of_user", "organization_id", "user_id", "graph_id", "updated_at"),)


class ConversationTurn(Base):
    """A question and, once its operation has completed, the answer."""

    __tablename__ = "conversation_turns"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    operation_id: Mapped[str] = mapped_column(ForeignKey("operations.id", ondelete="CASCADE"), index=True)
    question: Mapped[str]
    answer: Mapped[JsonObject | None] = mapped_column(JsonB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AgentStep(Base):
    """A finished step of an answer: a call of the model, or the tools that it asked for. A later attempt goes on here.

    `microcredits` is what the step was billed, in the transaction that wrote it.
    """

    __tablename__ = "agent_steps"

    operation_id: Mapped[str] = mapped_column(ForeignKey("operations.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[JsonObject] = mapped_column(JsonB)
    input_tokens: Mapped[int] = mapped_column(server_default="0")
    output_tokens: Mapped[int] = mapped_column(server_default="0")
    microcredits: Mapped[int] = mapped_column(BigInteger, server_default="0")
    is_estimated: Mapped[bool] = mapped_column(server_default="false")
    finished_at: Mapped[datetime] = mapped_column(server_default=func.now())
