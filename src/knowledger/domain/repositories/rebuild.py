"""What a run submits to bring the graph up to date, under keys that make a second submission the first."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.graphs.catalogue import current_generation
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.submit import submit
from knowledger.domain.repositories.materialize import MaterializeFilings
from knowledger.domain.repositories.sec import SEC, sec_graph, sec_schema
from knowledger.domain.repositories.staging import StageFilings, quarter_as_read
from knowledger.domain.tables.planning import staged_files
from knowledger.models.filings import StagedPartition
from knowledger.models.operations import Operation


def submit_staging(session: Session, quarters: Sequence[str], parser_version: str) -> Operation | None:
    """Stage the quarters as this version of the parser reads them; None where they are staged so already."""
    schema = sec_schema()
    sec_graph(session)
    wanted = [quarter_as_read(session, name, parser_version, schema) for name in quarters]
    query = select(StagedPartition.partition, StagedPartition.digest).where(StagedPartition.repository == SEC)
    staged = dict(session.execute(query).all())
    changed = [
        quarter
        for quarter in wanted
        if staged.get(quarter.name) != quarter.digest and (quarter.keys or quarter.name in staged)
    ]
    if not changed:
        return None
    command = StageFilings(quarters=tuple(quarter.name for quarter in changed))
    key = f"sec:stage:{parser_version}:{_digest(*(quarter.digest for quarter in changed))}"
    return _submit(session, command, key)


def submit_materialization(session: Session) -> Operation | None:
    """Build the next generation of what is staged; None where the current one was built of just that."""
    graph = sec_graph(session)
    staging_ids = [staging.id for _, staging in staged_files(session, SEC)]
    generation = current_generation(session, graph)
    built = generation is not None and (generation.staging_ids, generation.schema) == (staging_ids, graph.schema)
    if built or not staging_ids:
        return None
    return _submit(session, MaterializeFilings(), f"sec:materialize_filings:{_digest(*staging_ids, str(graph.schema))}")


def _submit(session: Session, command: Command, key: str) -> Operation:
    """The operation under way with this key, or a new one: what ended before did not lead to what is wanted now."""
    keeper = sec_graph(session).organization_id
    for attempt in range(1, 1000):
        operation = submit(
            session,
            command,
            organization_id=keeper,
            user_id=None,
            graph_id=SEC,
            idempotency_key=key if attempt == 1 else f"{key}:{attempt}",
        )
        if operation.ended_at is None:
            break
    return operation


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:40]
