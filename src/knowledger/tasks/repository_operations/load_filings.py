"""A user has filings of some companies loaded into the repository `sec`."""

from datetime import timedelta

from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.pipelines import PipelinesUnavailable
from knowledger.domain.operations.progress import Steps
from knowledger.domain.repositories.edgar import EdgarThrottled, EdgarUnavailable
from knowledger.domain.repositories.load import FilingsLoaded, LoadFilings, load_filings
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import operation


@operation(
    LoadFilings,
    deadline=timedelta(hours=24),
    retry_on=(PipelinesUnavailable, EdgarUnavailable, EdgarThrottled),
    max_attempts=12,
)
def load_filings_task(deps: Deps, held: Claim, command: LoadFilings) -> Steps[FilingsLoaded]:
    """Start the run that fetches, reads, stages and materializes the filings, and follow it to its end.

    At most 24 hours over twelve attempts; while EDGAR or Dagster is away it is tried again. Twice is once: a later
    attempt finds the run of the first by its operation's id, and a run does only what is not done yet.
    """
    return load_filings(command, held, pages=deps.pages, sessions=deps.sessions, runs=deps.pipelines)
