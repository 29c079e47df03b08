"""A user backs a graph up, verifies, restores or exports it."""

from datetime import timedelta

from knowledger.domain.backups.create import BackedUp, BackUp, back_up
from knowledger.domain.backups.export import Exported, ExportGraph, ExportIncomplete, export_graph
from knowledger.domain.backups.restore import RestoreBackup, Restored, restore_backup
from knowledger.domain.backups.verify import Verified, VerifyBackup, verify_backup
from knowledger.domain.graphs.objects import ObjectMissing, ObjectStoreUnavailable
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import PASSING, operation

AWAY = (ObjectMissing, ObjectStoreUnavailable)
"""A generation may be collected while it is read, if another has taken its place: the next attempt reads that one."""


@operation(BackUp, deadline=timedelta(hours=6), retry_on=(*PASSING, *AWAY))
def backup_task(deps: Deps, held: Claim, command: BackUp) -> Steps[BackedUp]:
    """Store a compressed, encrypted copy of the graph's current generation, while queries and operations go on.

    At most six hours over three attempts; a full disk, a lost sandbox and a store that is away are tried again. Twice
    is once: each attempt writes under its own name, and only the one that completes is recorded as a backup.
    """
    return back_up(
        command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects, keys=deps.backup_keys
    )


@operation(VerifyBackup, deadline=timedelta(hours=6), retry_on=(*PASSING, ObjectStoreUnavailable))
def verify_backup_task(deps: Deps, held: Claim, command: VerifyBackup) -> Steps[Verified]:
    """Put a backup back into private files, count and read all of it, and record whether it is sound.

    At most six hours over three attempts. Twice is once: it changes nothing but the verdict, which is the same again.
    """
    return verify_backup(
        command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects, keys=deps.backup_keys
    )


@operation(RestoreBackup, deadline=timedelta(hours=6), retry_on=(*PASSING, ObjectStoreUnavailable))
def restore_backup_task(deps: Deps, held: Claim, command: RestoreBackup) -> Steps[Restored]:
    """Make a new graph of a backup, or take the graph itself back to it; any error leaves everything as it was.

    At most six hours over three attempts. Twice is once: the new graph's id is chosen at submission, each attempt
    writes under its own name, and a graph points at the files of the attempt that completed.
    """
    return restore_backup(
        command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects, keys=deps.backup_keys
    )


@operation(ExportGraph, deadline=timedelta(hours=6), retry_on=(*PASSING, *AWAY, ExportIncomplete))
def export_graph_task(deps: Deps, held: Claim, command: ExportGraph) -> Steps[Exported]:
    """Write the graph's current generation to a zip of Parquet, CSV or JSON files, one for each type.

    At most six hours over three attempts. Twice is once: only the zip of the attempt that completes is recorded.
    """
    return export_graph(command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects)
