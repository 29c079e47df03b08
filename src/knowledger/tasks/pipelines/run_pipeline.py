"""An operator runs a pipeline by hand."""

from datetime import timedelta

from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.pipelines import PipelinesUnavailable
from knowledger.domain.operations.progress import Steps
from knowledger.domain.upkeep.run_pipeline import PipelineRun, RunPipeline, run_pipeline
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import operation


@operation(RunPipeline, deadline=timedelta(hours=24), retry_on=(PipelinesUnavailable,), max_attempts=5)
def run_pipeline_task(deps: Deps, held: Claim, command: RunPipeline) -> Steps[PipelineRun]:
    """Run a pipeline, for each partition of a range where it has some, and follow it to its end.

    At most 24 hours over five attempts; while Dagster starts or restarts it is tried again. Twice is once: a later
    attempt finds the runs of the first by its operation's id.
    """
    return run_pipeline(command, held, sessions=deps.sessions, runs=deps.pipelines)
