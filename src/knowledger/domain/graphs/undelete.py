"""Deleted graphs: which there are, and how one comes back while its files are there."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import count_graphs, current_generation, lock_family, mark_stale
from knowledger.domain.graphs.collect import GRACE
from knowledger.domain.graphs.evolve import SCHEMA_HAS_GROWN
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.subgraphs import require_room
from knowledger.domain.tenancy.access import GraphNotFound
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import Conflict, NotFound
from knowledger.models.backups import Backup
from knowledger.models.graphs import Graph


class DeletedGraphNotFound(NotFound):
    """There is no such deleted graph, or it is not yours."""

    hint = "`knowledger graph list --deleted` names those that can come back."


class GraceIsOver(Conflict):
    """The graph was deleted too long ago: its files are gone."""

    hint = "Restore its last backup, if one was made when it was deleted."


class ParentIsDeleted(Conflict):
    """The subgraph's parent is deleted too."""

    hint = "Undelete the parent first."


@dataclass(frozen=True)
class DeletedGraph:
    """`until` is when it can no longer be undeleted; `last_backup` can be restored until that expires."""

    graph: Graph
    deleted_at: datetime
    last_backup: Backup | None

    @property
    def until(self) -> datetime:
        return self.deleted_at + GRACE


def deleted_graphs(session: Session, organization_id: str) -> list[DeletedGraph]:
    """What can come back in one way or the other, the latest deleted first."""
    found = select(Graph).where(Graph.organization_id == organization_id, Graph.deleted_at.is_not(None))
    graphs = list(session.scalars(found.order_by(Graph.deleted_at.desc(), Graph.id)))
    last = select(Backup).where(
        Backup.graph_id.in_([graph.id for graph in graphs]),
        Backup.outlives_graph,
        Backup.deleted_at.is_(None),
        Backup.expires_at > utc_now(),
    )
    backups = {backup.graph_id: backup for backup in session.scalars(last)}
    deleted = [DeletedGraph(item, item.deleted_at, backups.get(item.id)) for item in graphs if item.deleted_at]
    return [item for item in deleted if item.last_backup is not None or item.until > utc_now()]


def find_deleted(session: Session, organization_id: str, graph_id: str) -> DeletedGraph:
    """Raises DeletedGraphNotFound."""
    for item in deleted_graphs(session, organization_id):
        if item.graph.id == graph_id:
            return item
    raise DeletedGraphNotFound


def undelete_graph(session: Session, organization_id: str, graph_id: str) -> Graph:
    """Bring a graph back as it was, a parent with the subgraphs that were deleted together with it.

    Raises DeletedGraphNotFound, GraceIsOver, ParentIsDeleted, SubgraphNameTaken, TierLimit.
    """
    deleted = find_deleted(session, organization_id, graph_id)
    if deleted.until <= utc_now():
        raise GraceIsOver
    if deleted.graph.parent_id is not None:
        _admit_to_parent(session, deleted.graph, deleted.graph.parent_id)
    else:
        tier = tier_named(deleted.graph.tier)
        require_within("graphs", tier.graphs, count_graphs(session, organization_id) + 1, tier)
    for graph in _deleted_together(session, deleted):
        graph.deleted_at = None
        for backup in session.scalars(select(Backup).where(Backup.graph_id == graph.id, Backup.outlives_graph)):
            backup.outlives_graph = False
    session.flush()
    session.refresh(deleted.graph)
    return deleted.graph


def _admit_to_parent(session: Session, graph: Graph, parent_id: str) -> None:
    """Room and a name that is free, and the parent's schema, which may have grown meanwhile."""
    try:
        parent, *_ = lock_family(session, parent_id)
    except GraphNotFound:
        raise ParentIsDeleted from None
    require_room(session, parent, graph.subgraph_name or "")
    graph.schema = parent.schema
    generation = current_generation(session, graph)
    if generation is not None and GraphSchema.parse(generation.schema) != GraphSchema.parse(graph.schema):
        mark_stale(session, graph, SCHEMA_HAS_GROWN)


def _deleted_together(session: Session, deleted: DeletedGraph) -> list[Graph]:
    """The rows are locked: two who undelete at once do it one after the other."""
    own, together = Graph.id == deleted.graph.id, Graph.parent_id == deleted.graph.id
    query = select(Graph).where((own | together) & (Graph.deleted_at == deleted.deleted_at)).order_by(Graph.id)
    found = list(session.scalars(query.with_for_update(key_share=True)))
    if deleted.graph not in found:
        raise DeletedGraphNotFound
    return found
