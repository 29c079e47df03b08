"""Remove a connection: the access at the bank ends, and what the graph was given stays unless it shall go as well."""

from dataclasses import dataclass

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.catalogue import (
    find_connection,
    lock_connection,
    lock_orphan,
    mark_removed,
    orphans,
)
from knowledger.domain.connections.feeding import files_of
from knowledger.domain.connections.tokens import TokenUnreadable
from knowledger.domain.operations.submit import submit
from knowledger.domain.tables.files import delete_file
from knowledger.domain.tables.materialize import Materialize
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.errors import KnowledgerError
from knowledger.models.connections import Connection
from knowledger.models.operations import Operation


@dataclass(frozen=True)
class Removed:
    """What became of everything. `operation` takes the rows out of the graph, where they were to go."""

    connection_id: str
    ended_at_bank: bool
    accounts_kept: int
    transactions_kept: int
    files_kept: int
    files_deleted: int
    operation: Operation | None


@dataclass(frozen=True)
class Orphans:
    """Connections of deleted graphs: whose access ended, and why that of others did not yet."""

    ended: list[str]
    refused: dict[str, str]


def disconnect(
    sessions: sessionmaker[Session], banks: Banks, graph_id: str, connection_id: str, by: Access, *, forget: bool
) -> Removed:
    """End the access, then forget the token. Raises ConnectionNotFound, and what the feed does: then nothing changed.

    Where the token cannot be read any more, the connection goes all the same, and the bank is not told.
    """
    with sessions() as session:
        before = find_connection(session, graph_id, connection_id)
    ended = _end(banks, before)
    with sessions.begin() as session:
        connection = lock_connection(session, graph_id, connection_id)
        files = files_of(session, graph_id, connection_id)
        operation = None
        if forget and files:
            for file in files:
                delete_file(session, graph_id, file.id)
            operation = _rebuild(session, graph_id, by)
        mark_removed(connection)
        return Removed(
            connection_id=connection_id,
            ended_at_bank=ended,
            accounts_kept=0 if forget else len(connection.accounts),
            transactions_kept=0 if forget else connection.transactions,
            files_kept=0 if forget else len(files),
            files_deleted=len(files) if forget else 0,
            operation=operation,
        )


def end_orphans(sessions: sessionmaker[Session], banks: Banks) -> Orphans:
    """End the access of connections whose graph was deleted. What fails is tried again the next time.

    Each is locked while its bank is told: of two that do this at once, one tells it.
    """
    with sessions() as session:
        waiting = orphans(session)
    ended, refused = list[str](), dict[str, str]()
    for connection_id in waiting:
        try:
            with sessions.begin() as session:
                orphan = lock_orphan(session, connection_id)
                if orphan is not None:
                    _end(banks, orphan)
                    mark_removed(orphan)
                    ended.append(connection_id)
        except KnowledgerError as error:
            refused[connection_id] = error.message
    return Orphans(ended, refused)


def _end(banks: Banks, connection: Connection) -> bool:
    try:
        feed, token = banks.access(connection)
    except TokenUnreadable:
        return False
    feed.remove(token)
    return True


def _rebuild(session: Session, graph_id: str, by: Access) -> Operation:
    return submit(
        session,
        Materialize(ignore_errors=True),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
    )
