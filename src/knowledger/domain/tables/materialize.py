"""Materialize: the graph's next generation, as a pure function of its schema and its staged files."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.graphs.catalogue import current_generation, find_graph, lock_graph
from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.generations import NewGeneration, Plan, build_generation, point_at
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.table_shape import table_shape
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Conclusion, Progress, Steps
from knowledger.domain.operations.submit import submit
from knowledger.domain.tables.planning import Selection, plan_generation, staged_files
from knowledger.domain.tenancy.access import Access
from knowledger.models.graphs import File, Generation, Graph, Staging
from knowledger.models.operations import Operation


class Materialize(Command):
    kind: ClassVar[str] = "materialize"

    rebuild: bool = False
    ignore_errors: bool = False
    tables: tuple[str, ...] = ()

    @property
    def selection(self) -> Selection:
        return Selection(self.rebuild, self.ignore_errors, self.tables)


@dataclass(frozen=True)
class Materialized:
    """`counts` is rows by type; `appended` says that the generation before was extended rather than built anew."""

    graph_id: str
    generation_id: str
    number: int
    counts: dict[str, int]
    rows_superseded: int
    rows_rejected: int
    rejects_by_rule: dict[str, int]
    appended: bool
    size_bytes: int


@dataclass(frozen=True)
class Staleness:
    """What has changed since the current generation was built."""

    is_stale: bool
    reason: str | None
    since: datetime | None
    files_added: list[str]
    files_removed: list[str]
    generation: Generation | None


def request_materialize(
    session: Session, graph_id: str, by: Access, command: Materialize, *, idempotency_key: str | None
) -> Operation:
    """Submit a materialization. It takes in what is staged when its turn comes. Raises UnknownTable."""
    require_tables(session, graph_id, command.selection)
    return submit(
        session,
        command,
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
        idempotency_key=idempotency_key,
    )


def require_tables(session: Session, graph_id: str, selection: Selection) -> Graph:
    """The graph, which has all tables that are selected. Raises UnknownTable."""
    graph = find_graph(session, graph_id)
    schema = GraphSchema.parse(graph.schema)
    for table in selection.tables:
        table_shape(schema, table)
    return graph


def materialize(
    command: Materialize,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
    require: Callable[[NewGeneration], None] | None = None,
) -> Steps[Materialized]:
    """Build the next generation beside the current one, then swap the pointer.

    What `require` raises of the new generation keeps the graph at the current one.
    """
    assert held.graph_id is not None
    yield Progress("Looking at what is staged", step="plan", percent=0)
    with sessions() as session:
        graph = find_graph(session, held.graph_id)
        plan = plan_generation(session, graph, command.selection, objects)
    new = yield from build_generation(plan, held, engine=engine, objects=objects)
    if require is not None:
        require(new)
    return _conclusion(plan, new, held)


def staleness(session: Session, graph: Graph) -> Staleness:
    """How the graph's files differ from those that its current generation was built of."""
    generation = current_generation(session, graph)
    built = set(generation.staging_ids) if generation else set()
    staged = {staging.id: file.id for file, staging in staged_files(session, graph.id)}
    gone = (
        select(Staging.file_id)
        .join(File, File.id == Staging.file_id)
        .where(File.graph_id == graph.id, Staging.id.in_(built - staged.keys()))
    )
    return Staleness(
        is_stale=graph.stale_since is not None,
        reason=graph.stale_reason,
        since=graph.stale_since,
        files_added=[file_id for staging_id, file_id in staged.items() if staging_id not in built],
        files_removed=sorted(set(session.scalars(gone)) - set(staged.values())),
        generation=generation,
    )


def clear_if_current(session: Session, graph: Graph) -> None:
    """Take the mark off a graph whose current generation is what a build would give. The caller holds the graph."""
    generation = current_generation(session, graph)
    staging_ids = [staging.id for _, staging in staged_files(session, graph.id)]
    if generation is not None and generation.staging_ids == staging_ids and generation.schema == graph.schema:
        graph.stale_since = graph.stale_reason = None


def _conclusion(plan: Plan, new: NewGeneration, held: Claim) -> Conclusion[Materialized]:
    def conclude(session: Session) -> Materialized:
        graph = lock_graph(session, plan.graph_id)
        generation = point_at(session, graph, new, held)
        clear_if_current(session, graph)
        return Materialized(
            graph_id=graph.id,
            generation_id=generation.id,
            number=generation.number,
            counts=generation.counts,
            rows_superseded=generation.rows_superseded,
            rows_rejected=generation.rows_rejected,
            rejects_by_rule=new.built.rejects_by_rule,
            appended=new.built.appended,
            size_bytes=generation.size_bytes,
        )

    return conclude
