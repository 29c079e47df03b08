"""The connections of a graph: find, list, say how they are."""

from typing import Literal

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import KnowledgerError, NotFound
from knowledger.models.connections import Connection
from knowledger.models.graphs import Graph

Status = Literal["healthy", "sign_in_required", "revoked"]

SIGN_IN: Status = "sign_in_required"
REVOKED: Status = "revoked"


class ConnectionNotFound(NotFound):
    """There is no such connection of this graph."""


def find_connection(session: Session, graph_id: str, connection_id: str) -> Connection:
    """Raises ConnectionNotFound, also for one that was removed."""
    query = select(Connection).where(
        Connection.id == connection_id, Connection.graph_id == graph_id, Connection.removed_at.is_(None)
    )
    connection = session.scalars(query).one_or_none()
    if connection is None:
        raise ConnectionNotFound
    return connection


def lock_connection(session: Session, graph_id: str, connection_id: str) -> Connection:
    """As `find_connection`, held against other writers until the end of the transaction."""
    connection = find_connection(session, graph_id, connection_id)
    session.refresh(connection, with_for_update=True)
    if connection.removed_at is not None:
        raise ConnectionNotFound
    return connection


def list_connections(session: Session, graph_id: str) -> list[Connection]:
    """In the order they were made."""
    query = select(Connection).where(Connection.graph_id == graph_id, Connection.removed_at.is_(None))
    return list(session.scalars(query.order_by(Connection.created_at, Connection.id)))


def connection_of_item(session: Session, environment: str | None, item_id: str) -> Connection | None:
    query = select(Connection).where(Connection.item_id == item_id, Connection.removed_at.is_(None))
    if environment is not None:
        query = query.where(Connection.environment == environment)
    return session.scalars(query).first()


def connections_to_sync(session: Session) -> list[Connection]:
    """All that a sync can help: linked, signed in, in a graph that is there."""
    query = (
        select(Connection)
        .join(Graph, Graph.id == Connection.graph_id)
        .where(Connection.removed_at.is_(None), Connection.status == "healthy", Graph.deleted_at.is_(None))
    )
    return list(session.scalars(query.order_by(Connection.created_at, Connection.id)))


def orphans(session: Session) -> list[str]:
    """The connections whose graph was deleted while the bank was still linked."""
    return list(session.scalars(_orphans().with_only_columns(Connection.id).order_by(Connection.id)))


def lock_orphan(session: Session, connection_id: str) -> Connection | None:
    """Held together with its graph, which therefore stays deleted meanwhile. None where somebody else holds it."""
    query = _orphans().where(Connection.id == connection_id)
    return session.scalars(query.with_for_update(key_share=True, skip_locked=True)).one_or_none()


def set_status(session: Session, connection_id: str, status: Status, reason: str | None = None) -> None:
    session.execute(
        update(Connection)
        .where(Connection.id == connection_id, Connection.removed_at.is_(None))
        .values(status=status, status_reason=reason)
    )


def note_problem(session: Session, connection_id: str, problem: KnowledgerError) -> None:
    """Keep on the connection what its user has to mend; other problems pass by themselves."""
    status = {"BankSignInRequired": SIGN_IN, "BankAccessRevoked": REVOKED}.get(problem.code)
    if status is not None:
        set_status(session, connection_id, status, problem.message[:500])


def mark_removed(connection: Connection) -> None:
    connection.removed_at, connection.access_token, connection.status = utc_now(), None, REVOKED


def _orphans() -> Select[Connection]:
    query = select(Connection).join(Graph, Graph.id == Connection.graph_id)
    return query.where(Connection.removed_at.is_(None), Graph.deleted_at.is_not(None))
