"""What a graph uses, beside what its tier allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from knowledger.domain.billing.tiers import tier_named
from knowledger.domain.graphs.catalogue import count_graphs, current_generation
from knowledger.kernel.clock import utc_now
from knowledger.models.backups import Backup
from knowledger.models.graphs import File, Generation, Graph, Staging
from knowledger.models.operations import Operation

WINDOW = timedelta(days=30)


@dataclass(frozen=True)
class Usage:
    """Bytes by layer, and how many things and rows there are. `rows` are those of the current generation."""

    uploaded_bytes: int
    staged_bytes: int
    generation_bytes: int
    backup_bytes: int
    files: int
    largest_file_bytes: int
    staged_rows: int
    rows: int
    subgraphs: int
    backups: int

    @property
    def stored_bytes(self) -> int:
        """What the tier's limit on bytes counts; backups are limited by their number."""
        return self.uploaded_bytes + self.staged_bytes + self.generation_bytes


@dataclass(frozen=True)
class Limit:
    """What is allowed, and what is used of it."""

    name: str
    limit: int
    use: int


@dataclass(frozen=True)
class OperationCount:
    kind: str
    status: str
    count: int


def usage_of(session: Session, graph: Graph) -> Usage:
    generation = current_generation(session, graph)
    files, uploaded, largest = session.execute(
        select(
            func.count(), func.coalesce(func.sum(File.size_bytes), 0), func.coalesce(func.max(File.size_bytes), 0)
        ).where(File.graph_id == graph.id, File.deleted_at.is_(None))
    ).one()
    staged_bytes, staged_rows = session.execute(
        select(func.coalesce(func.sum(Staging.size_bytes), 0), func.coalesce(func.sum(Staging.rows_accepted), 0))
        .join(File, File.staging_id == Staging.id)
        .where(File.graph_id == graph.id, File.deleted_at.is_(None))
    ).one()
    backups, backup_bytes = session.execute(
        select(func.count(), func.coalesce(func.sum(Backup.size_bytes), 0)).where(
            Backup.graph_id == graph.id, Backup.deleted_at.is_(None)
        )
    ).one()
    subgraphs = select(func.count()).where(Graph.parent_id == graph.id, Graph.deleted_at.is_(None))
    return Usage(
        uploaded_bytes=int(uploaded),
        staged_bytes=int(staged_bytes),
        generation_bytes=generation.size_bytes if generation else 0,
        backup_bytes=int(backup_bytes),
        files=files,
        largest_file_bytes=largest,
        staged_rows=int(staged_rows),
        rows=sum(generation.counts.values()) if generation else 0,
        subgraphs=session.execute(subgraphs).scalar_one(),
        backups=backups,
    )


def stored_bytes_of_all(session: Session, deleted_since: datetime) -> list[tuple[str, str, int]]:
    """(graph, organization, stored bytes) of every graph; nothing for those deleted since that moment."""
    live = (File.graph_id == Graph.id, File.deleted_at.is_(None))
    uploaded = select(func.coalesce(func.sum(File.size_bytes), 0)).where(*live).scalar_subquery()
    staged = (
        select(func.coalesce(func.sum(Staging.size_bytes), 0)).join(File, File.staging_id == Staging.id).where(*live)
    ).scalar_subquery()
    stored = uploaded + staged + func.coalesce(Generation.size_bytes, 0)
    query = (
        select(Graph.id, Graph.organization_id, case((Graph.deleted_at.is_not(None), 0), else_=stored))
        .outerjoin(Generation, Generation.id == Graph.generation_id)
        .where(or_(Graph.deleted_at.is_(None), Graph.deleted_at >= deleted_since))
        .order_by(Graph.id)
    )
    return [(graph_id, organization_id, int(size)) for graph_id, organization_id, size in session.execute(query)]


def limits_of(session: Session, graph: Graph) -> list[Limit]:
    """Every limit of the graph's tier. `graphs` is the organization's; the others are this graph's own."""
    tier, usage = tier_named(graph.tier), usage_of(session, graph)
    return [
        Limit("graphs", tier.graphs, count_graphs(session, graph.organization_id)),
        Limit("subgraphs", tier.subgraphs, usage.subgraphs),
        Limit("files", tier.files, usage.files),
        Limit("file_bytes", tier.file_bytes, usage.largest_file_bytes),
        Limit("stored_bytes", tier.stored_bytes, usage.stored_bytes),
        Limit("staged_rows", tier.staged_rows, usage.staged_rows),
        Limit("backups", tier.backups, usage.backups),
    ]


def recent_operations(session: Session, graph: Graph) -> list[OperationCount]:
    """How many operations of each kind the graph had lately, by how they stand."""
    query = (
        select(Operation.kind, Operation.status, func.count())
        .where(
            Operation.organization_id == graph.organization_id,
            Operation.graph_id == graph.id,
            Operation.created_at >= utc_now() - WINDOW,
        )
        .group_by(Operation.kind, Operation.status)
        .order_by(Operation.kind, Operation.status)
    )
    return [OperationCount(kind, status, count) for kind, status, count in session.execute(query)]
