"""What keeps the house in order."""

from datetime import timedelta

from dagster import Definitions, OpExecutionContext, ResourceParam, job, op

from knowledger.dagster.clockwork import RETRIES, bounded, on_the_clock
from knowledger.domain.graphs.collect import collect_garbage
from knowledger.wiring import Wiring


@op(retry_policy=RETRIES)
def collect_files(context: OpExecutionContext, wiring: ResourceParam[Wiring]) -> None:
    """Delete the files that no pointer reaches."""
    with wiring.sessions() as session:
        collected = collect_garbage(session, wiring.objects)
    context.log.info(f"{len(collected.object_keys)} files, {collected.size_bytes} bytes")


@job(tags=bounded(timedelta(hours=6)))
def garbage_collection() -> None:
    """Delete the files that no pointer reaches, once they are a day old."""
    collect_files()


definitions = Definitions(jobs=[garbage_collection], schedules=[on_the_clock(garbage_collection, "20 * * * *")])
