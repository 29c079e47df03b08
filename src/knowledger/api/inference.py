"""A schema inferred from uploaded files, for a person to look at before it is taken."""

from pathlib import Path

from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from knowledger.api.access import AsMember, Router
from knowledger.api.deps import ApiDeps, Deps
from knowledger.api.transaction import reading
from knowledger.domain.graphs.engine import InferredTable
from knowledger.domain.graphs.proposal import propose_schema
from knowledger.domain.operations.progress import result_of
from knowledger.domain.tables.files import find_file, local_parts
from knowledger.kernel.json import JsonObject, JsonValue

router = Router(tags=["graphs"])


class InferBody(BaseModel):
    model_config = ConfigDict(extra="forbid")

    file_ids: list[str] = Field(min_length=1, max_length=50)


class InferredFile(BaseModel):
    """What one file looks like: the node type it would fill, and its first rows."""

    file_id: str
    file_name: str
    format: str
    node: JsonObject
    preview: list[dict[str, JsonValue]]


class Proposal(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    graph_schema: JsonObject = Field(alias="schema")
    tables: list[InferredFile]


@router.post("/graphs/{graph_id}/schema/infer")
async def infer_schema(graph_id: str, body: InferBody, access: AsMember, deps: Deps) -> Proposal:
    """Propose types, keys and relationships for uploaded files. Nothing is changed: add the schema if it is right."""

    found = [(file_id, await _inferred(deps, graph_id, file_id)) for file_id in body.file_ids]
    schema = await run_in_threadpool(propose_schema, [table for _, table in found])
    return Proposal(
        graph_schema=schema.as_json(),
        tables=[
            InferredFile(
                file_id=file_id,
                file_name=table.file_name,
                format=table.format,
                node=node.model_dump(mode="json", by_alias=True, exclude_defaults=True),
                preview=table.preview,
            )
            for (file_id, table), node in zip(found, schema.nodes, strict=True)
        ],
    )


async def _inferred(deps: ApiDeps, graph_id: str, file_id: str) -> InferredTable:
    def find(session: Session) -> tuple[str, tuple[Path, ...]]:
        file = find_file(session, graph_id, file_id)
        return file.name, local_parts(session, file, deps.objects)

    def infer(name: str, parts: tuple[Path, ...]) -> InferredTable:
        with deps.objects.scratch("infer") as scratch:
            return result_of(deps.engine.infer(name, parts, scratch))

    return await run_in_threadpool(infer, *await reading(deps, find))
