"""Pipelines: what the clock or new data starts, seen from the domain. Their engine is not ours, their effects are.

A person may start one too: then an operation starts the run, and mirrors it (`mirror`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from knowledger.kernel.errors import InvalidInput, KnowledgerError, NotFound
from knowledger.kernel.json import JsonObject


class PipelinesUnavailable(KnowledgerError):
    """The part that runs pipelines does not answer."""

    status = 503
    retryable = True
    hint = "It starts last, some seconds after the API; `knowledger doctor` says whether it runs."


class PipelinesOff(KnowledgerError):
    """Pipelines are turned off here."""

    status = 503
    hint = "Set KNOWLEDGER_DAGSTER to `on`, or to where Dagster's web server listens."


class PipelineNotFound(NotFound):
    """There is no such pipeline."""

    hint = "`knowledger pipeline list` shows them all."


class RunNotFound(NotFound):
    """There is no such run of a pipeline."""


class RunRefused(InvalidInput):
    """The pipeline cannot be run so."""


class RunFailed(KnowledgerError):
    """The run of the pipeline failed."""

    hint = "`knowledger pipeline list` shows its last runs, and `/dagster` all that they said."


class RunStatus(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        return self in (RunStatus.SUCCEEDED, RunStatus.FAILED, RunStatus.CANCELLED)


@dataclass(frozen=True)
class RunLook:
    """A run as it stands; of one that was started anew after a crash, its latest start."""

    run_id: str
    status: RunStatus
    error: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Trigger:
    """What starts a job: a schedule with its `cron` and time zone, or a sensor. `is_on`: it does."""

    name: str
    kind: str
    is_on: bool
    cron: str | None = None
    timezone: str | None = None
    next_at: datetime | None = None
    last_tick_at: datetime | None = None
    last_tick_status: str | None = None


@dataclass(frozen=True)
class Pipeline:
    """A job, what starts it and its last runs, the newest first. `is_partitioned`: it runs for a range of keys."""

    name: str
    description: str
    is_partitioned: bool
    triggers: tuple[Trigger, ...]
    last_runs: tuple[RunLook, ...]


class PipelineRuns(Protocol):
    """All raise PipelinesUnavailable while the engine does not answer."""

    def launch(
        self, job: str, *, key: str, config: JsonObject, tags: Mapping[str, str], partition: str | None = None
    ) -> str:
        """Start a run, of a partitioned job for one partition; its id. The same key gives the run that it gave before.

        Raises PipelineNotFound or RunRefused.
        """

    def look(self, run_id: str) -> RunLook:
        """Raises RunNotFound."""

    def cancel(self, run_id: str) -> None:
        """Ask the run to end. One that has ended stays as it is."""

    def partitions(self, job: str) -> list[str]:
        """The keys of the job's partitions, in their order; none where it has none. Raises PipelineNotFound."""

    def pipelines(self) -> list[Pipeline]:
        """Every job, by name."""
