"""The backups of a graph."""

from pathlib import Path
from typing import TYPE_CHECKING

from knowledger.client import backups
from knowledger.client.decode import decode
from knowledger.client.sync.operations import Operation

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Backups:
    """The stored copies of a graph, and exports for other programs."""

    def __init__(self, driver: "Driver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    def create(self, *, kind: str = "full", retention_days: int | None = None) -> Operation[backups.BackedUp]:
        """Back the current generation up: `full`, or `logical`, which any version of the engine can read."""
        record = self._driver.run(backups.create(self._graph_id, kind, retention_days))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(backups.BackedUp, found), record.operation_type
        )

    def export(self, format: str, *, retention_days: int | None = None) -> Operation[backups.Exported]:  # noqa: A002
        """Write the graph to files, `parquet`, `csv` or `json`, in a zip that `download` gives."""
        record = self._driver.run(backups.export(self._graph_id, format, retention_days))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(backups.Exported, found), record.operation_type
        )

    def list(self) -> tuple[backups.BackupRecord, ...]:
        """Newest first; each is complete."""
        return self._driver.run(backups.all_of(self._graph_id))

    def get(self, backup_id: str) -> backups.BackupRecord:
        return self._driver.run(backups.one(self._graph_id, backup_id))

    def verify(self, backup_id: str, *, deep: bool = False) -> Operation[backups.Verified]:
        """Put it back into private files, open and count; `deep`, read every row. The result says if it is `sound`."""
        record = self._driver.run(backups.verify(self._graph_id, backup_id, deep))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(backups.Verified, found), record.operation_type
        )

    def restore(
        self, backup_id: str, *, to: str | None = None, confirm: str | None = None
    ) -> Operation[backups.Restored]:
        """Into a new graph named `to`; or in place, where `confirm` is the graph's own name."""
        record = self._driver.run(backups.restore(self._graph_id, backup_id, to, confirm))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(backups.Restored, found), record.operation_type
        )

    def download(self, backup_id: str, target: str | Path) -> None:
        """Save it as one file, which is there only once it is whole."""
        self._driver.run(backups.download(self._graph_id, backup_id, target))

    def upload(self, source: str | Path, *, retention_days: int | None = None) -> backups.BackupRecord:
        """Take in a backup file that was downloaded, of this graph or another. Twice is once."""
        return self._driver.run(backups.upload(self._graph_id, source, retention_days))

    def thin_out(
        self, *, hourly: int = 24, daily: int = 7, weekly: int = 5, monthly: int = 12, dry_run: bool = False
    ) -> backups.Thinned:
        """Delete the backups that no hour, day, week or month keeps; never the newest verified one."""
        keep = {"hourly": hourly, "daily": daily, "weekly": weekly, "monthly": monthly}
        return self._driver.run(backups.thin_out(self._graph_id, keep, dry_run))

    def delete(self, backup_id: str) -> None:
        self._driver.run(backups.remove(self._graph_id, backup_id))
