"""Restore a backup: a new graph of it, or the graph itself as it was then."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.backups.catalogue import find_backup, sealed
from knowledger.domain.backups.container import BackupDamaged
from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.backups.manifest import Manifest, StagedPart
from knowledger.domain.backups.reopen import Reopened, reopen
from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import count_graphs, current_generation, find_graph, lock_graph, mark_stale
from knowledger.domain.graphs.engine import BuiltGeneration, TableEngine
from knowledger.domain.graphs.generations import NewGeneration, Plan, point_at, sha256_of
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Progress, Steps, Work, part_of
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import InvalidInput
from knowledger.kernel.ids import new_id
from knowledger.models.backups import Backup
from knowledger.models.graphs import File, FilePart, Graph, Staging
from knowledger.models.operations import Operation


class RestoreBackup(Command):
    """On the graph that is restored: a new one, whose id is chosen at submission, or `from_graph_id` itself."""

    kind: ClassVar[str] = "restore_backup"

    from_graph_id: str
    backup_id: str
    new_name: str | None = None


@dataclass(frozen=True)
class Restored:
    """`counts` is rows by type in the restored graph, `counts_before` in what was current there until then."""

    graph_id: str
    backup_id: str
    generation_id: str
    number: int
    in_place: bool
    rebuilt: bool
    counts: dict[str, int]
    counts_before: dict[str, int]
    size_bytes: int


class RestoreNotConfirmed(InvalidInput):
    """Restoring in place takes the graph back to the backup, with all its files, and has to be confirmed."""

    hint = "Send the graph's exact name as `confirm`, or give `to` the name of a new graph."


@dataclass(frozen=True)
class _RestoredFile:
    """A staged file in the store that nothing points at yet. Its typed rows take the place of the upload."""

    part: StagedPart
    rows_key: str
    rejects_key: str
    size_bytes: int
    staging_id: str


def request_restore(
    session: Session,
    graph_id: str,
    backup_id: str,
    by: Access,
    *,
    new_name: str | None,
    confirm: str | None,
    idempotency_key: str | None,
) -> Operation:
    """Submit a restore: into a new graph, or in place where `confirm` is the graph's name.

    Raises BackupNotFound, NotABackup, RestoreNotConfirmed, TierLimit.
    """
    graph = find_graph(session, graph_id)
    backup = find_backup(session, graph_id, backup_id)
    if confirm is None:
        return submit_restore(session, backup, by, new_name=new_name, idempotency_key=idempotency_key)
    sealed(backup)
    if confirm != graph.name or new_name is not None:
        raise RestoreNotConfirmed
    return submit(
        session,
        RestoreBackup(from_graph_id=graph_id, backup_id=backup_id),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
        idempotency_key=idempotency_key,
    )


def submit_restore(
    session: Session, backup: Backup, by: Access, *, new_name: str | None, idempotency_key: str | None
) -> Operation:
    """Submit a restore into a new graph, whose id is known from now on. Raises NotABackup, TierLimit."""
    manifest, _ = sealed(backup)
    tier = tier_named(manifest.tier)
    require_within("graphs", tier.graphs, count_graphs(session, by.organization_id) + 1, tier)
    new_name = new_name or f"{manifest.graph_name[:180]} (restored)"
    return submit(
        session,
        RestoreBackup(from_graph_id=backup.graph_id, backup_id=backup.id, new_name=new_name),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=new_id("kg"),
        idempotency_key=idempotency_key,
    )


def restore_backup(
    command: RestoreBackup,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
    keys: KeyRing,
) -> Steps[Restored]:
    """Put the backup back into private files, prove that they hold what was backed up, then point the graph at them."""
    assert held.graph_id is not None
    graph_id = held.graph_id
    yield Progress("Looking at the backup", step="plan", percent=0)
    with sessions() as session:
        backup = find_backup(session, command.from_graph_id, command.backup_id)
    manifest, key = sealed(backup)
    with objects.scratch(held.directory) as scratch:
        container = objects.local(backup.object_key)
        work = reopen(container, manifest, key, scratch, engine=engine, keys=keys, deep=False)
        found = yield from part_of((0, 90), work)
        if found.problems:
            raise BackupDamaged(f"The backup does not hold what it should: {' '.join(found.problems)}")
        files, new = yield from part_of((90, 99), _store(graph_id, manifest, found, held, objects))

    def conclude(session: Session) -> Restored:
        graph, before = _target(session, graph_id, command, manifest, held)
        for file in files:
            _record_file(session, graph_id, file, held)
        generation = point_at(session, graph, new, held)
        if not manifest.has_all_rows:
            mark_stale(session, graph, "Some files of the backup had been deleted when it was made.")
        return Restored(
            graph_id=graph_id,
            backup_id=backup.id,
            generation_id=generation.id,
            number=generation.number,
            in_place=command.new_name is None,
            rebuilt=found.built is not None,
            counts=generation.counts,
            counts_before=before,
            size_bytes=generation.size_bytes,
        )

    return conclude


def _store(
    graph_id: str, manifest: Manifest, found: Reopened, held: Claim, objects: ObjectStore
) -> Work[tuple[list[_RestoredFile], NewGeneration]]:
    files = []
    for number, part in enumerate(manifest.staged):
        yield Progress("Storing", step="store", percent=100 * number / len(manifest.staged))
        files.append(_store_file(graph_id, part, found.parts, held, objects))
    object_key = f"graphs/{graph_id}/generations/{held.directory}/graph.lbug"
    built = found.built or _as_built(manifest, found.graph_path)
    sha256, digests = sha256_of(found.graph_path), found.contents.digests or manifest.digests or None
    objects.put(object_key, found.graph_path)
    staging_ids = tuple(file.staging_id for file in files)
    if not manifest.has_all_rows:
        staging_ids += (new_id("stg"),)  # stands for those that are gone: the next materialization builds anew
    plan = Plan(graph_id, manifest.graph_schema, (), staging_ids)
    return files, NewGeneration(plan, object_key, None, built, sha256, digests)


def _store_file(
    graph_id: str, part: StagedPart, parts: dict[str, Path], held: Claim, objects: ObjectStore
) -> _RestoredFile:
    prefix = f"graphs/{graph_id}/staged/{held.directory}"
    file = _RestoredFile(
        part=part,
        rows_key=f"{prefix}/{part.rows_part}",
        rejects_key=f"{prefix}/{part.rejects_part}",
        size_bytes=parts[part.rows_part].stat().st_size,
        staging_id=new_id("stg"),
    )
    objects.put(file.rows_key, parts[part.rows_part])
    objects.put(file.rejects_key, parts[part.rejects_part])
    return file


def _as_built(manifest: Manifest, path: Path) -> BuiltGeneration:
    return BuiltGeneration(
        size_bytes=path.stat().st_size,
        counts=manifest.counts,
        rows_superseded=manifest.rows_superseded,
        rows_rejected=manifest.rows_rejected,
        appended=False,
        engine_version=manifest.engine_version,
    )


def _target(
    session: Session, graph_id: str, command: RestoreBackup, manifest: Manifest, held: Claim
) -> tuple[Graph, dict[str, int]]:
    """The graph that is restored, without staged files, and what was in it until now."""
    if command.new_name is None:
        graph = lock_graph(session, graph_id)
        current = current_generation(session, graph)
        staged = select(File).where(File.graph_id == graph_id, File.deleted_at.is_(None), File.staging_id.is_not(None))
        for file in session.scalars(staged):
            file.deleted_at, file.idempotency_key = utc_now(), None
        graph.schema = manifest.graph_schema.as_json()
        graph.stale_since = graph.stale_reason = None
        return graph, current.counts if current else {}
    graph = Graph(
        id=graph_id,
        organization_id=held.organization_id,
        name=command.new_name,
        description=manifest.description,
        tags=list(manifest.tags),
        tier=manifest.tier,
        schema=manifest.graph_schema.as_json(),
        created_by=held.user_id,
        updated_at=utc_now(),
    )
    session.add(graph)
    session.flush()
    return graph, {}


def _record_file(session: Session, graph_id: str, restored: _RestoredFile, held: Claim) -> None:
    part = restored.part
    file = File(
        id=new_id("file"),
        graph_id=graph_id,
        table_name=part.table,
        name=part.file_name,
        format="parquet",
        size_bytes=restored.size_bytes,
        completed_at=utc_now(),
        created_by=held.user_id,
    )
    session.add(file)
    session.flush()
    session.add(FilePart(file_id=file.id, offset=0, size_bytes=restored.size_bytes, object_key=restored.rows_key))
    session.add(
        Staging(
            id=restored.staging_id,
            file_id=file.id,
            table_name=part.table,
            rows_key=restored.rows_key,
            rejects_key=restored.rejects_key,
            rows_read=part.rows_read,
            rows_accepted=part.rows_accepted,
            rows_rejected=part.rows_rejected,
            rejects_by_rule=part.rejects_by_rule,
            size_bytes=restored.size_bytes,
            operation_id=held.operation_id,
        )
    )
    session.flush()
    file.staging_id = restored.staging_id
    session.flush()
