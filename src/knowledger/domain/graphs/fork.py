"""A fork: another graph's rows as the beginning of a new one, without copying or loading any of them.

Files in the object store never change, so a fork's records name the files of its origin. The collector keeps a file as
long as any record names it; whichever graph changes writes files of its own.
"""

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from knowledger.domain.graphs.catalogue import current_generation
from knowledger.domain.graphs.engine import StagedFile
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.operations.claim import Claim
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.models.graphs import File, FilePart, Generation, Graph, Staging


@dataclass(frozen=True)
class Fork:
    """What is taken of the origin: `generation` for the whole of it, None where one has to be built of the files.

    `files` are in upload order. `ids` are the new ids of files and stagings by those in the origin.
    """

    generation: Generation | None
    files: tuple[File, ...]
    stagings: tuple[Staging, ...]
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def staging_ids(self) -> tuple[str, ...]:
        return tuple(self.ids[item.id] for item in self.stagings)

    def staged_files(self, objects: ObjectStore) -> tuple[StagedFile, ...]:
        """The files as a build of the fork's first generation reads them."""
        names = {file.id: file.name for file in self.files}
        return tuple(
            StagedFile(
                self.ids[item.file_id],
                names[item.file_id],
                item.table_name,
                objects.local(item.rows_key),
                item.rows_accepted,
            )
            for item in self.stagings
        )


def fork_of(session: Session, origin: Graph) -> Fork:
    """The origin's current generation, what it was built of, and what was staged since."""
    generation = current_generation(session, origin)
    built_of = Staging.id.in_(generation.staging_ids if generation else ())
    return _fork(session, origin, or_(_IS_CURRENT, built_of), generation)


def fork_of_tables(session: Session, origin: Graph, tables: tuple[str, ...]) -> Fork:
    """What is staged of some of the origin's tables."""
    return _fork(session, origin, and_(_IS_CURRENT, Staging.table_name.in_(tables)), None)


def record_fork(session: Session, fork: Fork, graph: Graph, held: Claim) -> None:
    """Record the files and, where there is one, the generation as the new graph's own."""
    if fork.files:
        session.execute(insert(File), [_file(file, fork, graph) for file in fork.files])
        session.execute(insert(FilePart), _parts(session, fork))
        session.execute(insert(Staging), [_staging(item, fork) for item in fork.stagings])
        session.execute(update(File), [_pointer(file, fork) for file in fork.files if file.staging_id in fork.ids])
    if fork.generation is not None:
        generation = _generation(fork.generation, fork, graph, held)
        session.add(generation)
        session.flush()
        graph.generation_id = generation.id
        session.flush()


_IS_CURRENT = and_(File.staging_id == Staging.id, File.deleted_at.is_(None))


def _fork(session: Session, origin: Graph, which: ColumnElement[bool], generation: Generation | None) -> Fork:
    query = select(File, Staging).join(Staging, Staging.file_id == File.id).where(File.graph_id == origin.id, which)
    found = session.execute(query.order_by(File.position, Staging.id)).all()
    files = {file.id: file for file, _ in found}
    stagings = {staging.id: staging for _, staging in found}
    ids = {id_: new_id("file") for id_ in files} | {id_: new_id("stg") for id_ in stagings}
    return Fork(generation, tuple(files.values()), tuple(stagings.values()), ids)


def _file(file: File, fork: Fork, graph: Graph) -> dict[str, object]:
    """What was deleted since the generation was built is so in the fork: its rows go with the next one."""
    return {
        "id": fork.ids[file.id],
        "graph_id": graph.id,
        "table_name": file.table_name,
        "name": file.name,
        "format": file.format,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "completed_at": file.completed_at,
        "created_by": file.created_by,
        "created_at": file.created_at,
        "deleted_at": file.deleted_at and utc_now(),
    }


def _parts(session: Session, fork: Fork) -> list[dict[str, object]]:
    query = select(FilePart).where(FilePart.file_id.in_([file.id for file in fork.files]))
    return [
        {
            "file_id": fork.ids[part.file_id],
            "offset": part.offset,
            "size_bytes": part.size_bytes,
            "object_key": part.object_key,
        }
        for part in session.scalars(query)
    ]


def _staging(staging: Staging, fork: Fork) -> dict[str, object]:
    return {
        "id": fork.ids[staging.id],
        "file_id": fork.ids[staging.file_id],
        "table_name": staging.table_name,
        "rows_key": staging.rows_key,
        "rejects_key": staging.rejects_key,
        "rows_read": staging.rows_read,
        "rows_accepted": staging.rows_accepted,
        "rows_rejected": staging.rows_rejected,
        "rejects_by_rule": staging.rejects_by_rule,
        "size_bytes": staging.size_bytes,
        "operation_id": staging.operation_id,
    }


def _pointer(file: File, fork: Fork) -> dict[str, object]:
    assert file.staging_id is not None
    return {"id": fork.ids[file.id], "staging_id": fork.ids[file.staging_id]}


def _generation(origin: Generation, fork: Fork, graph: Graph, held: Claim) -> Generation:
    return Generation(
        id=new_id("gen"),
        graph_id=graph.id,
        number=1,
        object_key=origin.object_key,
        rejects_key=origin.rejects_key,
        schema=origin.schema,
        staging_ids=[fork.ids.get(id_, id_) for id_ in origin.staging_ids],
        size_bytes=origin.size_bytes,
        counts=origin.counts,
        rows_superseded=origin.rows_superseded,
        rows_rejected=origin.rows_rejected,
        engine_version=origin.engine_version,
        sha256=origin.sha256,
        digests=origin.digests,
        operation_id=held.operation_id,
    )
