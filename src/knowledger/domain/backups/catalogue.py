"""The backups of a graph: find, list, delete; and their keys wrapped anew."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from knowledger.domain.backups.keys import KeyRing, WrappedKey
from knowledger.domain.backups.manifest import Manifest
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import Conflict, NotFound
from knowledger.models.backups import Backup


class BackupNotFound(NotFound):
    """There is no such backup of this graph."""

    hint = "The graph's list of backups has their ids."


class NotABackup(Conflict):
    """This is an export, which nothing can be restored from."""

    hint = "Exports are for other programs: download it. To restore a graph, take a full or logical backup."


def find_backup(session: Session, graph_id: str, backup_id: str) -> Backup:
    """Raises BackupNotFound, also for one that has expired."""
    query = select(Backup).where(Backup.id == backup_id, Backup.graph_id == graph_id, _is_there(utc_now()))
    backup = session.scalars(query).one_or_none()
    if backup is None:
        raise BackupNotFound
    return backup


def list_backups(session: Session, graph_id: str) -> list[Backup]:
    """The newest first."""
    query = select(Backup).where(Backup.graph_id == graph_id, _is_there(utc_now()))
    return list(session.scalars(query.order_by(Backup.created_at.desc(), Backup.id.desc())))


def delete_backup(session: Session, graph_id: str, backup_id: str) -> None:
    """The backup is gone at once; its file goes when the collector next runs."""
    find_backup(session, graph_id, backup_id).deleted_at = utc_now()


def delete_expired(session: Session, graph_id: str) -> None:
    query = select(Backup).where(
        Backup.graph_id == graph_id, Backup.deleted_at.is_(None), Backup.expires_at <= utc_now()
    )
    for backup in session.scalars(query):
        backup.deleted_at = utc_now()


def sealed(backup: Backup) -> tuple[Manifest, WrappedKey]:
    """What a backup's record says of its container. Raises NotABackup."""
    if backup.manifest is None or backup.wrapped_key is None:
        raise NotABackup
    return Manifest.parse(backup.manifest), WrappedKey.parse(backup.wrapped_key)


def rewrap(session: Session, keys: KeyRing) -> int:
    """Wrap the data key of every backup with the current key; gives how many were wrapped with another.

    Those of a key that is not here stay as they are. No container is read.
    """
    if not keys.keys:
        return 0
    key_id = Backup.wrapped_key["key_id"].astext
    query = select(Backup).where(key_id.in_(keys.keys), key_id != keys.current).with_for_update()
    changed = list(session.scalars(query))
    for backup in changed:
        manifest, key = sealed(backup)
        backup.wrapped_key = keys.rewrap(key, manifest.canonical).as_json()
    return len(changed)


def _is_there(now: datetime) -> ColumnElement[bool]:
    return Backup.deleted_at.is_(None) & or_(Backup.expires_at.is_(None), Backup.expires_at > now)
