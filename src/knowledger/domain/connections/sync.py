"""Sync a connection: read what changed at the bank, give the graph what is there now, and only then move the cursor.

Changes, cursor, staged rows and the graph's next generation become visible in one commit. Whatever happens before it
leaves the stored cursor, and the next attempt reads the same changes again.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.banking.changes import Counts
from knowledger.domain.banking.rows import ConnectionFacts
from knowledger.domain.banking.values import BankAccount
from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.catalogue import find_connection, lock_connection, note_problem
from knowledger.domain.connections.feeding import Feed, ensure_types, files_of, prepare_feed, record_feed
from knowledger.domain.connections.fetch import Fetched, Pauses, fetch
from knowledger.domain.connections.state import read_state
from knowledger.domain.connections.tables import tables_fed, write_state, write_tables
from knowledger.domain.graphs.catalogue import current_generation, find_graph, lock_graph
from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.generations import point_at
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Conclusion, Progress, Steps, Work, part_of
from knowledger.domain.tables.materialize import clear_if_current
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import Conflict, KnowledgerError
from knowledger.models.connections import Connection


class SyncConnection(Command):
    kind: ClassVar[str] = "sync_connection"

    connection_id: str


class SyncOvertaken(Conflict):
    """Another sync of this connection came first."""

    hint = "Sync again; nothing was changed by this one."


@dataclass(frozen=True)
class Synced:
    """`generation_id` is None where nothing had changed. `restarts`: how often the bank changed while it was read."""

    connection_id: str
    graph_id: str
    added: int
    modified: int
    removed: int
    accounts: int
    transactions: int
    rows_rejected: int
    restarts: int
    generation_id: str | None


@dataclass(frozen=True)
class _Arrived:
    """The new state in the object store, what of it is new, and what the graph is given, where that is anything."""

    fetched: Fetched
    counts: Counts
    transactions: int
    accounts: tuple[BankAccount, ...]
    state_key: str | None
    feed: Feed | None


def sync_connection(
    command: SyncConnection,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
    banks: Banks,
    pauses: Pauses | None = None,
) -> Steps[Synced]:
    assert held.graph_id is not None
    yield Progress("Asking the bank what changed", step="fetch", percent=0)
    with sessions.begin() as session:
        before = find_connection(session, held.graph_id, command.connection_id)
        ensure_types(session, held.graph_id, keeps_books=before.keeps_books)
    try:
        bank, token = banks.access(before)
        fetched = yield from fetch(bank, token, before.cursor, pauses)
        if fetched.item.problem is not None:
            raise fetched.item.problem
    except KnowledgerError as problem:
        with sessions.begin() as session:
            note_problem(session, before.id, problem)
        raise
    with objects.scratch(held.directory) as scratch:
        arriving = _arrive(before, fetched, held, scratch, sessions=sessions, engine=engine, objects=objects)
        arrived = yield from part_of((10, 99), arriving)
    return _conclusion(before, arrived, held)


def _arrive(
    before: Connection,
    fetched: Fetched,
    held: Claim,
    scratch: Path,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
) -> Work[_Arrived]:
    counts = Counts()
    stored = read_state(objects.local(before.state_key) if before.state_key else None)
    yield Progress("Working out what is there now", step="apply", percent=0)
    state = write_state(scratch / "state.jsonl.zst", fetched.changes.applied_to(stored, counts))
    known = [BankAccount.parse(account) for account in before.accounts]
    facts = _facts(before, fetched)
    written = write_tables(scratch, state, known, fetched.accounts, facts, keeps_books=before.keeps_books)
    if not counts.any and list(written.accounts) == known and _is_in_graph(before, sessions):
        return _Arrived(fetched, counts, state.transactions, written.accounts, before.state_key, None)
    preparing = prepare_feed(
        before.graph_id,
        before.id,
        written.files,
        tables_fed(before.keeps_books),
        held,
        scratch,
        sessions=sessions,
        engine=engine,
        objects=objects,
    )
    feed = yield from part_of((10, 100), preparing)
    state_key = f"graphs/{before.graph_id}/connections/{before.id}/{held.directory}.jsonl.zst"
    objects.put(state_key, state.path)
    return _Arrived(fetched, counts, state.transactions, written.accounts, state_key, feed)


def _is_in_graph(before: Connection, sessions: sessionmaker[Session]) -> bool:
    """Whether the graph holds just what this connection gave it last: files can be deleted, backups put back."""
    with sessions() as session:
        graph = find_graph(session, before.graph_id)
        files = files_of(session, graph.id, before.id)
        generation = current_generation(session, graph)
    staged = sorted(file.staging_id or "" for file in files)
    built = set(generation.staging_ids) if generation else set()
    return bool(staged) and staged == sorted(before.staging_ids) and built.issuperset(staged)


def _facts(before: Connection, fetched: Fetched) -> ConnectionFacts:
    return ConnectionFacts(
        connection_id=before.id,
        provider=before.provider,
        institution_id=fetched.item.institution_id or before.institution_id,
        institution_name=fetched.item.institution_name or before.institution_name,
        entity_id=before.entity_id,
        connected_at=before.created_at,
        synced_at=utc_now(),
        consent_expires_at=fetched.item.consent_expires_at,
    )


def _conclusion(before: Connection, arrived: _Arrived, held: Claim) -> Conclusion[Synced]:
    def conclude(session: Session) -> Synced:
        graph = lock_graph(session, before.graph_id)
        connection = lock_connection(session, graph.id, before.id)
        if (connection.cursor, connection.state_key) != (before.cursor, before.state_key):
            raise SyncOvertaken
        generation_id = None
        if arrived.feed is not None:
            record_feed(session, graph, connection.id, arrived.feed.given, held)
            generation_id = point_at(session, graph, arrived.feed.generation, held).id
            clear_if_current(session, graph)
            connection.staging_ids = arrived.feed.given.staging_ids
        _advance(connection, arrived)
        return Synced(
            connection_id=connection.id,
            graph_id=graph.id,
            added=arrived.counts.added,
            modified=arrived.counts.modified,
            removed=arrived.counts.removed,
            accounts=len(arrived.accounts),
            transactions=arrived.transactions,
            rows_rejected=arrived.feed.given.rows_rejected if arrived.feed else 0,
            restarts=arrived.fetched.restarts,
            generation_id=generation_id,
        )

    return conclude


def _advance(connection: Connection, arrived: _Arrived) -> None:
    item = arrived.fetched.item
    connection.cursor, connection.state_key = arrived.fetched.cursor, arrived.state_key
    connection.accounts = [account.as_json() for account in arrived.accounts]
    connection.transactions = arrived.transactions
    connection.institution_id = item.institution_id or connection.institution_id
    connection.institution_name = item.institution_name or connection.institution_name
    connection.consent_expires_at = item.consent_expires_at
    connection.status, connection.status_reason = "healthy", None
    connection.synced_at = utc_now()
