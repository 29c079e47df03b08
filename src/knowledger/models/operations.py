"""The operation, its events and the idempotency of its submission."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.kernel.json import JsonObject
from knowledger.models.base import Base, JsonB, Timestamp

_OPEN = text("status IN ('pending', 'running')")


class Operation(Base):
    """One piece of user-visible work. `position` is its place in the queue, `turn` how it shares its graph.

    `fence` is the right to write: each claim raises it to the database's clock in microseconds, so that it still rises
    when a crash of the database takes an unflushed claim with it.
    """

    __tablename__ = "operations"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    graph_id: Mapped[str | None] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(64))
    turn: Mapped[str] = mapped_column(String(16))
    command: Mapped[JsonObject] = mapped_column(JsonB)
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(64))

    status: Mapped[str] = mapped_column(String(16), server_default="pending")
    attempt: Mapped[int] = mapped_column(server_default="0")
    fence: Mapped[int] = mapped_column(BigInteger, server_default="0")
    lease_until: Mapped[datetime | None] = mapped_column(Timestamp)
    claimed_at: Mapped[datetime | None] = mapped_column(Timestamp)
    not_before: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    ring_at: Mapped[datetime | None] = mapped_column(Timestamp)
    rings: Mapped[int] = mapped_column(server_default="0")
    cancel_requested_at: Mapped[datetime | None] = mapped_column(Timestamp)
    cancel_reason: Mapped[str | None] = mapped_column(String(500))
    deadline: Mapped[datetime | None] = mapped_column(Timestamp)

    last_seq: Mapped[int] = mapped_column(BigInteger, server_default="0")
    progress: Mapped[JsonObject | None] = mapped_column(JsonB)
    result: Mapped[JsonObject | None] = mapped_column(JsonB)
    error: Mapped[JsonObject | None] = mapped_column(JsonB)
    created_at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.now())
    started_at: Mapped[datetime | None] = mapped_column(Timestamp)
    ended_at: Mapped[datetime | None] = mapped_column(Timestamp)

    __table_args__ = (
        UniqueConstraint("organization_id", "idempotency_key"),
        Index("ix_operations_of_organization", "organization_id", "position"),
        Index(
            "ix_operations_open_of_graph",
            "graph_id",
            "position",
            postgresql_where=text("status IN ('pending', 'running')"),
        ),
        Index("ix_operations_open", "status", postgresql_where=text("status IN ('pending', 'running')")),
    )


class OperationEvent(Base):
    """One numbered thing an operation said; `data` is what clients receive, word for word."""

    __tablename__ = "operation_events"

    operation_id: Mapped[str] = mapped_column(ForeignKey("operations.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    type: Mapped[str] = mapped_column(String(48))
    data: Mapped[JsonObject] = mapped_column(JsonB)
    at: Mapped[datetime] = mapped_column(Timestamp, server_default=func.clock_timestamp())

    __table_args__ = (
        Index(
            "uq_operation_events_one_terminal",
            "operation_id",
            unique=True,
            postgresql_where=text("type IN ('operation_completed', 'operation_error', 'operation_cancelled')"),
        ),
        Index("ix_operation_events_at", "at"),
    )
