"""A user brings the graph up to what is staged."""

from datetime import timedelta

from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.domain.tables.materialize import Materialize, Materialized, materialize
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import PASSING, operation


@operation(Materialize, deadline=timedelta(hours=6), retry_on=PASSING)
def materialize_task(deps: Deps, held: Claim, command: Materialize) -> Steps[Materialized]:
    """Build the graph's next generation from what is staged and point the graph at it.

    Readers keep the old generation until the swap. Twice is once: only a completed attempt's file is pointed at.
    """
    return materialize(command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects)
