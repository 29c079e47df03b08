"""Pipelines: what the clock and new data start. Their records, and one flow for each thing that can be asked."""

from dataclasses import dataclass, field
from datetime import datetime

from knowledger.client.effects import Flow, fetch, fetch_all
from knowledger.client.json import JsonObject
from knowledger.client.records import OperationRecord
from knowledger.client.wire import get, path, post


@dataclass(frozen=True)
class Trigger:
    """What starts a pipeline: a `schedule` or a `sensor`."""

    name: str
    kind: str
    is_on: bool = True
    cron: str | None = None
    timezone: str | None = None
    next_at: datetime | None = None
    last_tick_at: datetime | None = None
    last_tick_status: str | None = None


@dataclass(frozen=True)
class RunRecord:
    """`status` is waiting, running, succeeded, failed or cancelled."""

    run_id: str
    status: str
    started_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class PipelineRecord:
    """`last_runs` are the newest first."""

    name: str
    description: str = ""
    is_partitioned: bool = False
    triggers: tuple[Trigger, ...] = ()
    last_runs: tuple[RunRecord, ...] = ()


@dataclass(frozen=True)
class StandingFinding:
    """What the last report of a job found."""

    job: str
    severity: str
    code: str
    message: str
    at: datetime | None = None


@dataclass(frozen=True)
class ReportRecord:
    """What one run of a job did (`summary`, `figures`) and found."""

    job: str
    key: str
    summary: str
    at: datetime
    figures: JsonObject = field(default_factory=dict)
    findings: tuple[JsonObject, ...] = ()


@dataclass(frozen=True)
class ReportPage:
    """The reports, newest first, and the findings that stand."""

    findings: tuple[StandingFinding, ...] = ()
    reports: tuple[ReportRecord, ...] = ()


@dataclass(frozen=True)
class PipelineRun:
    """What running one came to: Dagster's run ids, one for each partition."""

    job: str
    partitions: tuple[str, ...] = ()
    runs: tuple[str, ...] = ()


def pipelines() -> Flow[tuple[PipelineRecord, ...]]:
    return fetch_all(PipelineRecord, get("/pipelines"), "pipelines")


def reports(job: str | None, limit: int) -> Flow[ReportPage]:
    return fetch(ReportPage, get("/pipelines/reports", job=job, limit=limit))


def run(job: str, first: str | None, last: str | None) -> Flow[OperationRecord]:
    return fetch(OperationRecord, post(path("/pipelines/{}/run", job), {"first": first, "last": last}))
