"""Connections: linked sources whose data a graph takes in by itself."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.kernel.json import JsonObject
from knowledger.models.base import Base, JsonB


class Connection(Base):
    """A bank that a graph is fed by. `item_id` is the provider's name for it, `environment` which of the provider's.

    `access_token` is sealed. `cursor` is up to where changes were taken in, `state_key` the file of all transactions
    at that point, `accounts` the accounts then, `staging_ids` what the graph was given: they change together.
    """

    __tablename__ = "connections"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    graph_id: Mapped[str] = mapped_column(ForeignKey("graphs.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(16))
    environment: Mapped[str] = mapped_column(String(16))
    item_id: Mapped[str] = mapped_column(String(200))
    institution_id: Mapped[str | None] = mapped_column(String(200))
    institution_name: Mapped[str | None] = mapped_column(String(300))
    entity_id: Mapped[str | None] = mapped_column(String(200))
    keeps_books: Mapped[bool] = mapped_column(server_default="false")
    status: Mapped[str] = mapped_column(String(32), server_default="healthy")
    status_reason: Mapped[str | None] = mapped_column(String(500))
    access_token: Mapped[JsonObject | None] = mapped_column(JsonB)
    cursor: Mapped[str | None] = mapped_column(Text)
    state_key: Mapped[str | None] = mapped_column(String(400))
    accounts: Mapped[list[JsonObject]] = mapped_column(JsonB, server_default="[]")
    transactions: Mapped[int] = mapped_column(BigInteger, server_default="0")
    staging_ids: Mapped[list[str]] = mapped_column(ARRAY(String(40)), server_default="{}")
    consent_expires_at: Mapped[datetime | None]
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    synced_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_connections_by_item",
            "environment",
            "item_id",
            unique=True,
            postgresql_where=text("removed_at IS NULL"),
        ),
    )
