"""Graphs, their files and their generations: every pointer to an immutable file lives here."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from knowledger.kernel.json import JsonObject
from knowledger.models.base import Base, JsonB


class Graph(Base):
    """One isolated graph database of an organization. `generation_id` is the pointer that a materialization swaps.

    A subgraph is a graph with a parent, whose schema and tier it has; `extensions` is what a graph took when it was
    created. A repository is shared: its organization keeps it, and operations alone write it.
    """

    __tablename__ = "graphs"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("graphs.id", ondelete="CASCADE"))
    subgraph_name: Mapped[str | None] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(2000), server_default="")
    tags: Mapped[list[str]] = mapped_column(ARRAY(String(64)), server_default="{}")
    tier: Mapped[str] = mapped_column(String(32))
    schema: Mapped[JsonObject] = mapped_column(JsonB)
    extensions: Mapped[list[str]] = mapped_column(ARRAY(String(64)), server_default="{}")
    is_repository: Mapped[bool] = mapped_column(server_default="false")
    generation_id: Mapped[str | None] = mapped_column(
        ForeignKey("generations.id", use_alter=True, ondelete="SET NULL"), default=None
    )
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now(), onupdate=func.now())
    stale_since: Mapped[datetime | None]
    stale_reason: Mapped[str | None] = mapped_column(String(500))
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "ix_subgraphs_by_name",
            "parent_id",
            "subgraph_name",
            unique=True,
            postgresql_where=text("parent_id IS NOT NULL AND deleted_at IS NULL"),
        ),
    )


class Generation(Base):
    """One sealed version of a graph: a file nobody writes again. `counts` is rows by type.

    `staging_ids` is what it was built of, in order, whether those stagings still exist or not: the difference to what
    is staged today is what makes a graph stale. `sha256` is of the file as it was sealed. `digests`, of the rows by
    type, are taken when somebody first needs them: they never change either.
    """

    __tablename__ = "generations"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    graph_id: Mapped[str] = mapped_column(ForeignKey("graphs.id", ondelete="CASCADE"))
    number: Mapped[int]
    object_key: Mapped[str] = mapped_column(String(400))
    rejects_key: Mapped[str | None] = mapped_column(String(400))
    schema: Mapped[JsonObject] = mapped_column(JsonB)
    staging_ids: Mapped[list[str]] = mapped_column(ARRAY(String(40)))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    counts: Mapped[dict[str, int]] = mapped_column(JsonB)
    rows_superseded: Mapped[int] = mapped_column(BigInteger, server_default="0")
    rows_rejected: Mapped[int] = mapped_column(BigInteger, server_default="0")
    engine_version: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))
    digests: Mapped[dict[str, str] | None] = mapped_column(JsonB)
    operation_id: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    superseded_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("graph_id", "number"),)


class File(Base):
    """An upload. Its bytes are its parts in order; `staging_id` points at its rows as the table's typed Parquet.

    `position` orders files as they were uploaded: where two hold a row of the same key, the later one's counts.
    """

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    graph_id: Mapped[str] = mapped_column(ForeignKey("graphs.id", ondelete="CASCADE"))
    table_name: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(255))
    format: Mapped[str] = mapped_column(String(32))
    size_bytes: Mapped[int] = mapped_column(BigInteger, server_default="0")
    sha256: Mapped[str | None] = mapped_column(String(64))
    completed_at: Mapped[datetime | None]
    staging_id: Mapped[str | None] = mapped_column(
        ForeignKey("stagings.id", use_alter=True, ondelete="SET NULL"), default=None
    )
    staging_operation_id: Mapped[str | None] = mapped_column(String(40))
    created_by: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    idempotency_key: Mapped[str | None] = mapped_column(String(255))
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("graph_id", "idempotency_key"),
        Index("ix_files_of_graph", "graph_id", "position", postgresql_where=text("deleted_at IS NULL")),
    )


class FilePart(Base):
    """A run of an upload's bytes, from `offset` on, as one object."""

    __tablename__ = "file_parts"

    file_id: Mapped[str] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True)
    offset: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    object_key: Mapped[str] = mapped_column(String(400))


class Staging(Base):
    """A file's rows as typed Parquet, and beside it those that did not fit. read = accepted + rejected."""

    __tablename__ = "stagings"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    file_id: Mapped[str] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), index=True)
    table_name: Mapped[str] = mapped_column(String(64))
    rows_key: Mapped[str] = mapped_column(String(400))
    rejects_key: Mapped[str] = mapped_column(String(400))
    rows_read: Mapped[int] = mapped_column(BigInteger)
    rows_accepted: Mapped[int] = mapped_column(BigInteger)
    rows_rejected: Mapped[int] = mapped_column(BigInteger)
    rejects_by_rule: Mapped[dict[str, int]] = mapped_column(JsonB)
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    operation_id: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
