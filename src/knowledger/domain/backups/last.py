"""Delete a graph with a last backup of it, and of its subgraphs, which can be restored when the graph is long gone."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.backups.create import (
    NothingToBackUp,
    StoredBackup,
    Subject,
    record_backup,
    store_backup,
    subject_of,
)
from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.backups.restore import submit_restore
from knowledger.domain.graphs.catalogue import delete_graph, find_graph, lock_family
from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.subgraphs import list_subgraphs
from knowledger.domain.graphs.undelete import find_deleted
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Progress, Steps, part_of
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import Conflict
from knowledger.models.operations import Operation

KEPT = timedelta(days=30)
"""How long a last backup can be restored, unless it was asked for longer."""


class DeleteGraph(Command):
    """Takes its turn, so that the last backup has what was asked of the graph before."""

    kind: ClassVar[str] = "delete_graph"

    kept: timedelta = KEPT


@dataclass(frozen=True)
class GraphDeleted:
    """`backups` is the last backup's id by graph; one that has no generation has none."""

    graph_id: str
    name: str
    backups: dict[str, str]
    kept_until: datetime


class GraphChangedMeanwhile(Conflict):
    """A subgraph was changed while its last backup was made."""

    retryable = True


class NoLastBackup(Conflict):
    """No last backup of this graph can be restored."""

    hint = "Undelete the graph, if that is still possible. A last backup is only there where one was asked for."


def request_deletion(
    session: Session, graph_id: str, by: Access, *, kept: timedelta | None, idempotency_key: str | None
) -> Operation:
    """Submit the deletion of a graph with a last backup."""
    find_graph(session, graph_id)
    return submit(
        session,
        DeleteGraph(kept=kept or KEPT),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
        idempotency_key=idempotency_key,
    )


def back_up_and_delete(
    command: DeleteGraph,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
    keys: KeyRing,
) -> Steps[GraphDeleted]:
    """Back the graph up, and its subgraphs, and delete them in the moment in which the backups are recorded."""
    assert held.graph_id is not None
    graph_id = held.graph_id
    keys.current  # noqa: B018 - refuses before any work is done
    yield Progress("Looking at the graph", step="plan", percent=0)
    with sessions() as session:
        subjects = _subjects(session, graph_id)
    stored: list[StoredBackup] = []
    for number, subject in enumerate(subjects):
        share = (100 * number / len(subjects), 99 * (number + 1) / len(subjects))
        work = store_backup(subject, "full", held, engine=engine, objects=objects, keys=keys)
        stored.append((yield from part_of(share, work)))

    def conclude(session: Session) -> GraphDeleted:
        family = {graph.id: graph for graph in lock_family(session, graph_id)}
        expires_at = utc_now() + command.kept
        for item in stored:
            graph = family.get(item.manifest.graph_id)
            if graph is None or graph.generation_id != item.manifest.generation_id:
                raise GraphChangedMeanwhile
            record_backup(session, item, held, expires_at=expires_at, outlives_graph=True)
        backups = {item.manifest.graph_id: item.manifest.backup_id for item in stored}
        if any(name not in backups and family[name].generation_id for name in delete_graph(session, graph_id)):
            raise GraphChangedMeanwhile
        return GraphDeleted(graph_id, family[graph_id].name, backups, expires_at)

    return conclude


def request_last_restore(
    session: Session, graph_id: str, by: Access, *, new_name: str | None, idempotency_key: str | None
) -> Operation:
    """Submit the restore of a deleted graph's last backup into a new graph.

    Raises DeletedGraphNotFound, NoLastBackup, TierLimit.
    """
    last = find_deleted(session, by.organization_id, graph_id).last_backup
    if last is None:
        raise NoLastBackup
    return submit_restore(session, last, by, new_name=new_name, idempotency_key=idempotency_key)


def _subjects(session: Session, graph_id: str) -> list[Subject]:
    found = []
    for name in (graph_id, *(graph.id for graph, _ in list_subgraphs(session, graph_id))):
        try:
            found.append(subject_of(session, name))
        except NothingToBackUp:
            continue
    return found
