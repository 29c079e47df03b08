"""Create a graph around one entity, which is its first node: a file of one row, staged and built like any other.

So it is there in every later generation, can be replaced by a later file that names the same key, and can be deleted.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

from sqlalchemy.orm import Session

from knowledger.domain.graphs.create import CreateGraph, GraphDraft, record_graph
from knowledger.domain.graphs.engine import StagedFile, StagedRows, StageRequest, TableEngine
from knowledger.domain.graphs.entity import TABLE, Entity
from knowledger.domain.graphs.generations import Plan, build_generation, point_at
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Progress, Steps, Work, part_of
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject, JsonValue
from knowledger.models.graphs import File, FilePart, Graph, Staging

_FILE_NAME = "entity.json"


class CreateEntityGraph(CreateGraph):
    kind: ClassVar[str] = "create_entity_graph"

    entity: JsonObject


def entity_graph(draft: GraphDraft, entity: JsonValue) -> CreateEntityGraph:
    """The command that creates the graph drafted around an entity. Raises InvalidEntity with every mistake."""
    checked = Entity.parse(entity).model_dump(exclude_none=True)
    return CreateEntityGraph.model_validate({**draft.fields("base"), "entity": checked})


@dataclass(frozen=True)
class EntityGraphCreated:
    """`entity_id` is the key of the first node."""

    graph_id: str
    name: str
    entity_id: str


@dataclass(frozen=True)
class _EntityFile:
    """The upload and what was staged of it, in the object store; nothing in the database names them yet."""

    file_id: str
    staging_id: str
    upload_key: str
    rows_key: str
    rejects_key: str
    size_bytes: int
    sha256: str
    staged: StagedRows


def create_entity_graph(
    command: CreateEntityGraph, held: Claim, *, engine: TableEngine, objects: ObjectStore
) -> Steps[EntityGraphCreated]:
    """Stage the entity, build a generation with it as the only node, then record all of it at once."""
    assert held.graph_id is not None
    graph_id, schema = held.graph_id, GraphSchema.parse(command.graph_schema)
    yield Progress(f"Creating a graph around {command.entity['name']}", step="entity", percent=0)
    row = Entity.parse(command.entity).as_row(graph_id.replace("kg_", "ent_"))
    file = yield from part_of((0, 25), _stage(row, schema, graph_id, held, engine=engine, objects=objects))
    rows = StagedFile(file.file_id, _FILE_NAME, TABLE, objects.local(file.rows_key), file.staged.rows_accepted)
    plan = Plan(graph_id, schema, (rows,), (file.staging_id,))
    new = yield from part_of((25, 100), build_generation(plan, held, engine=engine, objects=objects))

    def conclude(session: Session) -> EntityGraphCreated:
        graph = record_graph(session, command, graph_id, held)
        _record_file(session, graph, file, held)
        point_at(session, graph, new, held)
        return EntityGraphCreated(graph_id, command.name, str(row["entity_id"]))

    return conclude


def _stage(
    row: JsonObject, schema: GraphSchema, graph_id: str, held: Claim, *, engine: TableEngine, objects: ObjectStore
) -> Work[_EntityFile]:
    file_id = new_id("file")
    content = json.dumps([row], ensure_ascii=False).encode()
    staged_as = f"graphs/{graph_id}/staged/{held.directory}/{file_id}"
    file = _EntityFile(
        file_id=file_id,
        staging_id=new_id("stg"),
        upload_key=f"graphs/{graph_id}/uploads/{file_id}/{new_id('part')}",
        rows_key=f"{staged_as}.parquet",
        rejects_key=f"{staged_as}.rejects.parquet",
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        staged=StagedRows(0, 0, 0, 0),
    )
    with objects.scratch(held.directory) as scratch:
        (scratch / _FILE_NAME).write_bytes(content)
        objects.put(file.upload_key, scratch / _FILE_NAME)
        request = _request(objects.local(file.upload_key), schema, scratch)
        staged = yield from engine.stage(request)
        objects.put(file.rows_key, request.rows_path)
        objects.put(file.rejects_key, request.rejects_path)
    return replace(file, staged=staged)


def _request(upload: Path, schema: GraphSchema, scratch: Path) -> StageRequest:
    work = scratch / "work"
    work.mkdir()
    return StageRequest(
        file_name=_FILE_NAME,
        parts=(upload,),
        schema=schema,
        table=TABLE,
        rows_path=scratch / "rows.parquet",
        rejects_path=scratch / "rejects.parquet",
        scratch=work,
        on_error="fail",
    )


def _record_file(session: Session, graph: Graph, entity: _EntityFile, held: Claim) -> None:
    file = File(
        id=entity.file_id,
        graph_id=graph.id,
        table_name=TABLE,
        name=_FILE_NAME,
        format="json",
        size_bytes=entity.size_bytes,
        sha256=entity.sha256,
        completed_at=utc_now(),
        created_by=held.user_id,
    )
    session.add(file)
    session.flush()
    session.add(
        FilePart(file_id=file.id, offset=0, size_bytes=entity.size_bytes, object_key=entity.upload_key),
    )
    session.add(
        Staging(
            id=entity.staging_id,
            file_id=file.id,
            table_name=TABLE,
            rows_key=entity.rows_key,
            rejects_key=entity.rejects_key,
            rows_read=entity.staged.rows_read,
            rows_accepted=entity.staged.rows_accepted,
            rows_rejected=entity.staged.rows_rejected,
            rejects_by_rule=entity.staged.rejects_by_rule,
            size_bytes=entity.staged.size_bytes,
            operation_id=held.operation_id,
        )
    )
    session.flush()
    file.staging_id = entity.staging_id
    session.flush()
