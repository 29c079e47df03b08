"""Dagster's runs, over the GraphQL of its web server: on our unix socket, or at a URL where Dagster runs elsewhere."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from time import time
from typing import Any, Final
from urllib.parse import urlsplit

from knowledger.domain.operations.pipelines import (
    Pipeline,
    PipelineNotFound,
    PipelinesOff,
    PipelinesUnavailable,
    RunLook,
    RunNotFound,
    RunRefused,
    RunStatus,
    Trigger,
)
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject

KEY_TAG: Final = "knowledger/key"
_PATIENCE_S: Final = 15.0
_TIME_TO_DECIDE_S: Final = 3.0
_WHERE: Final = {"repositoryLocationName": "knowledger", "repositoryName": "__repository__"}
_STATUS: Final = {
    "STARTED": RunStatus.RUNNING,
    "CANCELING": RunStatus.RUNNING,
    "SUCCESS": RunStatus.SUCCEEDED,
    "FAILURE": RunStatus.FAILED,
    "CANCELED": RunStatus.CANCELLED,
}
_TICK: Final = {"STARTED": "under way", "SUCCESS": "done", "FAILURE": "failed", "SKIPPED": "skipped"}
_SAYABLE: Final = ("knowledger.", "dagster._core.definitions.events.Failure")

_RUN = " fragment run on Run { runId status startTime endTime tags { key value } }"
_STATE = " fragment state on InstigationState { status nextTick { timestamp } ticks(limit: 1) { timestamp status } }"
_PIPELINES = (
    """query ($where: RepositorySelector!) { repositoryOrError(repositorySelector: $where) { __typename
    ... on Repository {
        pipelines { name description isJob partitionKeysOrError { partitionKeys } runs(limit: 5) { ...run } }
        schedules { name pipelineName cronSchedule executionTimezone state: scheduleState { ...state } }
        sensors { name targets { pipelineName } state: sensorState { ...state } } } } }"""
    + _RUN
    + _STATE
)
_PARTITIONS = """query ($job: PipelineSelector!) { pipelineOrError(params: $job) { __typename
    ... on Pipeline { partitionKeysOrError { partitionKeys } } } }"""
_RUNS_TAGGED = (
    "query ($which: RunsFilter!) { runsOrError(filter: $which, limit: 1) { __typename ... on Runs "
    "{ results { ...run } } } }" + _RUN
)
_RUN_BY_ID = "query ($id: ID!) { runOrError(runId: $id) { __typename ...run } }" + _RUN
_LAUNCH = """mutation ($run: ExecutionParams!) { launchRun(executionParams: $run) { __typename
    ... on LaunchRunSuccess { run { runId } } ... on RunConfigValidationInvalid { errors { message } } } }"""
_TERMINATE = """mutation ($id: String!) { terminateRun(runId: $id) { __typename } }"""
_ERRORS = """query ($id: ID!) { runOrError(runId: $id) { ... on Run { eventConnection { events {
    ... on ErrorEvent { error { message cause { message } } } } } } } }"""


class DagsterRuns:
    """See `knowledger.domain.operations.pipelines.PipelineRuns`. Safe to share between threads."""

    def __init__(self, where: Path | str) -> None:
        """`where`: the unix socket that our own Dagster listens on, or the URL of another."""
        self._connect: Callable[[], HTTPConnection]
        if isinstance(where, Path):
            self._graphql = "/dagster/graphql"
            self._connect = partial(_UnixConnection, where)
        else:
            url = urlsplit(where)
            self._graphql = url.path.rstrip("/") + "/graphql"
            kind = HTTPSConnection if url.scheme == "https" else HTTPConnection
            self._connect = partial(kind, url.netloc, timeout=_PATIENCE_S)

    def launch(
        self, job: str, *, key: str, config: JsonObject, tags: Mapping[str, str], partition: str | None = None
    ) -> str:
        earlier = self._newest_tagged(KEY_TAG, key)
        if earlier is not None:
            return str(earlier["runId"])
        all_tags = {**tags, KEY_TAG: key} | ({} if partition is None else {"dagster/partition": partition})
        run = {
            "selector": {**_WHERE, "jobName": job},
            "runConfigData": config,
            "executionMetadata": {"tags": [{"key": name, "value": value} for name, value in all_tags.items()]},
        }
        answer = self._ask(_LAUNCH, run=run)["launchRun"]
        if answer["__typename"] == "LaunchRunSuccess":
            return str(answer["run"]["runId"])
        raise _refusal(job, answer)

    def look(self, run_id: str) -> RunLook:
        run = self._latest(run_id)
        tags = {tag["key"]: tag["value"] for tag in run["tags"]}
        status = _STATUS.get(run["status"], RunStatus.WAITING)
        if status is RunStatus.FAILED and _starts_anew(run, tags):
            status = RunStatus.WAITING
        error = self._error(run["runId"]) if status is RunStatus.FAILED else None
        return _look(run, status, error)

    def cancel(self, run_id: str) -> None:
        self._ask(_TERMINATE, id=self._latest(run_id)["runId"])

    def partitions(self, job: str) -> list[str]:
        answer = self._ask(_PARTITIONS, job={**_WHERE, "pipelineName": job})["pipelineOrError"]
        if answer["__typename"] != "Pipeline":
            raise _refusal(job, answer)
        return list(answer["partitionKeysOrError"]["partitionKeys"])

    def pipelines(self) -> list[Pipeline]:
        answer = self._ask(_PIPELINES, where=_WHERE)["repositoryOrError"]
        if answer["__typename"] != "Repository":
            raise PipelinesUnavailable
        triggers = [*map(_schedule, answer["schedules"]), *_sensors(answer["sensors"])]
        jobs = [job for job in answer["pipelines"] if job["isJob"] and not job["name"].startswith("__")]
        return [
            Pipeline(
                job["name"],
                job["description"] or "",
                bool(job["partitionKeysOrError"].get("partitionKeys")),
                tuple(trigger for name, trigger in triggers if name == job["name"]),
                tuple(_look(run, _STATUS.get(run["status"], RunStatus.WAITING)) for run in job["runs"]),
            )
            for job in sorted(jobs, key=lambda job: str(job["name"]))
        ]

    def _latest(self, run_id: str) -> dict[str, Any]:
        """The run itself, or the latest of those that were started anew for it. Raises RunNotFound."""
        anew = self._newest_tagged("dagster/root_run_id", run_id)
        if anew is not None:
            return anew
        answer: dict[str, Any] = self._ask(_RUN_BY_ID, id=run_id)["runOrError"]
        if answer["__typename"] != "Run":
            raise RunNotFound(f"There is no run {run_id!r}.")
        return answer

    def _newest_tagged(self, tag: str, value: str) -> dict[str, Any] | None:
        answer = self._ask(_RUNS_TAGGED, which={"tags": [{"key": tag, "value": value}]})["runsOrError"]
        found: list[dict[str, Any]] = answer.get("results", [])
        return found[0] if found else None

    def _error(self, run_id: str) -> str | None:
        """What our own code said, which is meant for people; anything else may hold what they must not see."""
        events = self._ask(_ERRORS, id=run_id)["runOrError"]["eventConnection"]["events"]
        errors = [event["error"] for event in events if event.get("error")]
        messages = [part["message"] for error in errors for part in (error, error["cause"]) if part]
        said = [message for message in messages if message.startswith(_SAYABLE)]
        return said[0].partition(": ")[2].strip() if said else None

    def _ask(self, query: str, **variables: object) -> dict[str, Any]:
        question = json.dumps({"query": query, "variables": variables})
        try:
            with closing(self._connect()) as connection:
                connection.request("POST", self._graphql, question, {"Content-Type": "application/json"})
                response = connection.getresponse()
                body = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise PipelinesUnavailable from error
        if response.status != 200 or body.get("errors") or not isinstance(body.get("data"), dict):
            raise PipelinesUnavailable
        data: dict[str, Any] = body["data"]
        return data


class _UnixConnection(HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("dagster", timeout=_PATIENCE_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_PATIENCE_S)
        self.sock.connect(str(self._path))


class NoRuns:
    """Where Dagster is turned off."""

    def launch(
        self, job: str, *, key: str, config: JsonObject, tags: Mapping[str, str], partition: str | None = None
    ) -> str:
        raise PipelinesOff

    def look(self, run_id: str) -> RunLook:
        raise PipelinesOff

    def cancel(self, run_id: str) -> None:
        raise PipelinesOff

    def partitions(self, job: str) -> list[str]:
        raise PipelinesOff

    def pipelines(self) -> list[Pipeline]:
        raise PipelinesOff


def _refusal(job: str, answer: dict[str, Any]) -> KnowledgerError:
    match answer["__typename"]:
        case "PipelineNotFoundError" | "InvalidSubsetError":
            return PipelineNotFound(f"There is no pipeline {job!r}.")
        case "RunConfigValidationInvalid":
            return RunRefused("; ".join(error["message"] for error in answer["errors"]))
        case other:
            return PipelinesUnavailable(f"{job} could not be started ({other}).")


def _starts_anew(run: dict[str, Any], tags: Mapping[str, str]) -> bool:
    """Dagster says so in a tag, a moment after it has marked the run as failed; where it starts none anew, never."""
    said = tags.get("dagster/will_retry")
    return said == "true" or (said is None and time() - (run["endTime"] or 0) < _TIME_TO_DECIDE_S)


def _look(run: dict[str, Any], status: RunStatus, error: str | None = None) -> RunLook:
    return RunLook(run["runId"], status, error, _moment(run["startTime"]), _moment(run["endTime"]))


def _schedule(about: dict[str, Any]) -> tuple[str, Trigger]:
    return about["pipelineName"], _trigger(about, "schedule")


def _sensors(sensors: list[dict[str, Any]]) -> Iterator[tuple[str, Trigger]]:
    """A sensor once for each job that it starts."""
    for about in sensors:
        for target in about["targets"] or []:
            yield target["pipelineName"], _trigger(about, "sensor")


def _trigger(about: dict[str, Any], kind: str) -> Trigger:
    state = about["state"]
    ticks = state["ticks"]
    return Trigger(
        name=about["name"],
        kind=kind,
        is_on=state["status"] == "RUNNING",
        cron=about.get("cronSchedule"),
        timezone=about.get("executionTimezone"),
        next_at=_moment(state["nextTick"] and state["nextTick"]["timestamp"]),
        last_tick_at=_moment(ticks[0]["timestamp"]) if ticks else None,
        last_tick_status=_TICK.get(ticks[0]["status"]) if ticks else None,
    )


def _moment(timestamp: float | None) -> datetime | None:
    return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
