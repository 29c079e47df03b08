"""What a run submits to bring the graph up to date, under keys that make a second submission the first."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Date, cast, func, select
from sqlalchemy.orm import Session

from knowledger.domain.graphs.catalogue import current_generation
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.submit import submit
from knowledger.domain.repositories.materialize import MaterializeFilings
from knowledger.domain.repositories.readings import unread
from knowledger.domain.repositories.sec import SEC, sec_graph, sec_schema
from knowledger.domain.repositories.staging import Quarter, StageFilings, quarter_as_read
from knowledger.domain.tables.planning import staged_files
from knowledger.models.filings import Filing, FilingReading, StagedPartition
from knowledger.models.operations import Operation


@dataclass(frozen=True)
class ToStage:
    """Quarters, in order, whose filings were read otherwise than they are staged; `digest` says as what."""

    quarters: tuple[str, ...]
    digest: str


def quarters_to_stage(session: Session, parser_version: str) -> ToStage | None:
    """What is finished and not staged: in these quarters this version of the parser has read all that is stored."""
    quarter = cast(func.date_trunc("quarter", Filing.filed_on), Date)
    query = select(quarter).join(FilingReading, FilingReading.accession == Filing.accession).distinct()
    days = session.scalars(query.where(FilingReading.parser_version == parser_version).order_by(quarter))
    names = [day.isoformat() for day in days]
    finished = [name for name in names if not unread(session, [name], parser_version)]
    return _to_stage(_changed(session, finished, parser_version))


def submit_staging(session: Session, quarters: Sequence[str], parser_version: str) -> Operation | None:
    """Stage the quarters as this version of the parser reads them; None where they are staged so already."""
    sec_graph(session)
    due = _to_stage(_changed(session, quarters, parser_version))
    if due is None:
        return None
    return _submit(session, StageFilings(quarters=due.quarters), f"sec:stage:{parser_version}:{due.digest}")


def _changed(session: Session, quarters: Sequence[str], parser_version: str) -> list[Quarter]:
    schema = sec_schema()
    query = select(StagedPartition.partition, StagedPartition.digest).where(StagedPartition.repository == SEC)
    staged = dict(session.execute(query).all())
    wanted = (quarter_as_read(session, name, parser_version, schema) for name in quarters)
    return [
        quarter
        for quarter in wanted
        if staged.get(quarter.name) != quarter.digest and (quarter.keys or quarter.name in staged)
    ]


def _to_stage(changed: Sequence[Quarter]) -> ToStage | None:
    if not changed:
        return None
    names = tuple(quarter.name for quarter in changed)
    return ToStage(names, _digest(*(quarter.digest for quarter in changed)))


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
