"""Pipelines, for operators: what the clock and new data start, when it last ran, what it found; and running it."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field

from knowledger.api.access import AsOperator, Router
from knowledger.api.answers import Submitted
from knowledger.api.deps import Deps
from knowledger.api.graphs import IdempotencyKey
from knowledger.api.shapes import Answer, RequestBody
from knowledger.api.transaction import Transaction
from knowledger.domain.graphs.health import Severity
from knowledger.domain.operations.pipelines import RunStatus
from knowledger.domain.upkeep.reports import current_findings, list_reports
from knowledger.domain.upkeep.run_pipeline import RunPipeline, request_pipeline_run
from knowledger.kernel.clock import utc_now
from knowledger.kernel.json import JsonObject

router = Router(tags=["pipelines"])

Partition = Annotated[str | None, Field(default=None, max_length=200)]


class RunAnswer(Answer):
    run_id: str
    status: RunStatus
    started_at: datetime | None
    ended_at: datetime | None


class TriggerAnswer(Answer):
    """A schedule, with its `cron` and when it is due next, or a sensor. `last_tick_*`: when it last looked, and how."""

    name: str
    kind: str
    is_on: bool
    cron: str | None
    timezone: str | None
    next_at: datetime | None
    last_tick_at: datetime | None
    last_tick_status: str | None


class PipelineAnswer(Answer):
    name: str
    description: str
    is_partitioned: bool
    triggers: list[TriggerAnswer]
    last_runs: list[RunAnswer]


class PipelineList(Answer):
    pipelines: list[PipelineAnswer]


class RunBody(RequestBody):
    """For a pipeline with partitions, the first and the last of those to run it for; one alone names just that one."""

    first: Partition
    last: Partition


class UpkeepReportAnswer(Answer):
    job: str
    key: str
    summary: str
    figures: JsonObject
    findings: list[JsonObject]
    at: datetime


class CurrentFindingAnswer(Answer):
    job: str
    severity: Severity
    code: str
    message: str
    at: datetime


class UpkeepReportList(Answer):
    """`findings` are those of each job's last report: what somebody should look at by now."""

    findings: list[CurrentFindingAnswer]
    reports: list[UpkeepReportAnswer]


@router.get("/pipelines")
def pipelines(operator: AsOperator, deps: Deps) -> PipelineList:
    """Every pipeline with its schedules and sensors, when they are due next, and its last runs."""
    return PipelineList(pipelines=[PipelineAnswer.model_validate(item) for item in deps.pipelines.pipelines()])


@router.get("/pipelines/reports")
def reports(
    operator: AsOperator,
    transaction: Transaction,
    job: Annotated[str | None, Query(max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> UpkeepReportList:
    """What upkeep did and found, newest first; and what of it stands."""
    return UpkeepReportList(
        findings=[CurrentFindingAnswer.model_validate(item) for item in current_findings(transaction, utc_now())],
        reports=[UpkeepReportAnswer.model_validate(item) for item in list_reports(transaction, job=job, limit=limit)],
    )


@router.post("/pipelines/{job}/run", status_code=202)
def run(
    job: str,
    response: Response,
    operator: AsOperator,
    transaction: Transaction,
    deps: Deps,
    body: RunBody | None = None,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Run a pipeline at once, or for each partition of a range; the operation mirrors the run."""
    wanted = body or RunBody(first=None, last=None)
    command = RunPipeline(job=job, first=wanted.first, last=wanted.last)
    operation = request_pipeline_run(transaction, deps.pipelines, command, operator, idempotency_key=idempotency_key)
    return Submitted.accepted(operation, response)
