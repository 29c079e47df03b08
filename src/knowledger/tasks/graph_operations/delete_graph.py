"""A user deletes a graph, and wants a last backup of it."""

from datetime import timedelta

from knowledger.domain.backups.last import DeleteGraph, GraphChangedMeanwhile, GraphDeleted, back_up_and_delete
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.tasks.deps import Deps
from knowledger.tasks.graph_operations.backup import AWAY
from knowledger.tasks.operation import PASSING, operation


@operation(DeleteGraph, deadline=timedelta(hours=6), retry_on=(*PASSING, *AWAY, GraphChangedMeanwhile))
def delete_graph_task(deps: Deps, held: Claim, command: DeleteGraph) -> Steps[GraphDeleted]:
    """Back a graph and its subgraphs up for the last time, then delete them; any error leaves them as they were.

    At most six hours over three attempts. Twice is once: only the attempt that completes records its backups, and it
    deletes in the same transaction.
    """
    return back_up_and_delete(
        command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects, keys=deps.backup_keys
    )
