"""Backups of graphs, and exports for other programs: files that were written once and are complete."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.kernel.json import JsonObject
from knowledger.models.base import Base, JsonB


class Backup(Base):
    """A stored copy of one generation. It exists only when it is complete, so it has no status.

    `manifest` says what it holds and `wrapped_key` is its data key, both null for an export, which is not encrypted.
    `verified_at` is when it was last found sound; a later finding to the contrary takes it away. The last backup of a
    graph, made as that was deleted, `outlives_graph`: it can be restored until it expires. One that was uploaded has no
    operation.
    """

    __tablename__ = "backups"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    graph_id: Mapped[str] = mapped_column(ForeignKey("graphs.id", ondelete="CASCADE"))
    generation_id: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(16))
    format: Mapped[str] = mapped_column(String(16))
    object_key: Mapped[str] = mapped_column(String(400))
    manifest: Mapped[JsonObject | None] = mapped_column(JsonB)
    wrapped_key: Mapped[JsonObject | None] = mapped_column(JsonB)
    counts: Mapped[dict[str, int]] = mapped_column(JsonB)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    plain_bytes: Mapped[int] = mapped_column(BigInteger)
    operation_id: Mapped[str | None] = mapped_column(String(40))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    verification: Mapped[JsonObject | None] = mapped_column(JsonB)
    outlives_graph: Mapped[bool] = mapped_column(server_default="false")
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_backups_of_graph", "graph_id", "created_at", postgresql_where=text("deleted_at IS NULL")),
    )
