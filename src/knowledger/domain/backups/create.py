"""Back a graph up: its current generation and the staged files that it was built of, compressed and encrypted."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath
from typing import ClassVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.backups.catalogue import delete_expired, list_backups
from knowledger.domain.backups.container import new_data_key
from knowledger.domain.backups.keys import KeyRing, WrappedKey
from knowledger.domain.backups.manifest import GRAPH_PART, BackupKind, Manifest, StagedPart, canonical, differences
from knowledger.domain.backups.packing import Packed, pack
from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import current_generation, find_graph, lock_graph
from knowledger.domain.graphs.engine import GraphContents, TableEngine
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command, Turn
from knowledger.domain.operations.progress import Progress, Steps, Work, part_of
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.errors import Conflict, KnowledgerError
from knowledger.kernel.ids import new_id
from knowledger.models.backups import Backup
from knowledger.models.graphs import File, Generation, Graph, Staging
from knowledger.models.operations import Operation


class BackUp(Command):
    """Waits for nobody: it reads what is sealed, while others read, stage and build."""

    kind: ClassVar[str] = "backup"
    turn: ClassVar[Turn] = Turn.FREE

    backup_kind: BackupKind = "full"
    expires_at: datetime | None = None


@dataclass(frozen=True)
class BackedUp:
    """`counts` is rows by type; `plain_bytes` became `size_bytes`."""

    backup_id: str
    graph_id: str
    kind: str
    generation_id: str
    counts: dict[str, int]
    plain_bytes: int
    size_bytes: int


class NothingToBackUp(Conflict):
    """The graph has no generation yet."""

    hint = "Load files and materialize the graph first."


class StagedRowsGone(Conflict):
    """Files that the current generation was built of were deleted, so it cannot be backed up by its rows alone."""

    hint = "Make a full backup, or materialize the graph and try again."


class GenerationDamaged(KnowledgerError):
    """The graph's file is no longer what was sealed, and was not backed up."""

    hint = "Restore the newest verified backup, or materialize with `rebuild`; and check the disk or the bucket."


@dataclass(frozen=True)
class Subject:
    """What is backed up, as its records said at one moment. `staged` is in the order of building."""

    graph: Graph
    generation: Generation
    staged: tuple[tuple[File, Staging], ...]

    @property
    def has_all_rows(self) -> bool:
        """Whether the generation can be built again of what is staged."""
        return len(self.staged) == len(self.generation.staging_ids)


@dataclass(frozen=True)
class StoredBackup:
    """A whole container in the store that no record names yet."""

    manifest: Manifest
    key: WrappedKey
    object_key: str
    organization_id: str


def request_backup(
    session: Session,
    graph_id: str,
    by: Access,
    *,
    kind: BackupKind,
    expires_at: datetime | None,
    idempotency_key: str | None,
) -> Operation:
    """Submit a backup. Raises NothingToBackUp, StagedRowsGone, TierLimit."""
    subject = subject_of(session, graph_id)
    tier = tier_named(subject.graph.tier)
    require_within("backups of a graph", tier.backups, len(list_backups(session, graph_id)) + 1, tier)
    if kind == "logical" and not subject.has_all_rows:
        raise StagedRowsGone
    return submit(
        session,
        BackUp(backup_kind=kind, expires_at=expires_at),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
        idempotency_key=idempotency_key,
    )


def back_up(
    command: BackUp,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
    keys: KeyRing,
) -> Steps[BackedUp]:
    """Pack the current generation, and record the backup once it is stored. Of its rows alone, they are digested."""
    assert held.graph_id is not None
    keys.current  # noqa: B018 - refuses before any work is done
    yield Progress("Looking at the graph", step="plan", percent=0)
    with sessions() as session:
        subject = subject_of(session, held.graph_id)
    if command.backup_kind == "logical" and not subject.has_all_rows:
        raise StagedRowsGone
    storing = store_backup(subject, command.backup_kind, held, engine=engine, objects=objects, keys=keys)
    stored = yield from part_of((0, 99), storing)

    def conclude(session: Session) -> BackedUp:
        graph = lock_graph(session, stored.manifest.graph_id)
        delete_expired(session, graph.id)
        manifest = record_backup(session, stored, held, expires_at=command.expires_at).manifest
        return BackedUp(
            backup_id=manifest.backup_id,
            graph_id=graph.id,
            kind=manifest.kind,
            generation_id=manifest.generation_id,
            counts=manifest.counts,
            plain_bytes=manifest.plain_bytes,
            size_bytes=manifest.stored_bytes,
        )

    return conclude


def store_backup(
    subject: Subject, kind: BackupKind, held: Claim, *, engine: TableEngine, objects: ObjectStore, keys: KeyRing
) -> Work[StoredBackup]:
    """Pack what is backed up into the store. Raises GenerationDamaged."""
    backup_id, data_key = new_id("bk"), new_data_key()
    object_key = f"graphs/{subject.graph.id}/backups/{held.directory}/{backup_id}.knbackup"
    with objects.scratch(held.directory) as scratch:
        digests = subject.generation.digests
        if digests is None and kind == "logical":
            digests = yield from part_of((0, 50), _digest(subject, scratch / "work", engine, objects))
        names = {name: objects.local(key) for name, key in _parts(subject, kind).items()}
        packed = yield from part_of((50 if kind == "logical" else 0, 100), pack(names, scratch / "backup", data_key))
        _require_sealed(packed, subject.generation)
        objects.put(object_key, scratch / "backup")
    manifest = _manifest(backup_id, kind, subject, digests or {}, packed)
    return StoredBackup(manifest, keys.wrap(data_key, manifest.canonical), object_key, subject.graph.organization_id)


def record_backup(
    session: Session, stored: StoredBackup, held: Claim, *, expires_at: datetime | None, outlives_graph: bool = False
) -> StoredBackup:
    """Make it a backup of its graph. The caller has locked the graph."""
    _keep_digests(session, stored.manifest)
    backup = recorded(stored, stored.manifest.graph_id, held.operation_id, held.user_id)
    backup.expires_at, backup.outlives_graph = expires_at, outlives_graph
    session.add(backup)
    return stored


def subject_of(session: Session, graph_id: str) -> Subject:
    """Raises GraphNotFound, NothingToBackUp."""
    graph = find_graph(session, graph_id)
    generation = current_generation(session, graph)
    if generation is None:
        raise NothingToBackUp
    query = select(File, Staging).join(File, Staging.file_id == File.id).where(Staging.id.in_(generation.staging_ids))
    found = {staging.id: (file, staging) for file, staging in session.execute(query)}
    return Subject(graph, generation, tuple(found[item] for item in generation.staging_ids if item in found))


def _digest(subject: Subject, scratch: Path, engine: TableEngine, objects: ObjectStore) -> Work[dict[str, str]]:
    """Raises GenerationDamaged where the graph does not hold what its record says."""
    scratch.mkdir()
    generation = subject.generation
    schema = GraphSchema.parse(generation.schema)
    contents = yield from engine.digest(objects.local(generation.object_key), schema, scratch)
    if any(differences(GraphContents(generation.counts, {}), contents)):
        raise GenerationDamaged
    return contents.digests


def _keep_digests(session: Session, manifest: Manifest) -> None:
    """A sealed generation never changes: whoever needs its digests next finds them. It may be gone by now."""
    if manifest.digests:
        generation = update(Generation).where(Generation.id == manifest.generation_id)
        session.execute(generation.values(digests=manifest.digests))


def _require_sealed(packed: Packed, generation: Generation) -> None:
    for part in packed.parts:
        if part.name == GRAPH_PART and part.sha256 != generation.sha256:
            raise GenerationDamaged


def _parts(subject: Subject, kind: BackupKind) -> dict[str, str]:
    """The objects that go in, by the name of their part."""
    parts = {GRAPH_PART: subject.generation.object_key} if kind == "full" else {}
    for number, (_, staging) in enumerate(subject.staged):
        parts |= {f"{number}.parquet": staging.rows_key, f"{number}.rejects.parquet": staging.rejects_key}
    return parts


def _manifest(backup_id: str, kind: BackupKind, subject: Subject, digests: dict[str, str], packed: Packed) -> Manifest:
    graph, generation = subject.graph, subject.generation
    return Manifest(
        backup_id=backup_id,
        graph_id=graph.id,
        graph_name=graph.name,
        description=graph.description,
        tags=tuple(graph.tags),
        tier=graph.tier,
        kind=kind,
        engine_version=generation.engine_version,
        generation_id=generation.id,
        generation_number=generation.number,
        schema=canonical(generation.schema).decode(),
        counts=generation.counts,
        digests=digests,
        rows_superseded=generation.rows_superseded,
        rows_rejected=generation.rows_rejected,
        parts=packed.parts,
        staged=tuple(_staged_part(number, *item) for number, item in enumerate(subject.staged)),
        has_all_rows=subject.has_all_rows,
        plain_bytes=packed.plain_bytes,
        stored_bytes=packed.stored_bytes,
        sha256=packed.sha256,
    )


def _staged_part(number: int, file: File, staging: Staging) -> StagedPart:
    return StagedPart(
        rows_part=f"{number}.parquet",
        rejects_part=f"{number}.rejects.parquet",
        file_name=f"{PurePath(file.name).stem}.parquet",
        table=staging.table_name,
        rows_read=staging.rows_read,
        rows_accepted=staging.rows_accepted,
        rows_rejected=staging.rows_rejected,
        rejects_by_rule=staging.rejects_by_rule,
    )


def recorded(stored: StoredBackup, graph_id: str, operation_id: str | None, user_id: str | None) -> Backup:
    """The record of a stored backup."""
    manifest = stored.manifest
    return Backup(
        id=manifest.backup_id,
        organization_id=stored.organization_id,
        graph_id=graph_id,
        generation_id=manifest.generation_id,
        kind=manifest.kind,
        format="knbackup",
        object_key=stored.object_key,
        manifest=manifest.as_json,
        wrapped_key=stored.key.as_json(),
        counts=manifest.counts,
        size_bytes=manifest.stored_bytes,
        plain_bytes=manifest.plain_bytes,
        operation_id=operation_id,
        created_by=user_id,
    )
