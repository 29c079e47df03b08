"""Stage filings: the readings of a filing quarter become one staged file for each table, and are related to all others.

What is staged is a pure function of the readings that are there: the same ones again change nothing, in whichever order
they came. Within a table the files stand in the order of their quarters, so that of what several filings say of the
same company, concept or unit the latest counts.
"""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import ClassVar, Final

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.filings.quarters import next_quarter, short_name
from knowledger.domain.graphs.catalogue import lock_graph, mark_stale
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Conclusion, Progress, Steps, Work, part_of
from knowledger.domain.repositories.engine import FilingEngine
from knowledger.domain.repositories.readings import unpack
from knowledger.domain.repositories.sec import SEC, sec_graph
from knowledger.domain.tables.materialize import clear_if_current
from knowledger.domain.tables.typed import GatherRequest, TypedRowsEngine
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.models.filings import Filing, FilingReading, StagedPartition
from knowledger.models.graphs import File, Staging

RELATED: Final = "related"
"""The partition of what holds between filings of any quarters."""

COMPLETED: Final = ("Concept", "Element")
"""Tables in which a later filing that does not say something takes nothing away from what is known."""

_LAST = text("UPDATE files SET position = DEFAULT WHERE id = :file_id")


class StageFilings(Command):
    """Quarters by their first day; those whose readings are staged already are passed over."""

    kind: ClassVar[str] = "stage_filings"

    quarters: tuple[str, ...]


@dataclass(frozen=True)
class FilingsStaged:
    """`rows` is what was staged anew, by table; `filings` is how many are staged in all quarters."""

    graph_id: str
    quarters_staged: list[str]
    quarters_unchanged: list[str]
    filings: int
    rows: dict[str, int]


@dataclass(frozen=True)
class Quarter:
    """The readings of a quarter, in the order in which they count. `digest` says which, and as what."""

    name: str
    keys: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class StagedTables:
    """The files of one partition by table, in the object store; nothing in the database names them yet."""

    partition: str
    rejects_key: str
    keys: dict[str, str] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Stager:
    """What staging filings needs."""

    sessions: sessionmaker[Session]
    objects: ObjectStore
    rows: TypedRowsEngine
    filings: FilingEngine


def quarter_as_read(session: Session, name: str, parser_version: str, schema: GraphSchema) -> Quarter:
    """The quarter's filings as this version of the parser reads them."""
    first, end = date.fromisoformat(name), date.fromisoformat(next_quarter(name))
    query = (
        select(Filing.accession, FilingReading.object_key)
        .join(FilingReading, FilingReading.accession == Filing.accession)
        .where(Filing.filed_on >= first, Filing.filed_on < end)
        .where(FilingReading.parser_version == parser_version, FilingReading.object_key.is_not(None))
        .order_by(Filing.filed_on, Filing.accession)
    )
    keys = tuple(str(key) for _, key in session.execute(query))
    return Quarter(name, keys, _digest(schema.model_dump_json(), *keys))


def stage_filings(command: StageFilings, held: Claim, stager: Stager) -> Steps[FilingsStaged]:
    """Gather the readings of each quarter that has changed, then relate all quarters to each other."""
    yield Progress("Looking at what is read", step="plan", percent=0)
    with stager.sessions.begin() as session:
        schema = GraphSchema.parse(sec_graph(session).schema)
        version = stager.filings.parser_version
        quarters = [quarter_as_read(session, name, version, schema) for name in command.quarters]
        before = _staged_before(session)
    changed = [quarter for quarter in quarters if before.get(quarter.name, ("", {}))[0] != quarter.digest]
    staged = yield from part_of((0, 80), _gather_all(changed, schema, held, stager))
    tables = {name: keys for name, (_, keys) in before.items()} | {item.partition: item.keys for item in staged}
    related = yield from part_of((80, 100), _relate(tables, schema, held, stager)) if changed else _nothing()
    return _conclusion(command, quarters, changed, [*staged, *related], version, held)


def _staged_before(session: Session) -> dict[str, tuple[str, dict[str, str]]]:
    query = select(StagedPartition).where(StagedPartition.repository == SEC, StagedPartition.partition != RELATED)
    return {item.partition: (item.digest, item.files) for item in session.scalars(query)}


def _gather_all(
    quarters: Sequence[Quarter], schema: GraphSchema, held: Claim, stager: Stager
) -> Work[list[StagedTables]]:
    staged = []
    for index, quarter in enumerate(quarters):
        whole = (100 * index / len(quarters), 100 * (index + 1) / len(quarters))
        staged.append((yield from part_of(whole, _gather(quarter, schema, held, stager))))
    return staged


def _gather(quarter: Quarter, schema: GraphSchema, held: Claim, stager: Stager) -> Work[StagedTables]:
    with stager.objects.scratch(held.directory) as scratch:
        request = GatherRequest(
            schema=schema,
            directories=tuple(scratch / "read" / f"{index:06}" for index in range(len(quarter.keys))),
            into=scratch / "into",
            scratch=scratch / "work",
            completed=COMPLETED,
        )
        for directory in (scratch / "read", request.into, request.scratch):
            directory.mkdir()
        for key, directory in zip(quarter.keys, request.directories, strict=True):
            unpack(stager.objects, key, schema.table_names, directory)
            yield Progress(f"Staging {short_name(quarter.name)}", step="stage")
        rows = yield from stager.rows.gather(request)
        return _stored(quarter.name, request.into, rows, held, stager.objects)


def _relate(
    tables: Mapping[str, Mapping[str, str]], schema: GraphSchema, held: Claim, stager: Stager
) -> Work[list[StagedTables]]:
    """RESTATES and AMENDS, which hold between filings of any quarters, and what all of them say of a concept."""
    with stager.objects.scratch(held.directory) as scratch:
        quarters = [(name, keys) for name, keys in sorted(tables.items()) if "Fact" in keys]
        of_concepts = [
            _linked(
                stager.objects, {table: keys[table] for table in COMPLETED if table in keys}, scratch / "said" / name
            )
            for name, keys in quarters
        ]
        related = scratch / "related" / "all"
        request = GatherRequest(schema, (*of_concepts, related), scratch / "into", scratch / "work", COMPLETED)
        for directory in (related, request.into, request.scratch):
            directory.mkdir(parents=True)
        directories = [_linked(stager.objects, keys, scratch / "staged" / name) for name, keys in quarters]
        if directories:
            yield from stager.filings.relate(directories, related, request.scratch)
        rows = yield from stager.rows.gather(request)
        return [_stored(RELATED, request.into, rows, held, stager.objects)]


def _linked(objects: ObjectStore, keys: Mapping[str, str], directory: Path) -> Path:
    """The files of one partition side by side, under the names of their tables."""
    directory.mkdir(parents=True)
    for table, key in keys.items():
        source, target = objects.local(key), directory / f"{table}.parquet"
        try:
            target.hardlink_to(source)
        except OSError:  # the store's files are on another file system
            shutil.copyfile(source, target)
    return directory


def _stored(partition: str, into: Path, rows: Mapping[str, int], held: Claim, objects: ObjectStore) -> StagedTables:
    prefix = f"graphs/{SEC}/staged/{held.directory}/{partition}"
    staged = StagedTables(partition, rejects_key=f"{prefix}/rejects.parquet")
    for table in sorted(table for table, count in rows.items() if count):
        path, key = into / f"{table}.parquet", f"{prefix}/{table}.parquet"
        staged.rows[table], staged.sizes[table] = rows[table], path.stat().st_size
        objects.put(key, path)
        staged.keys[table] = key
    objects.put(staged.rejects_key, into / "rejects.parquet")
    return staged


def _conclusion(
    command: StageFilings,
    quarters: Sequence[Quarter],
    changed: Sequence[Quarter],
    staged: Sequence[StagedTables],
    version: str,
    held: Claim,
) -> Conclusion[FilingsStaged]:
    def conclude(session: Session) -> FilingsStaged:
        graph = lock_graph(session, SEC)
        for tables in staged:
            _point_files(session, tables, held)
        by_name = {quarter.name: quarter for quarter in changed}
        for tables in staged:
            quarter = by_name.get(tables.partition, Quarter(RELATED, (), _digest(*tables.keys.values())))
            _record(session, quarter, tables, version)
        if staged:
            _put_in_order(session)
            mark_stale(session, graph, "Filings were staged.")
            clear_if_current(session, graph)
        rows: dict[str, int] = {}
        for tables in staged:
            for table, count in tables.rows.items():
                rows[table] = rows.get(table, 0) + count
        return FilingsStaged(
            graph_id=SEC,
            quarters_staged=[quarter.name for quarter in changed],
            quarters_unchanged=[quarter.name for quarter in quarters if quarter.name not in by_name],
            filings=staged_filings(session),
            rows=rows,
        )

    return conclude


def staged_filings(session: Session) -> int:
    """How many filings are staged, in all quarters."""
    query = select(StagedPartition.filings).where(StagedPartition.repository == SEC)
    return sum(session.scalars(query))


def _point_files(session: Session, tables: StagedTables, held: Claim) -> None:
    """One file for each table of the partition, which points at what was staged last; without rows there is none."""
    suffix = f"-{tables.partition}.parquet"
    query = select(File).where(File.graph_id == SEC, File.deleted_at.is_(None), File.name.endswith(suffix))
    there = {file.name: file for file in session.scalars(query)}
    for table, key in tables.keys.items():
        file = there.pop(table + suffix, None) or _new_file(session, table, table + suffix)
        file.size_bytes = tables.sizes[table]
        file.staging_id = _new_staging(session, file, tables, table, key, held).id
    for file in there.values():
        file.deleted_at = utc_now()
    session.flush()


def _new_file(session: Session, table: str, name: str) -> File:
    file = File(id=new_id("file"), graph_id=SEC, table_name=table, name=name, format="parquet", completed_at=utc_now())
    session.add(file)
    session.flush()
    return file


def _new_staging(session: Session, file: File, tables: StagedTables, table: str, key: str, held: Claim) -> Staging:
    staging = Staging(
        id=new_id("stg"),
        file_id=file.id,
        table_name=table,
        rows_key=key,
        rejects_key=tables.rejects_key,
        rows_read=tables.rows[table],
        rows_accepted=tables.rows[table],
        rows_rejected=0,
        rejects_by_rule={},
        size_bytes=tables.sizes[table],
        operation_id=held.operation_id,
    )
    session.add(staging)
    session.flush()
    return staging


def _put_in_order(session: Session) -> None:
    """Where a quarter was staged after later ones, these go behind it again: of two rows the later quarter's counts."""
    query = select(File).where(File.graph_id == SEC, File.deleted_at.is_(None)).order_by(File.name)
    last: dict[str | None, int] = {}
    for file in session.scalars(query):
        if file.position < last.get(file.table_name, 0):
            session.execute(_LAST, {"file_id": file.id})
            session.refresh(file, ["position"])
        last[file.table_name] = file.position


def _record(session: Session, quarter: Quarter, tables: StagedTables, version: str) -> None:
    if not tables.keys and quarter.name != RELATED:
        session.execute(delete(StagedPartition).where(StagedPartition.partition == quarter.name))
        return
    values = {
        "digest": quarter.digest,
        "parser_version": version,
        "filings": len(quarter.keys),
        "files": tables.keys,
        "staged_at": utc_now(),
    }
    statement = insert(StagedPartition).values(repository=SEC, partition=tables.partition, **values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[StagedPartition.repository, StagedPartition.partition], set_=values
        )
    )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _nothing() -> Work[list[StagedTables]]:
    yield from ()
    return []
