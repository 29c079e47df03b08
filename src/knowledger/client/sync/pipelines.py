"""Pipelines, for operators."""

from typing import TYPE_CHECKING

from knowledger.client import pipelines
from knowledger.client.decode import decode
from knowledger.client.sync.operations import Operation

if TYPE_CHECKING:
    from knowledger.client.sync.driver import Driver


class Pipelines:
    """What the clock and new data start on the server."""

    def __init__(self, driver: "Driver") -> None:
        self._driver = driver

    def list(self) -> tuple[pipelines.PipelineRecord, ...]:
        """By name, with their schedules and sensors and their last runs."""
        return self._driver.run(pipelines.pipelines())

    def reports(self, *, job: str | None = None, limit: int = 50) -> pipelines.ReportPage:
        """What upkeep did and found, newest first; and what of it stands."""
        return self._driver.run(pipelines.reports(job, limit))

    def run(self, job: str, *, first: str | None = None, last: str | None = None) -> Operation[pipelines.PipelineRun]:
        """Run it at once; one with partitions for each from `first` to `last`."""
        record = self._driver.run(pipelines.run(job, first, last))
        return Operation(
            self._driver, record.operation_id, lambda found: decode(pipelines.PipelineRun, found), record.operation_type
        )
