"""Ask for a sync: once, however often and by whomever it is asked for."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.connections.catalogue import connections_to_sync, find_connection
from knowledger.domain.connections.sync import SyncConnection
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.models.connections import Connection
from knowledger.models.operations import Operation


def request_sync(
    session: Session, graph_id: str, connection_id: str, by: Access, *, idempotency_key: str | None
) -> Operation:
    """A person's "sync now". Raises ConnectionNotFound."""
    connection = find_connection(session, graph_id, connection_id)
    return _submit(session, connection, user_id=by.user_id, key=idempotency_key)


def sync_by_itself(session: Session, connection: Connection, cause: str | None = None) -> Operation:
    """The sync that news of changes, or the clock, asks for.

    One that waits will see what there is. Behind one that runs, which may have read already, one more is put; however
    often that is asked for meanwhile. A `cause`, such as a tick of the clock, has its sync once and for all.
    """
    if cause is not None:
        return _submit(session, connection, user_id=connection.created_by, key=f"sync:{connection.id}:{cause}")
    latest = _latest(session, connection)
    if latest is not None and latest.status == "pending":
        return latest
    after = latest.id if latest is not None else "the first"
    return _submit(session, connection, user_id=connection.created_by, key=f"sync:{connection.id}:after {after}")


def sync_all(session: Session, cause: str) -> list[str]:
    """The syncs of every connection that one can help, once for this cause; gives the operations' ids."""
    return [sync_by_itself(session, connection, cause).id for connection in connections_to_sync(session)]


def _submit(session: Session, connection: Connection, *, user_id: str | None, key: str | None) -> Operation:
    return submit(
        session,
        SyncConnection(connection_id=connection.id),
        organization_id=connection.organization_id,
        user_id=user_id,
        graph_id=connection.graph_id,
        idempotency_key=key,
    )


def _latest(session: Session, connection: Connection) -> Operation | None:
    query = select(Operation).where(
        Operation.graph_id == connection.graph_id,
        Operation.kind == SyncConnection.kind,
        Operation.command["connection_id"].astext == connection.id,
    )
    return session.scalars(query.order_by(Operation.position.desc()).limit(1)).first()
