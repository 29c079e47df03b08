"""What the next generation is built of: staged files, of all tables or of some, and what of the current one stays."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import current_generation
from knowledger.domain.graphs.engine import StagedFile
from knowledger.domain.graphs.generations import Plan
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.kernel.errors import Conflict
from knowledger.models.graphs import File, Generation, Graph, Staging

Rows = Sequence[tuple[File, Staging]]


class FilesNotStaged(Conflict):
    """Some files of the graph are not staged."""

    hint = "Stage or delete them, or materialize with ignore_errors to leave them out."


@dataclass(frozen=True)
class Selection:
    """What to take in. No `tables` are all of them; those not named stay as they are in the current generation."""

    rebuild: bool = False
    ignore_errors: bool = False
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableChange:
    """Staged rows of one table: those that come and those that go, before rows of the same key are counted once."""

    table_name: str
    rows_added: int
    rows_removed: int


@dataclass(frozen=True)
class Changes:
    """What a materialization would do. `append` is tried first where it can give the same as a rebuild; it becomes one
    where a new row takes the place of an old one."""

    method: Literal["nothing", "append", "rebuild"]
    files_added: list[str]
    files_removed: list[str]
    tables: list[TableChange]
    staged_rows: int


def staged_files(session: Session, graph_id: str) -> list[tuple[File, Staging]]:
    """The graph's files that have rows to give, in upload order."""
    query = (
        select(File, Staging)
        .join(Staging, File.staging_id == Staging.id)
        .where(File.graph_id == graph_id, File.deleted_at.is_(None))
        .order_by(File.position)
    )
    return [(file, staging) for file, staging in session.execute(query)]


def staged_rows(session: Session, graph_id: str) -> Counter[str]:
    """How many rows are staged, by table."""
    return _rows_by_table(staged_files(session, graph_id))


def plan_generation(session: Session, graph: Graph, selection: Selection, objects: ObjectStore) -> Plan:
    """What to build of what. Raises FilesNotStaged, TierLimit."""
    rows = _checked(session, graph, selection)
    files = tuple(
        StagedFile(file.id, file.name, staging.table_name, objects.local(staging.rows_key), staging.rows_accepted)
        for file, staging in rows
    )
    staging_ids, schema = tuple(staging.id for _, staging in rows), GraphSchema.parse(graph.schema)
    generation = None if selection.rebuild else current_generation(session, graph)
    if generation is None or not _only_adds(generation, schema, rows):
        return Plan(graph.id, schema, files, staging_ids)
    built_of = set(generation.staging_ids)
    added = tuple(file.id for file, staging in rows if staging.id not in built_of)
    return Plan(graph.id, schema, files, staging_ids, base_key=generation.object_key, added=added)


def foreseen(session: Session, graph: Graph, selection: Selection) -> Changes:
    """What a materialization would do now. Raises what it would raise."""
    rows = _checked(session, graph, selection)
    generation = current_generation(session, graph)
    before = _built_of(session, graph, generation)
    old, new = {staging.id for _, staging in before}, {staging.id for _, staging in rows}
    came = [(file, staging) for file, staging in rows if staging.id not in old]
    gone = [(file, staging) for file, staging in before if staging.id not in new]
    plus, minus = _rows_by_table(came), _rows_by_table(gone)
    return Changes(
        method=_method(generation, GraphSchema.parse(graph.schema), rows, selection),
        files_added=[file.id for file, _ in came],
        files_removed=sorted({file.id for file, _ in gone} - {file.id for file, _ in rows}),
        tables=[TableChange(name, plus[name], minus[name]) for name in sorted(plus.keys() | minus.keys())],
        staged_rows=sum(staging.rows_accepted for _, staging in rows),
    )


def _checked(session: Session, graph: Graph, selection: Selection) -> Rows:
    """The rows to build of, in upload order."""
    if not selection.ignore_errors:
        _require_all_staged(session, graph.id, selection.tables)
    rows: Rows = staged_files(session, graph.id)
    if selection.tables:
        before = _built_of(session, graph, current_generation(session, graph))
        rows = [
            *((file, staging) for file, staging in rows if staging.table_name in selection.tables),
            *((file, staging) for file, staging in before if staging.table_name not in selection.tables),
        ]
        rows.sort(key=lambda pair: (pair[0].position, pair[1].id))
    tier = tier_named(graph.tier)
    require_within("staged rows in a graph", tier.staged_rows, sum(item.rows_accepted for _, item in rows), tier)
    return rows


def _built_of(session: Session, graph: Graph, generation: Generation | None) -> Rows:
    """What the generation was built of, deleted files and earlier stagings among it."""
    if generation is None:
        return []
    query = (
        select(File, Staging)
        .join(Staging, Staging.file_id == File.id)
        .where(File.graph_id == graph.id, Staging.id.in_(generation.staging_ids))
    )
    return [(file, staging) for file, staging in session.execute(query.order_by(File.position, Staging.id))]


def _method(
    generation: Generation | None, schema: GraphSchema, rows: Rows, selection: Selection
) -> Literal["nothing", "append", "rebuild"]:
    if selection.rebuild or generation is None:
        return "rebuild"
    if generation.staging_ids == [staging.id for _, staging in rows] and GraphSchema.parse(generation.schema) == schema:
        return "nothing"
    return "append" if _only_adds(generation, schema, rows) else "rebuild"


def _only_adds(generation: Generation, schema: GraphSchema, rows: Rows) -> bool:
    """Whether the current generation can be extended: the same types, all its files, in each table before the new ones,
    and nothing left out of it that a new row could bring back."""
    kept = set(generation.staging_ids)
    if not kept or generation.rows_rejected or GraphSchema.parse(generation.schema) != schema:
        return False
    is_complete = kept <= {staging.id for _, staging in rows}
    is_one_a_file = max(Counter(file.id for file, _ in rows).values(), default=0) == 1
    return is_complete and is_one_a_file and not _overtaken(kept, rows)


def _overtaken(kept: set[str], rows: Rows) -> bool:
    """Whether a new file of some table was uploaded before one that is in the graph, which therefore wins."""
    with_new: set[str] = set()
    for _, staging in rows:
        if staging.id not in kept:
            with_new.add(staging.table_name)
        elif staging.table_name in with_new:
            return True
    return False


def _require_all_staged(session: Session, graph_id: str, tables: tuple[str, ...]) -> None:
    query = select(File.name).where(
        File.graph_id == graph_id,
        File.deleted_at.is_(None),
        File.staging_id.is_(None),
        File.staging_operation_id.is_not(None),
    )
    if tables:
        query = query.where(File.table_name.in_(tables))
    if names := list(session.scalars(query.order_by(File.position).limit(20))):
        raise FilesNotStaged(f"Not staged: {', '.join(names)}.", files=names)


def _rows_by_table(rows: Rows) -> Counter[str]:
    counted: Counter[str] = Counter()
    for _, staging in rows:
        counted[staging.table_name] += staging.rows_accepted
    return counted
