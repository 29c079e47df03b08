"""Materialize: the graph's next generation, as a pure function of its schema and its staged files."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import current_generation, find_graph, lock_graph
from knowledger.domain.graphs.engine import StagedFile, TableEngine
from knowledger.domain.graphs.generations import NewGeneration, Plan, build_generation, point_at
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Conclusion, Progress, Steps
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.errors import Conflict
from knowledger.models.graphs import File, Generation, Graph, Staging
from knowledger.models.operations import Operation


class Materialize(Command):
    kind: ClassVar[str] = "materialize"

    rebuild: bool = False
    ignore_errors: bool = False


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


class FilesNotStaged(Conflict):
    """Some files of the graph are not staged."""

    hint = "Stage or delete them, or materialize with ignore_errors to leave them out."


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
    session: Session,
    graph_id: str,
    by: Access,
    *,
    rebuild: bool,
    ignore_errors: bool,
    idempotency_key: str | None,
) -> Operation:
    """Submit a materialization. It takes in what is staged when its turn comes."""
    find_graph(session, graph_id)
    return submit(
        session,
        Materialize(rebuild=rebuild, ignore_errors=ignore_errors),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=graph_id,
        idempotency_key=idempotency_key,
    )


def materialize(
    command: Materialize,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
) -> Steps[Materialized]:
    """Build the next generation beside the current one, then swap the pointer."""
    assert held.graph_id is not None
    yield Progress("Looking at what is staged", step="plan", percent=0)
    with sessions() as session:
        graph = find_graph(session, held.graph_id)
        plan = plan_generation(session, graph, command, objects)
    new = yield from build_generation(plan, held, engine=engine, objects=objects)
    return _conclusion(plan, new, held)


def staged_files(session: Session, graph_id: str) -> list[tuple[File, Staging]]:
    """The graph's files that have rows to give, in upload order."""
    query = (
        select(File, Staging)
        .join(Staging, File.staging_id == Staging.id)
        .where(File.graph_id == graph_id, File.deleted_at.is_(None))
        .order_by(File.position)
    )
    return [(file, staging) for file, staging in session.execute(query)]


def plan_generation(session: Session, graph: Graph, command: Materialize, objects: ObjectStore) -> Plan:
    """What the next generation is built of. Raises FilesNotStaged, TierLimit."""
    if not command.ignore_errors:
        _require_all_staged(session, graph.id)
    staged = staged_files(session, graph.id)
    tier = tier_named(graph.tier)
    require_within("staged rows in a graph", tier.staged_rows, sum(item.rows_accepted for _, item in staged), tier)
    files = tuple(
        StagedFile(file.id, file.name, staging.table_name, objects.local(staging.rows_key), staging.rows_accepted)
        for file, staging in staged
    )
    staging_ids = tuple(staging.id for _, staging in staged)
    schema = GraphSchema.parse(graph.schema)
    generation = None if command.rebuild else current_generation(session, graph)
    if generation is None or not _only_adds(generation, schema, staging_ids):
        return Plan(graph.id, schema, files, staging_ids)
    added = tuple(file.file_id for file in files[len(generation.staging_ids) :])
    return Plan(graph.id, schema, files, staging_ids, base_key=generation.object_key, added=added)


def staleness(session: Session, graph: Graph) -> Staleness:
    """How the graph's files differ from those that its current generation was built of."""
    generation = current_generation(session, graph)
    built = set(generation.staging_ids) if generation else set()
    staged = {staging.id: file.id for file, staging in staged_files(session, graph.id)}
    gone = select(Staging.file_id).where(Staging.id.in_(built - staged.keys()))
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


def _only_adds(generation: Generation, schema: GraphSchema, staging_ids: tuple[str, ...]) -> bool:
    """Whether the current generation can be extended: the same types, the same files first, and nothing left out of it
    that a new row could bring back."""
    kept = tuple(generation.staging_ids)
    same_types = GraphSchema.parse(generation.schema) == schema
    return same_types and generation.rows_rejected == 0 and bool(kept) and staging_ids[: len(kept)] == kept


def _require_all_staged(session: Session, graph_id: str) -> None:
    query = select(File.name).where(
        File.graph_id == graph_id,
        File.deleted_at.is_(None),
        File.staging_id.is_(None),
        File.staging_operation_id.is_not(None),
    )
    if names := list(session.scalars(query.order_by(File.position).limit(20))):
        raise FilesNotStaged(f"Not staged: {', '.join(names)}.", files=names)


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
