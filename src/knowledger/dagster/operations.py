"""How a run changes a graph: it submits operations, under keys that make a second submission the first, and waits.

Where an operation mirrors the run itself, it tells that one how far it is.
"""

import time
from collections.abc import Callable

from dagster import AssetExecutionContext, DagsterExecutionInterruptedError, Failure, OpExecutionContext
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.operations.mirror import OPERATION_TAG, write_progress
from knowledger.domain.operations.outcome import Outcome, call_off, outcome_of, progress_of
from knowledger.domain.operations.progress import Progress
from knowledger.kernel.json import JsonObject

_POLL_S = 0.25


def tell(
    context: OpExecutionContext | AssetExecutionContext, sessions: sessionmaker[Session], how_far: Progress
) -> None:
    """Say how far the run is, to the operation that mirrors it; says nothing where nobody does."""
    operation_id = context.run.tags.get(OPERATION_TAG)
    if operation_id is not None:
        with sessions.begin() as session:
            write_progress(session, operation_id, how_far)


def result_when_ended(
    sessions: sessionmaker[Session], operation_id: str, *, heard: Callable[[Progress], None] | None = None
) -> JsonObject:
    """Blocks until the operation has ended. Raises Failure, to be retried where the operation says that it may be.

    `heard` is told how far the operation is.

    A run that is cancelled calls its operation off.
    """
    try:
        outcome = _wait(sessions, operation_id, heard)
    except DagsterExecutionInterruptedError:
        with sessions.begin() as session:
            call_off(session, operation_id, "The run that waited for it was cancelled")
        raise
    if outcome.status == "completed":
        return outcome.result
    raise Failure(f"Operation {operation_id}: {outcome.message}", allow_retries=outcome.retryable)


def _wait(sessions: sessionmaker[Session], operation_id: str, heard: Callable[[Progress], None] | None) -> Outcome:
    while True:
        with sessions() as session:
            outcome = outcome_of(session, operation_id)
            said = progress_of(session, operation_id) if heard else None
        if heard and said:
            heard(said)
        if outcome is not None:
            return outcome
        time.sleep(_POLL_S)
