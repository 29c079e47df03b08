"""Pipelines, for operators."""

from typing import TYPE_CHECKING

from knowledger.client import pipelines
from knowledger.client.asynchronous.operations import AsyncOperation
from knowledger.client.decode import decode

if TYPE_CHECKING:
    from knowledger.client.asynchronous.driver import AsyncDriver


class AsyncPipelines:
    """See `Pipelines`."""

    def __init__(self, driver: "AsyncDriver") -> None:
        self._driver = driver

    async def list(self) -> tuple[pipelines.PipelineRecord, ...]:
        return await self._driver.run(pipelines.pipelines())

    async def reports(self, *, job: str | None = None, limit: int = 50) -> pipelines.ReportPage:
        return await self._driver.run(pipelines.reports(job, limit))

    async def run(
        self, job: str, *, first: str | None = None, last: str | None = None
    ) -> AsyncOperation[pipelines.PipelineRun]:
        record = await self._driver.run(pipelines.run(job, first, last))
        return AsyncOperation(
            self._driver, record.operation_id, lambda found: decode(pipelines.PipelineRun, found), record.operation_type
        )
