"""When a run starts: at once where a person waits for it, else when there is room."""

from typing import Final

from dagster import DagsterRun, QueuedRunCoordinator
from dagster._core.run_coordinator import SubmitRunContext

from knowledger.domain.operations.mirror import OPERATION_TAG

PROMPT: Final = OPERATION_TAG
"""Runs with this tag belong to an operation, and so to a person who looks at its progress."""


class PromptRunCoordinator(QueuedRunCoordinator):
    """Dagster's queue, past which go the runs that an operation mirrors: the queue looks every five seconds only."""

    def submit_run(self, context: SubmitRunContext) -> DagsterRun:
        if PROMPT not in context.dagster_run.tags:
            return super().submit_run(context)
        return self._instance.launch_run(context.dagster_run.run_id, context.workspace)
