"""The backups of a graph."""

from pathlib import Path
from typing import TYPE_CHECKING

from knowledger.client import backups
from knowledger.client.asynchronous.operations import AsyncOperation
from knowledger.client.decode import decode

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncBackups:
    """See `Backups`."""

    def __init__(self, driver: "AsyncDriver", graph_id: str) -> None:
        self._driver, self._graph_id = driver, graph_id

    async def create(
        self, *, kind: str = "full", retention_days: int | None = None
    ) -> AsyncOperation[backups.BackedUp]:
        record = await self._driver.run(backups.create(self._graph_id, kind, retention_days))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(backups.BackedUp, found), record.operation_type
        )

    async def export(self, format: str, *, retention_days: int | None = None) -> AsyncOperation[backups.Exported]:  # noqa: A002
        record = await self._driver.run(backups.export(self._graph_id, format, retention_days))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(backups.Exported, found), record.operation_type
        )

    async def list(self) -> tuple[backups.BackupRecord, ...]:
        return await self._driver.run(backups.all_of(self._graph_id))

    async def get(self, backup_id: str) -> backups.BackupRecord:
        return await self._driver.run(backups.one(self._graph_id, backup_id))

    async def verify(self, backup_id: str, *, deep: bool = False) -> AsyncOperation[backups.Verified]:
        record = await self._driver.run(backups.verify(self._graph_id, backup_id, deep))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(backups.Verified, found), record.operation_type
        )

    async def restore(
        self, backup_id: str, *, to: str | None = None, confirm: str | None = None
    ) -> AsyncOperation[backups.Restored]:
        record = await self._driver.run(backups.restore(self._graph_id, backup_id, to, confirm))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(backups.Restored, found), record.operation_type
        )

    async def download(self, backup_id: str, target: str | Path) -> None:
        await self._driver.run(backups.download(self._graph_id, backup_id, target))

    async def upload(self, source: str | Path, *, retention_days: int | None = None) -> backups.BackupRecord:
        return await self._driver.run(backups.upload(self._graph_id, source, retention_days))

    async def thin_out(
        self, *, hourly: int = 24, daily: int = 7, weekly: int = 5, monthly: int = 12, dry_run: bool = False
    ) -> backups.Thinned:
        keep = {"hourly": hourly, "daily": daily, "weekly": weekly, "monthly": monthly}
        return await self._driver.run(backups.thin_out(self._graph_id, keep, dry_run))

    async def delete(self, backup_id: str) -> None:
        await self._driver.run(backups.remove(self._graph_id, backup_id))
