"""A backup as one file that leaves the server: its head, then its container; or an export's zip."""

from dataclasses import dataclass
from typing import BinaryIO

from knowledger.domain.backups.catalogue import sealed
from knowledger.domain.backups.manifest import Head
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.kernel.errors import KnowledgerError
from knowledger.models.backups import Backup


class BackupFileGone(KnowledgerError):
    """The backup's file is no longer in the store."""

    status = 410
    hint = "Use another backup, and check what else deletes files in the data directory or the bucket."


@dataclass(frozen=True)
class Download:
    """`head` goes before what `open` gives; `size_bytes` is both."""

    object_key: str
    file_name: str
    media_type: str
    head: bytes
    size_bytes: int

    def open(self, objects: ObjectStore) -> BinaryIO:
        """The stored bytes. Once open they stay, whatever becomes of the backup. Raises BackupFileGone."""
        if not any(item.key == self.object_key for item in objects.list(self.object_key.rpartition("/")[0])):
            raise BackupFileGone
        return objects.local(self.object_key).open("rb")


def download_of(backup: Backup) -> Download:
    if backup.kind == "export":
        name = f"{backup.graph_id}-{backup.format}.zip"
        return Download(backup.object_key, name, "application/zip", b"", backup.size_bytes)
    head = Head(*sealed(backup)).as_bytes()
    name, size = f"{backup.graph_id}-{backup.id}.knbackup", len(head) + backup.size_bytes
    return Download(backup.object_key, name, "application/octet-stream", head, size)
