"""Give a graph a connection's rows: stage them, build its next generation with them, and record both at once."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.connections.tables import RowsFile, file_name
from knowledger.domain.graphs.catalogue import find_graph, lock_graph
from knowledger.domain.graphs.engine import StagedRows, StageRequest, TableEngine
from knowledger.domain.graphs.evolve import extend_schema
from knowledger.domain.graphs.extension import compose, with_required
from knowledger.domain.graphs.generations import NewGeneration, Plan, build_generation
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
    """The rows of one table in the object store, with what was staged of them; `staged` is None for no rows at all."""

    table: str
    name: str
    staging_id: str
    upload_key: str
    rows_key: str
    rejects_key: str
    size_bytes: int
    sha256: str
    staged: StagedRows | None


@dataclass(frozen=True)
class Feed:
    """What a graph is about to be given."""

    tables: tuple[FedTable, ...]
    generation: NewGeneration

    @property
    def staging_ids(self) -> list[str]:
        return [table.staging_id for table in self.tables if table.staged is not None]

    @property
    def rows_rejected(self) -> int:
        return sum(table.staged.rows_rejected for table in self.tables if table.staged is not None)


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
    held: Claim,
    scratch: Path,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
) -> Work[Feed]:
    """Stage the files and build the generation that has them; nothing names what is written until `record_feed`."""
    with sessions() as session:
        schema = GraphSchema.parse(find_graph(session, graph_id).schema)
    tables = []
    for number, file in enumerate(files):
        span = (40 * number / len(files), 40 * (number + 1) / len(files))
        staging = _stage(graph_id, connection_id, file, schema, held, scratch, engine=engine, objects=objects)
        tables.append((yield from part_of(span, staging)))
    plan = _plan(graph_id, connection_id, tuple(tables), held, sessions, objects)
    generation = yield from part_of((40, 100), build_generation(plan, held, engine=engine, objects=objects))
    return Feed(tuple(tables), generation)


def record_feed(session: Session, graph: Graph, connection_id: str, tables: tuple[FedTable, ...], held: Claim) -> None:
    """Each table's rows take the place of those that the connection gave before."""
    for table in tables:
        file = _file_named(session, graph.id, table.name)
        if table.staged is None:
            if file is not None:
                file.deleted_at, file.idempotency_key = utc_now(), None
            continue
        file = file or _new_file(session, graph.id, table, held)
        _point(session, file, table, table.staged, held)
    session.flush()


def files_of(session: Session, graph_id: str, connection_id: str, tables: tuple[str, ...]) -> list[File]:
    """The files of a graph that hold what the connection gave."""
    found = (_file_named(session, graph_id, file_name(connection_id, table)) for table in tables)
    return [file for file in found if file is not None]


def _stage(
    graph_id: str,
    connection_id: str,
    file: RowsFile,
    schema: GraphSchema,
    held: Claim,
    scratch: Path,
    *,
    engine: TableEngine,
    objects: ObjectStore,
) -> Work[FedTable]:
    name = file_name(connection_id, file.table)
    staged_as = f"graphs/{graph_id}/staged/{held.directory}/{connection_id}.{file.table}"
    upload_key = f"graphs/{graph_id}/uploads/{connection_id}/{held.directory}.{file.table}"
    size_bytes, sha256 = file.path.stat().st_size, hashlib.sha256(file.path.read_bytes()).hexdigest()
    staged = None
    if file.rows:
        yield Progress(f"Staging {file.rows:,} rows of {file.table}", step="stage", percent=0)
        work = scratch / f"{file.table}.work"
        work.mkdir()
        request = StageRequest(
            file_name=name,
            parts=(file.path,),
            schema=schema,
            table=file.table,
            rows_path=scratch / f"{file.table}.parquet",
            rejects_path=scratch / f"{file.table}.rejects.parquet",
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
    tables: tuple[FedTable, ...],
    held: Claim,
    sessions: sessionmaker[Session],
    objects: ObjectStore,
) -> Plan:
    """What to build once these rows are recorded: they are recorded, looked at, and taken back."""
    with sessions() as session:
        graph = find_graph(session, graph_id)
        record_feed(session, graph, connection_id, tables, held)
        selection = Selection(ignore_errors=True, tables=tuple(table.table for table in tables))
        plan = plan_generation(session, graph, selection, objects)
        session.rollback()
    return plan


def _file_named(session: Session, graph_id: str, name: str) -> File | None:
    query = select(File).where(File.graph_id == graph_id, File.name == name, File.deleted_at.is_(None))
    return session.scalars(query.order_by(File.position.desc())).first()


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


def _point(session: Session, file: File, table: FedTable, staged: StagedRows, held: Claim) -> None:
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
