"""A linked bank is synced: by a person, by its webhooks, by the clock."""

from datetime import timedelta

from knowledger.domain.connections.feed import BankFeedBusy, BankFeedChanged, BankFeedUnavailable
from knowledger.domain.connections.sync import SyncConnection, Synced, sync_connection
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import PASSING, operation

AWAY = (BankFeedUnavailable, BankFeedBusy, BankFeedChanged)


@operation(SyncConnection, deadline=timedelta(hours=2), retry_on=(*PASSING, *AWAY), max_attempts=5)
def sync_connection_task(deps: Deps, held: Claim, command: SyncConnection) -> Steps[Synced]:
    """Read what changed at the bank and give the graph what is there now.

    At most two hours over five attempts; a feed that is away or busy is tried again. Twice is once: the cursor moves
    in the commit that makes the changes visible, so that every attempt before it reads the same changes.
    """
    return sync_connection(
        command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects, banks=deps.banks
    )
