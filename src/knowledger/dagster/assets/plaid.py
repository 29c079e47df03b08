"""What linked banks tell, from their accounts to the graphs that they feed: one sync for each connection that is due.

A sync is one operation, which gives the graph all four at once or nothing; so the assets are one step.
"""

from collections.abc import Iterator
from datetime import timedelta

from dagster import (
    AssetExecutionContext,
    AssetSelection,
    AssetSpec,
    Definitions,
    Failure,
    MaterializeResult,
    ResourceParam,
    define_asset_job,
    multi_asset,
)

from knowledger.dagster.clockwork import DUE_AT, RETRIES, bounded, on_the_clock
from knowledger.dagster.operations import result_when_ended
from knowledger.domain.connections.submit_sync import sync_all
from knowledger.wiring import Wiring

_SPECS = (
    AssetSpec("plaid_accounts", group_name="plaid", description="The accounts that linked banks show."),
    AssetSpec("plaid_transactions", group_name="plaid", description="All transactions as of each connection's cursor."),
    AssetSpec(
        "plaid_staged",
        group_name="plaid",
        deps=["plaid_accounts", "plaid_transactions"],
        description="Them as rows of the extension banking.",
    ),
    AssetSpec("plaid_graph", group_name="plaid", deps=["plaid_staged"], description="The graphs with those rows."),
)


@multi_asset(specs=_SPECS, retry_policy=RETRIES)
def plaid(context: AssetExecutionContext, wiring: ResourceParam[Wiring]) -> Iterator[MaterializeResult[None]]:
    """Sync all that is linked; what one bank refuses is told and holds up no other."""
    with wiring.sessions.begin() as session:
        operations = sync_all(session, context.run.tags.get(DUE_AT, context.run.run_id))
    synced, refused = [], []
    for operation_id in operations:
        try:
            synced.append(result_when_ended(wiring.sessions, operation_id))
        except Failure as failure:
            context.log.warning(failure.description or "A sync failed.")
            refused.append(failure.description or operation_id)
    for spec in _SPECS:
        yield MaterializeResult(asset_key=spec.key, metadata={"synced": len(synced), "refused": refused})


plaid_sync = define_asset_job(
    "plaid_sync",
    AssetSelection.assets(*(spec.key for spec in _SPECS)),
    description="Sync every linked bank, for what its webhooks did not tell.",
    tags=bounded(timedelta(hours=4)),
)

definitions = Definitions(
    assets=[plaid], jobs=[plaid_sync], schedules=[on_the_clock(plaid_sync, "17 */6 * * *", name="plaid_sync_schedule")]
)
