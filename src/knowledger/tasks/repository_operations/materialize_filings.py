"""The repository's graph is brought up to what is staged. Submitted by runs, not by users."""

from datetime import timedelta

from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.domain.repositories.materialize import MaterializeFilings, materialize_filings
from knowledger.domain.tables.materialize import Materialized
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import PASSING, operation


@operation(MaterializeFilings, deadline=timedelta(hours=6), retry_on=PASSING)
def materialize_filings_task(deps: Deps, held: Claim, command: MaterializeFilings) -> Steps[Materialized]:
    """Build the repository's next generation, and point the graph at it once its checks pass.

    Readers keep the old generation until then, and for good where a check fails. Twice is once: only a completed
    attempt's file is pointed at.
    """
    return materialize_filings(command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects)
