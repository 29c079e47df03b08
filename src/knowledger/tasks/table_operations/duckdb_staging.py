"""A user's file becomes rows of a staging table."""

from datetime import timedelta

from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.domain.tables.stage import FileStaged, StageFile, stage_file
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import PASSING, operation


@operation(StageFile, deadline=timedelta(hours=2), retry_on=PASSING)
def stage_file_task(deps: Deps, held: Claim, command: StageFile) -> Steps[FileStaged]:
    """Stage one file: typed Parquet for the rows that fit, a reason for each that does not.

    Twice is once: each attempt writes under its own name, and the file points at the one that was completed.
    """
    return stage_file(command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects)
