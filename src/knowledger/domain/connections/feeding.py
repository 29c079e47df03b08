"""Give a graph a connection's rows: stage them, build its next generation with them, and record both at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.connections.tables import RowsFile
from knowledger.domain.graphs.catalogue import find_graph, lock_graph
from knowledger.domain.graphs.engine import StagedRows, StageRequest, TableEngine
from knowledger.domain.graphs.evolve import extend_schema
from knowledger.domain.graphs.extension import compose, with_required
from knowledger.domain.graphs.generations import NewGeneration, Plan, build_generation, sha256_of
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Progress, Work, part_of
from knowledger.domain.tables.planning import Selection, plan_generation
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.models.graphs import File, FilePart, Graph, Staging


@dataclass(frozen=True)
class FedTable:
    """A file of rows of one table in the object store, with what was staged of it."""

    table: str
    name: str
    staging_id: str
    upload_key: str
    rows_key: str
    rejects_key: str
    size_bytes: int
    sha256: str
    staged: StagedRows


@dataclass(frozen=True)
class Given:
    """All that a connection gives its graph: files that were staged, and by their names those staged so before."""

    new: tuple[FedTable, ...]
    kept: Mapping[str, Staging]

    @property
    def staging_ids(self) -> list[str]:
        return [table.staging_id for table in self.new] + [staging.id for staging in self.kept.values()]

    @property
    def rows_rejected(self) -> int:
        anew = sum(table.staged.rows_rejected for table in self.new)
        return anew + sum(staging.rows_rejected for staging in self.kept.values())


@dataclass(frozen=True)
class Feed:
    """What a graph is about to be given."""

    given: Given
    generation: NewGeneration


def ensure_types(session: Session, graph_id: str, *, keeps_books: bool) -> None:
    """Let the graph have the types that a bank fills. Raises SchemaConflict."""
    wanted = ("banking", "ledger") if keeps_books else ("banking",)
    extend_schema(session, graph_id, compose(wanted))
    graph = lock_graph(session, graph_id)
    graph.extensions = list(dict.fromkeys((*graph.extensions, *with_required(wanted))))


def prepare_feed(
    graph_id: str,
    connection_id: str,
    files: tuple[RowsFile, ...],
    tables: tuple[str, ...],
    held: Claim,
    scratch: Path,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
) -> Work[Feed]:
    """Stage the files that are not staged so already, and build the generation that has just these of the tables.

    Nothing names what is written until `record_feed`.
    """
    with sessions() as session:
        schema = GraphSchema.parse(find_graph(session, graph_id).schema)
        before = _staged_before(session, graph_id, connection_id)
    digests = {file.path.name: sha256_of(file.path) for file in files}
    kept = {name: before[name, sha256] for name, sha256 in digests.items() if (name, sha256) in before}
    changed = [file for file in files if file.path.name not in kept]
    new = []
    for number, file in enumerate(changed):
        span = (40 * number / len(changed), 40 * (number + 1) / len(changed))
        staging = _stage(
            graph_id,
            connection_id,
            file,
            digests[file.path.name],
            schema,
            held,
            scratch,
            engine=engine,
            objects=objects,
        )
        new.append((yield from part_of(span, staging)))
    given = Given(tuple(new), kept)
    plan = _plan(graph_id, connection_id, given, tables, held, sessions, objects)
    generation = yield from part_of((40, 100), build_generation(plan, held, engine=engine, objects=objects))
    return Feed(given, generation)


def record_feed(session: Session, graph: Graph, connection_id: str, given: Given, held: Claim) -> None:
    """Each new file takes the place of the one that had its name; those that are not given any more go."""
    there = {file.name: file for file in files_of(session, graph.id, connection_id)}
    for name in there.keys() - given.kept.keys() - {table.name for table in given.new}:
        there[name].deleted_at, there[name].idempotency_key = utc_now(), None
    for table in given.new:
        _point(session, there.get(table.name) or _new_file(session, graph.id, table, held), table, held)
    session.flush()


def files_of(session: Session, graph_id: str, connection_id: str) -> list[File]:
    """The files of a graph that hold what the connection gave."""
    query = select(File).where(
        File.graph_id == graph_id,
        File.name.startswith(f"{connection_id}.", autoescape=True),
        File.deleted_at.is_(None),
    )
    return list(session.scalars(query.order_by(File.position)))


def _staged_before(session: Session, graph_id: str, connection_id: str) -> dict[tuple[str, str | None], Staging]:
    """What the connection's files hold by now, by their names and digests."""
    files = [file for file in files_of(session, graph_id, connection_id) if file.staging_id is not None]
    return {(file.name, file.sha256): session.get_one(Staging, file.staging_id) for file in files}


def _stage(
    graph_id: str,
    connection_id: str,
    file: RowsFile,
    sha256: str,
    schema: GraphSchema,
    held: Claim,
    scratch: Path,
    *,
    engine: TableEngine,
    objects: ObjectStore,
) -> Work[FedTable]:
    yield Progress(f"Staging {file.rows:,} rows of {file.table}", step="stage", percent=0)
    name, size_bytes = file.path.name, file.path.stat().st_size
    staged_as = f"graphs/{graph_id}/staged/{held.directory}/{name}"
    upload_key = f"graphs/{graph_id}/uploads/{connection_id}/{held.directory}.{name}"
    work = scratch / f"{name}.work"
    work.mkdir()
    request = StageRequest(
        file_name=name,
        parts=(file.path,),
        schema=schema,
        table=file.table,
        rows_path=scratch / f"{name}.parquet",
        rejects_path=scratch / f"{name}.rejects.parquet",
        scratch=work,
    )
    staged = yield from engine.stage(request)
    objects.put(upload_key, file.path)
    objects.put(f"{staged_as}.parquet", request.rows_path)
    objects.put(f"{staged_as}.rejects.parquet", request.rejects_path)
    return FedTable(
        table=file.table,
        name=name,
        staging_id=new_id("stg"),
        upload_key=upload_key,
        rows_key=f"{staged_as}.parquet",
        rejects_key=f"{staged_as}.rejects.parquet",
        size_bytes=size_bytes,
        sha256=sha256,
        staged=staged,
    )


def _plan(
    graph_id: str,
    connection_id: str,
    given: Given,
    tables: tuple[str, ...],
    held: Claim,
    sessions: sessionmaker[Session],
    objects: ObjectStore,
) -> Plan:
    """What to build once these rows are recorded: they are recorded, looked at, and taken back."""
    with sessions() as session:
        graph = find_graph(session, graph_id)
        record_feed(session, graph, connection_id, given, held)
        selection = Selection(ignore_errors=True, tables=tables)
        plan = plan_generation(session, graph, selection, objects)
        session.rollback()
    return plan


def _new_file(session: Session, graph_id: str, table: FedTable, held: Claim) -> File:
    file = File(
        id=new_id("file"),
        graph_id=graph_id,
        table_name=table.table,
        name=table.name,
        format="jsonl.zst",
        created_by=held.user_id,
    )
    session.add(file)
    session.flush()
    return file


def _point(session: Session, file: File, table: FedTable, held: Claim) -> None:
    staged = table.staged
    session.execute(delete(FilePart).where(FilePart.file_id == file.id))
    session.add(FilePart(file_id=file.id, offset=0, size_bytes=table.size_bytes, object_key=table.upload_key))
    session.add(
        Staging(
            id=table.staging_id,
            file_id=file.id,
            table_name=table.table,
            rows_key=table.rows_key,
            rejects_key=table.rejects_key,
            rows_read=staged.rows_read,
            rows_accepted=staged.rows_accepted,
            rows_rejected=staged.rows_rejected,
            rejects_by_rule=staged.rejects_by_rule,
            size_bytes=staged.size_bytes,
            operation_id=held.operation_id,
        )
    )
    session.flush()
    file.staging_id, file.format, file.table_name = table.staging_id, "jsonl.zst", table.table
    file.size_bytes, file.sha256, file.completed_at = table.size_bytes, table.sha256, utc_now()
