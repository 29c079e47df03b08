"""The collector: deletes what no pointer reaches, once it is old enough to be nobody's work in progress."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, delete, exists, func, or_, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session, aliased

from knowledger.domain.graphs.objects import ObjectStore
from knowledger.kernel.clock import utc_now
from knowledger.models.backups import Backup
from knowledger.models.connections import Connection
from knowledger.models.graphs import File, FilePart, Generation, Graph, Staging

GRACE = timedelta(days=1)
"""Longer than any operation may take, so that nothing younger than this can be needed by one under way."""


@dataclass(frozen=True)
class Collected:
    """What was deleted, or would be in a dry run."""

    object_keys: list[str]
    size_bytes: int
    dry_run: bool


def collect_garbage(
    session: Session, objects: ObjectStore, *, grace: timedelta = GRACE, dry_run: bool = False
) -> Collected:
    """Forget records that ended more than `grace` ago, then delete the files that no record names.

    The records go first and in one transaction: a file is deleted only after nothing can lead to it.
    """
    _forget(session, grace)
    named = _named_keys(session)
    if dry_run:
        session.rollback()
    else:
        session.commit()
    oldest_kept = utc_now() - grace
    found = [item for item in objects.list("graphs/") if item.key not in named and item.modified_at <= oldest_kept]
    if not dry_run:
        for item in found:
            objects.delete(item.key)
        objects.clear_scratch(oldest_kept)
    return Collected([item.key for item in found], sum(item.size_bytes for item in found), dry_run)


def _forget(session: Session, grace: timedelta) -> None:
    """What a current generation was built of stays, deleted or not: a build of other tables only needs it.

    Of a graph whose last backup can still be restored, the record and that backup stay; of one whose bank was not told
    yet that it is over, the record, by which its connection is found.
    """
    ended = utc_now() - grace
    session.execute(delete(Backup).where(or_(Backup.deleted_at <= ended, Backup.expires_at <= ended)))
    session.execute(delete(Graph).where(Graph.deleted_at <= ended, Graph.id.not_in(_records_kept())))
    emptied = select(Graph.id).where(Graph.deleted_at <= ended)
    session.execute(delete(Backup).where(Backup.graph_id.in_(emptied), ~Backup.outlives_graph))
    for owned in (Generation, File):
        session.execute(delete(owned).where(owned.graph_id.in_(emptied)))
    pointing = aliased(Graph)
    current = exists().where(pointing.generation_id == Generation.id)
    built_of = select(func.unnest(Generation.staging_ids)).where(current)
    in_graphs = select(Staging.file_id).where(Staging.id.in_(built_of))
    session.execute(delete(File).where(File.deleted_at <= ended, File.id.not_in(in_graphs)))
    session.execute(delete(Generation).where(Generation.superseded_at <= ended, ~current))
    staged = exists().where(File.staging_id == Staging.id)
    session.execute(delete(Staging).where(Staging.created_at <= ended, ~staged, Staging.id.not_in(built_of)))


def _records_kept() -> Select[tuple[str]]:
    """Graphs that have a last backup or a bank, and the parents of such: a subgraph's record needs its parent's."""
    outlived = exists().where(Backup.graph_id == Graph.id, Backup.outlives_graph, Backup.deleted_at.is_(None))
    linked = exists().where(Connection.graph_id == Graph.id, Connection.removed_at.is_(None))
    return select(func.unnest(array([Graph.id, func.coalesce(Graph.parent_id, Graph.id)]))).where(outlived | linked)


def _named_keys(session: Session) -> set[str]:
    columns = (
        FilePart.object_key,
        Staging.rows_key,
        Staging.rejects_key,
        Generation.object_key,
        Generation.rejects_key,
        Backup.object_key,
        Connection.state_key,
    )
    return {key for column in columns for key in session.scalars(select(column)) if key is not None}
