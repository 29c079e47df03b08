"""Declares operations: a kind, its limits and the Celery task that is its doorbell, all in one place."""

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from celery import Task, shared_task

from knowledger.domain.graphs.objects import ObjectStoreUnavailable
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Steps
from knowledger.domain.operations.run import Kind, Runtime, run_operation
from knowledger.engine.sandbox import EngineCrashed, SandboxUnavailable
from knowledger.kernel.errors import DiskFull
from knowledger.tasks.deps import Deps

C = TypeVar("C", bound=Command)

PASSING = (DiskFull, EngineCrashed, SandboxUnavailable, ObjectStoreUnavailable)
"""Troubles of the machine that may be over by the next attempt."""

_LAST_RESORT = timedelta(minutes=1)
"""How long after an operation's deadline Celery kills a worker process that does not even obey its own heartbeat."""


class OperationTask(Task):  # type: ignore[misc]  # Celery is untyped
    """The base of every operation's task. A worker process sets `runtime` and `deps` before its first message."""

    abstract = True
    runtime: Runtime
    deps: Deps


def operation(
    command: type[C],
    *,
    deadline: timedelta,
    retry_on: tuple[type[Exception], ...] = (),
    max_attempts: int = 3,
) -> Callable[[Callable[[Deps, Claim, C], Steps[object]]], Kind[Deps, C]]:
    """Make an operation of a function: `deadline` bounds all its attempts together, `retry_on` names what passes."""

    def declare(work: Callable[[Deps, Claim, C], Steps[object]]) -> Kind[Deps, C]:
        kind = Kind(command, work, deadline, retry_on, max_attempts)

        def run(operation_id: str) -> None:
            run_operation(OperationTask.runtime, kind, OperationTask.deps, operation_id)

        run.__doc__ = work.__doc__
        shared_task(name=command.kind, base=OperationTask, time_limit=(deadline + _LAST_RESORT).total_seconds())(run)
        return kind

    return declare
