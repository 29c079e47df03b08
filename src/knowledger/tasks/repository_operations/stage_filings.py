"""Filings that were read become rows of the repository's staging tables. Submitted by runs, not by users."""

from datetime import timedelta

from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.domain.repositories.staging import FilingsStaged, StageFilings, stage_filings
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import PASSING, operation


@operation(StageFilings, deadline=timedelta(hours=12), retry_on=PASSING)
def stage_filings_task(deps: Deps, held: Claim, command: StageFilings) -> Steps[FilingsStaged]:
    """Gather what was read of the quarters' filings into one staged file for each table, and relate all of them.

    Twice is once: it is a function of what was read, and the files point at what the completed attempt wrote.
    """
    return stage_filings(command, held, deps.stager)
