"""The graphs of an organization: find, list, rename, delete."""

from collections.abc import Collection

from sqlalchemy import case, exists, or_, select, text
from sqlalchemy.orm import Session

from knowledger.domain.tenancy.access import GraphNotFound
from knowledger.kernel.clock import utc_now
from knowledger.models.filings import RepositoryAccess
from knowledger.models.graphs import Generation, Graph

_CURRENT_FILE = text("""
    SELECT generations.id, generations.object_key
      FROM graphs LEFT JOIN generations ON generations.id = graphs.generation_id
     WHERE graphs.id = :graph_id AND graphs.deleted_at IS NULL
""")

_COUNT = text("""
    SELECT count(*) FROM graphs
     WHERE organization_id = :organization_id AND NOT is_repository AND parent_id IS NULL AND deleted_at IS NULL
""")


def find_graph(session: Session, graph_id: str) -> Graph:
    """Raises GraphNotFound; whose graph it is was settled when the caller was let in."""
    graph = session.get(Graph, graph_id)
    if graph is None or graph.deleted_at is not None:
        raise GraphNotFound
    return graph


def lock_graph(session: Session, graph_id: str) -> Graph:
    """The graph, locked until the end of the transaction against others that change it. Raises GraphNotFound."""
    query = select(Graph).where(Graph.id == graph_id, Graph.deleted_at.is_(None)).with_for_update(key_share=True)
    graph = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if graph is None:
        raise GraphNotFound
    return graph


def lock_family(session: Session, graph_id: str) -> list[Graph]:
    """A graph, or the parent of a subgraph, with all its subgraphs, each locked as `lock_graph` does.

    The parent first and the rest by id: whoever locks more than one does it in this order. Raises GraphNotFound.
    """
    graph = find_graph(session, graph_id)
    parent = lock_graph(session, graph.parent_id or graph.id)
    query = select(Graph).where(Graph.parent_id == parent.id, Graph.deleted_at.is_(None)).order_by(Graph.id)
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return [parent, *session.scalars(locked)]


def list_graphs(
    session: Session, organization_id: str, graph_ids: Collection[str] | None = None
) -> list[tuple[Graph, Generation | None]]:
    """The newest first, each with its current generation; subgraphs are listed with their parent.

    Repositories that the organization may read are among them. With `graph_ids` only these.
    """
    reached = exists().where(
        RepositoryAccess.repository == Graph.id,
        or_(RepositoryAccess.organization_id.is_(None), RepositoryAccess.organization_id == organization_id),
    )
    seen = case((Graph.is_repository, reached), else_=Graph.organization_id == organization_id)
    query = (
        select(Graph, Generation)
        .outerjoin(Generation, Graph.generation_id == Generation.id)
        .where(seen, Graph.parent_id.is_(None), Graph.deleted_at.is_(None))
        .order_by(Graph.created_at.desc(), Graph.id.desc())
    )
    if graph_ids is not None:
        query = query.where(Graph.id.in_(graph_ids))
    return [(graph, generation) for graph, generation in session.execute(query)]


def count_graphs(session: Session, organization_id: str) -> int:
    counted: int = session.execute(_COUNT, {"organization_id": organization_id}).scalar_one()
    return counted


def current_generation(session: Session, graph: Graph) -> Generation | None:
    return session.get(Generation, graph.generation_id) if graph.generation_id else None


def current_file(session: Session, graph_id: str) -> tuple[str, str] | None:
    """The current generation's id and object key, in one round trip: every query asks. Raises GraphNotFound."""
    row = session.execute(_CURRENT_FILE, {"graph_id": graph_id}).one_or_none()
    if row is None:
        raise GraphNotFound
    return None if row.id is None else (row.id, row.object_key)


def delete_graph(session: Session, graph_id: str) -> list[str]:
    """The graph and its subgraphs are gone for their users at once; their files go when a grace period is over.

    Gives the ids of all that were deleted.
    """
    parent, *subgraphs = lock_family(session, graph_id)
    deleted = [parent, *subgraphs] if parent.id == graph_id else [item for item in subgraphs if item.id == graph_id]
    moment = utc_now()
    for graph in deleted:
        graph.deleted_at = moment
    return [graph.id for graph in deleted]


def mark_stale(session: Session, graph: Graph, reason: str) -> None:
    """Say that the graph's files or schema are newer than its current generation, and since when."""
    graph.stale_since = graph.stale_since or utc_now()
    graph.stale_reason = reason
