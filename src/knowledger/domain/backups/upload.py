"""A backup that was downloaded comes back: its file is stored beside the graph's own backups."""

import hashlib
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.backups.catalogue import list_backups
from knowledger.domain.backups.container import BLOCK_BYTES, BackupDamaged
from knowledger.domain.backups.create import StoredBackup, recorded
from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.backups.manifest import Head
from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import find_graph, lock_graph
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import Forbidden, InvalidInput
from knowledger.kernel.ids import new_id
from knowledger.models.backups import Backup
from knowledger.models.graphs import Graph


class BackupFileRefused(InvalidInput):
    """The file is not a backup, or not all of one."""

    hint = (
        "Upload the file as `knowledger backup download` saved it. One of another server needs that server's key here, "
        "in KNOWLEDGER_BACKUP_KEYS."
    )


class ForeignBackup(Forbidden):
    """The backup is of a graph of another organization of this server."""

    hint = "Whoever belongs to that organization can restore it there."


def upload_limit_bytes(session: Session, graph_id: str) -> int:
    return tier_named(find_graph(session, graph_id).tier).stored_bytes


def take_in_backup(
    session: Session,
    graph_id: str,
    by: Access,
    path: Path,
    *,
    kept: timedelta | None,
    objects: ObjectStore,
    keys: KeyRing,
) -> Backup:
    """Make an uploaded file a backup of the graph; one that is there already is given as it is.

    The key ring must open it, and every byte must be there: what is inside is looked at by verifying. Raises
    BackupFileRefused, BackupKeyUnknown, ForeignBackup, TierLimit.
    """
    graph = lock_graph(session, graph_id)
    with objects.scratch("import") as scratch:
        head = _split(path, scratch / "container", keys)
        _require_own(session, head, by)
        if there := _the_same(session, graph_id, head):
            return there
        tier = tier_named(graph.tier)
        require_within("backups of a graph", tier.backups, len(list_backups(session, graph_id)) + 1, tier)
        backup_id = new_id("bk")
        object_key = f"graphs/{graph_id}/backups/{backup_id}/{backup_id}.knbackup"
        objects.put(object_key, scratch / "container")
    backup = recorded(
        StoredBackup(head.manifest, head.key, object_key, graph.organization_id), graph_id, None, by.user_id
    )
    backup.id, backup.expires_at = backup_id, _expiry(kept)
    session.add(backup)
    session.flush()
    return backup


def _split(path: Path, container: Path, keys: KeyRing) -> Head:
    """The file's head; what stands behind it goes into a file of its own."""
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with path.open("rb") as source:
            head = Head.read(source)
            keys.unwrap(head.key, head.manifest.canonical)
            with container.open("xb") as target:
                while block := source.read(BLOCK_BYTES):
                    target.write(block)
                    digest.update(block)
                    size_bytes += len(block)
    except BackupDamaged as error:
        raise BackupFileRefused(error.message) from None
    if (size_bytes, digest.hexdigest()) != (head.manifest.stored_bytes, head.manifest.sha256):
        raise BackupFileRefused("The file was cut or changed.")
    return head


def _require_own(session: Session, head: Head, by: Access) -> None:
    """A backup file that came into strange hands opens nothing here; where its graph is unknown, the key decides."""
    owner = session.scalar(select(Graph.organization_id).where(Graph.id == head.manifest.graph_id))
    if owner not in (None, by.organization_id):
        raise ForeignBackup


def _the_same(session: Session, graph_id: str, head: Head) -> Backup | None:
    sha256 = Backup.manifest["sha256"].astext
    query = select(Backup).where(
        Backup.graph_id == graph_id, Backup.deleted_at.is_(None), sha256 == head.manifest.sha256
    )
    return session.scalars(query.limit(1)).one_or_none()


def _expiry(kept: timedelta | None) -> datetime | None:
    return utc_now() + kept if kept else None
