"""The collector: deletes what no pointer reaches, once it is old enough to be nobody's work in progress."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, exists, func, select
from sqlalchemy.orm import Session, aliased

from knowledger.domain.graphs.objects import ObjectStore
from knowledger.kernel.clock import utc_now
from knowledger.models.backups import Backup
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
    """What a current generation was built of stays, deleted or not: a build of other tables only needs it."""
    ended = utc_now() - grace
    session.execute(delete(Graph).where(Graph.deleted_at <= ended))
    pointing = aliased(Graph)
    current = exists().where(pointing.generation_id == Generation.id)
    built_of = select(func.unnest(Generation.staging_ids)).where(current)
    in_graphs = select(Staging.file_id).where(Staging.id.in_(built_of))
    session.execute(delete(File).where(File.deleted_at <= ended, File.id.not_in(in_graphs)))
    session.execute(delete(Backup).where(Backup.deleted_at <= ended))
    session.execute(delete(Generation).where(Generation.superseded_at <= ended, ~current))
    staged = exists().where(File.staging_id == Staging.id)
    session.execute(delete(Staging).where(Staging.created_at <= ended, ~staged, Staging.id.not_in(built_of)))


def _named_keys(session: Session) -> set[str]:
    columns = (
        FilePart.object_key,
        Staging.rows_key,
        Staging.rejects_key,
        Generation.object_key,
        Generation.rejects_key,
        Backup.object_key,
    )
    return {key for column in columns for key in session.scalars(select(column)) if key is not None}
