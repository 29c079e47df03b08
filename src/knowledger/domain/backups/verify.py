"""Verify a backup: put it back into private files, open it, count again; `deep`, read all of it again."""

from dataclasses import asdict, dataclass
from typing import ClassVar, cast

from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.backups.catalogue import find_backup, sealed
from knowledger.domain.backups.container import BackupDamaged
from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.backups.reopen import reopen
from knowledger.domain.graphs.catalogue import find_graph
from knowledger.domain.graphs.engine import GraphUnreadable, TableEngine
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command, Turn
from knowledger.domain.operations.progress import Progress, Steps, Work, part_of
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.clock import utc_now
from knowledger.kernel.json import JsonObject
from knowledger.models.backups import Backup
from knowledger.models.operations import Operation


class VerifyBackup(Command):
    kind: ClassVar[str] = "verify_backup"
    turn: ClassVar[Turn] = Turn.FREE

    backup_id: str
    deep: bool = False


@dataclass(frozen=True)
class Verified:
    """The verdict: `sound`, or the `problems`. `rebuilt` says that the graph was built of its rows to be opened.

    `deep`: every row was read, and compared where that was possible.
    """

    backup_id: str
    graph_id: str
    sound: bool
    problems: tuple[str, ...]
    rebuilt: bool
    counts: dict[str, int]
    deep: bool


def request_verification(
    session: Session, graph_id: str, backup_id: str, by: Access, *, deep: bool, idempotency_key: str | None
) -> Operation:
    """Submit a verification. Raises BackupNotFound, NotABackup."""
    find_graph(session, graph_id)
    sealed(find_backup(session, graph_id, backup_id))
    return submit(
        session,
        VerifyBackup(backup_id=backup_id, deep=deep),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
        idempotency_key=idempotency_key,
    )


def verify_backup(
    command: VerifyBackup,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
    keys: KeyRing,
) -> Steps[Verified]:
    """Judge the backup, and record the verdict with it. A backup that is found wanting is a verdict, not an error."""
    assert held.graph_id is not None
    yield Progress("Looking at the backup", step="plan", percent=0)
    with sessions() as session:
        backup = find_backup(session, held.graph_id, command.backup_id)
    verdict = yield from part_of((0, 99), _judge(command, backup, held, engine, objects, keys))

    def conclude(session: Session) -> Verified:
        found = find_backup(session, backup.graph_id, backup.id)
        found.verified_at = utc_now() if verdict.sound else None
        found.verification = {**cast(JsonObject, asdict(verdict)), "at": utc_now().isoformat()}
        return verdict

    return conclude


def _judge(
    command: VerifyBackup, backup: Backup, held: Claim, engine: TableEngine, objects: ObjectStore, keys: KeyRing
) -> Work[Verified]:
    manifest, key = sealed(backup)
    with objects.scratch(held.directory) as scratch:
        try:
            container = objects.local(backup.object_key)
            found = yield from reopen(container, manifest, key, scratch, engine=engine, keys=keys, deep=command.deep)
        except (BackupDamaged, GraphUnreadable) as error:
            return Verified(backup.id, backup.graph_id, False, (error.message,), False, {}, command.deep)
    return Verified(
        backup_id=backup.id,
        graph_id=backup.graph_id,
        sound=not found.problems,
        problems=found.problems,
        rebuilt=found.built is not None,
        counts=found.contents.counts,
        deep=command.deep,
    )
