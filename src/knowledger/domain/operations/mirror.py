"""An operation that is a pipeline's run: it starts the run, tells how far it is, and passes a cancel on.

The run writes how far it is into PostgreSQL, from where the operation reads it. What decides is the operation's record:
a run that ends well after its operation was cancelled has changed nothing that its keys do not allow again.
"""

import time
from collections.abc import Mapping
from typing import Any, Final, cast

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.errors import OperationCancelled, OperationTimedOut
from knowledger.domain.operations.pipelines import PipelineRuns, PipelinesUnavailable, RunFailed, RunLook, RunStatus
from knowledger.domain.operations.progress import Progress, Work
from knowledger.kernel.json import JsonObject
from knowledger.models.pipelines import RunProgress

OPERATION_TAG: Final = "knowledger/operation_id"
"""The tag of a run that says which operation mirrors it."""

_POLL_S = 0.1
_LOOK_EVERY_S = 0.5


def write_progress(session: Session, operation_id: str, progress: Progress) -> None:
    """For the run: say how far it is. The caller commits."""
    known = cast(JsonObject, {name: value for name, value in vars(progress).items() if value is not None})
    values = {"progress": known, "at": func.clock_timestamp()}
    session.execute(
        insert(RunProgress)
        .values(operation_id=operation_id, **values)
        .on_conflict_do_update(index_elements=[RunProgress.operation_id], set_=values)
    )


def read_progress(session: Session, operation_id: str) -> Progress | None:
    row = session.get(RunProgress, operation_id)
    return None if row is None else Progress(**cast(dict[str, Any], row.progress))


def mirrored_run(
    runs: PipelineRuns,
    sessions: sessionmaker[Session],
    held: Claim,
    job: str,
    *,
    config: JsonObject,
    tags: Mapping[str, str] | None = None,
    partition: str | None = None,
) -> Work[RunLook]:
    """Start the job's run and follow it to its end. A later attempt of the operation finds the run of the first.

    Raises RunFailed, OperationCancelled where somebody cancelled the run itself, and what `launch` raises.
    """
    yield Progress(f"Starting {job}", step="launch", percent=0)
    key = held.operation_id if partition is None else f"{held.operation_id}:{partition}"
    all_tags = {**(tags or {}), OPERATION_TAG: held.operation_id}
    run_id = runs.launch(job, key=key, config=config, tags=all_tags, partition=partition)
    try:
        look = yield from _followed(runs, sessions, held, run_id)
    except (OperationCancelled, OperationTimedOut):
        runs.cancel(run_id)
        raise
    if look.status is RunStatus.FAILED:
        raise RunFailed(look.error or f"The run of {job} failed.", run_id=run_id)
    if look.status is RunStatus.CANCELLED:
        raise OperationCancelled("Its run was cancelled")
    return look


def _followed(runs: PipelineRuns, sessions: sessionmaker[Session], held: Claim, run_id: str) -> Work[RunLook]:
    look, look_at = runs.look(run_id), 0.0
    while not look.status.is_over:
        yield _progress(sessions, held.operation_id, look)
        time.sleep(_POLL_S)
        if time.monotonic() >= look_at:
            look, look_at = _look(runs, run_id, look), time.monotonic() + _LOOK_EVERY_S
    return look


def _look(runs: PipelineRuns, run_id: str, before: RunLook) -> RunLook:
    """While the engine restarts, its runs go on: what was last seen of one stands until it can be seen again."""
    try:
        return runs.look(run_id)
    except PipelinesUnavailable:
        return before


def _progress(sessions: sessionmaker[Session], operation_id: str, look: RunLook) -> Progress:
    with sessions() as session:
        said = read_progress(session, operation_id)
    if said is not None:
        return said
    return Progress("The run has started" if look.status is RunStatus.RUNNING else "The run waits", step="run")
