"""Graphs: create, look at, rename, delete; and their schemas."""

from datetime import datetime
from typing import Annotated

from fastapi import BackgroundTasks, Header, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from knowledger.api import deletion
from knowledger.api.access import AsAdmin, AsMember, AsViewer, AsViewerOfGraphs, Router
from knowledger.api.answers import Submitted
from knowledger.api.deps import Deps
from knowledger.api.transaction import Transaction
from knowledger.domain.graphs.catalogue import current_generation, find_graph, list_graphs, lock_graph
from knowledger.domain.graphs.create import CreateGraph, GraphDraft, request_create_graph
from knowledger.domain.graphs.entity import Entity
from knowledger.domain.graphs.entity_graph import entity_graph
from knowledger.domain.graphs.evolve import extend_schema, judge
from knowledger.domain.graphs.extension import load_extensions
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.tenancy.access import Access
from knowledger.domain.tenancy.roles import Role
from knowledger.engine.build.ddl import ddl
from knowledger.kernel.json import JsonObject, JsonValue
from knowledger.models.graphs import Generation, Graph

router = Router(tags=["graphs"])

IdempotencyKey = Annotated[str | None, Header(max_length=255, description="The same key again gives the same answer")]
Tag = Annotated[str, Field(min_length=1, max_length=64)]
Extensions = Annotated[
    list[str],
    Field(
        max_length=32,
        description="Named sets of types, beside those of `schema`: "
        + "; ".join(f"`{item.name}`: {item.description}" for item in load_extensions().values()),
        json_schema_extra={"items": {"type": "string", "enum": list(load_extensions())}},
    ),
]


_ENTITY: JsonObject = {"anyOf": [Entity.model_json_schema(), {"type": "null"}]}


class GraphRequest(BaseModel):
    """A graph with extensions, its own schema, or both; without either, its types are inferred from files later.

    With an `entity` it is an entity graph: it has the extension `base` in any case, and that entity as its first node.
    """

    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=2000)
    tags: list[Tag] = Field(default=[], max_length=32)
    tier: str = "standard"
    extensions: Extensions = []
    graph_schema: JsonValue = Field(default=None, alias="schema")
    entity: JsonValue = Field(default=None, json_schema_extra=_ENTITY)

    @property
    def command(self) -> CreateGraph:
        custom = None if self.graph_schema is None else GraphSchema.parse_part(self.graph_schema)
        draft = GraphDraft(self.name, self.description, tuple(self.tags), self.tier, tuple(self.extensions), custom)
        if self.entity is None:
            return CreateGraph.model_validate(draft.fields())
        return entity_graph(draft, self.entity)

    @model_validator(mode="before")
    @classmethod
    def _predecessor(cls, body: object) -> object:
        """Published clients send `metadata`, `instance_tier`, `custom_schema` and `initial_entity`, and call `ledger`
        `roboledger`."""
        if isinstance(body, dict) and "initial_entity" in body:
            entity, wanted = body["initial_entity"], body.get("create_entity", True)
            rest = {name: value for name, value in body.items() if name != "initial_entity"}
            body = {**rest, "entity": entity if wanted else None}
        if not isinstance(body, dict) or not isinstance(body.get("metadata"), dict):
            return body
        metadata = body["metadata"]
        known = {
            "name": metadata.get("graph_name"),
            "description": metadata.get("description") or "",
            "tags": body.get("tags") or metadata.get("tags") or [],
            "tier": body.get("instance_tier", "standard"),
            "extensions": [str(name).removeprefix("robo") for name in metadata.get("schema_extensions") or []],
            "schema": body.get("custom_schema"),
        }
        ours = {"metadata", "instance_tier", "custom_schema", "tags", "create_entity"}
        return {**known, **{name: value for name, value in body.items() if name not in ours}}


class GraphChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=2000)
    tags: list[Tag] | None = Field(default=None, max_length=32)


class GenerationAnswer(BaseModel):
    """`counts` is rows by node and relationship type."""

    generation_id: str
    number: int
    created_at: datetime
    size_bytes: int
    counts: dict[str, int]

    @classmethod
    def of(cls, generation: Generation) -> "GenerationAnswer":
        return cls(
            generation_id=generation.id,
            number=generation.number,
            created_at=generation.created_at,
            size_bytes=generation.size_bytes,
            counts=generation.counts,
        )


class GraphAnswer(BaseModel):
    """`extensions` are those it was created with; `parent_id` and `subgraph_name` are a subgraph's.

    A repository is shared: whatever the `role`, it is only read.
    """

    graph_id: str
    name: str
    description: str
    tags: list[str]
    tier: str
    role: Role
    extensions: list[str]
    parent_id: str | None
    subgraph_name: str | None
    is_repository: bool
    created_at: datetime
    updated_at: datetime
    is_stale: bool
    stale_since: datetime | None
    stale_reason: str | None
    generation: GenerationAnswer | None

    @classmethod
    def of(cls, graph: Graph, generation: Generation | None, access: Access) -> "GraphAnswer":
        return cls(
            graph_id=graph.id,
            name=graph.name,
            description=graph.description,
            tags=graph.tags,
            tier=graph.tier,
            role=access.role,
            extensions=graph.extensions,
            parent_id=graph.parent_id,
            subgraph_name=graph.subgraph_name,
            is_repository=graph.is_repository,
            created_at=graph.created_at,
            updated_at=graph.updated_at,
            is_stale=graph.stale_since is not None,
            stale_since=graph.stale_since,
            stale_reason=graph.stale_reason,
            generation=generation and GenerationAnswer.of(generation),
        )


class GraphList(BaseModel):
    graphs: list[GraphAnswer]


class SchemaDocument(BaseModel):
    model_config = ConfigDict(populate_by_name=True, extra="forbid")

    graph_schema: JsonValue = Field(alias="schema")


class SchemaAnswer(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    graph_schema: JsonObject = Field(alias="schema")


class SchemaExport(SchemaAnswer):
    """`ddl` is what the graph engine is given."""

    ddl: list[str]


class SchemaToCheck(SchemaDocument):
    """A schema, and the extensions that it would stand beside."""

    extensions: Extensions = []


class SchemaVerdict(BaseModel):
    """`valid`: a graph could be created with it. `fits`: it could be added to this graph; `conflicts` say why not."""

    valid: bool
    problems: list[JsonValue]
    fits: bool
    conflicts: list[JsonValue]


@router.post("/graphs", status_code=202)
def create(
    body: GraphRequest,
    response: Response,
    access: AsMember,
    transaction: Transaction,
    idempotency_key: IdempotencyKey = None,
) -> Submitted:
    """Create a graph. The operation's `graph_id` is the graph's, and its result comes when it can be queried."""
    operation = request_create_graph(transaction, access, body.command, idempotency_key=idempotency_key)
    return Submitted.accepted(operation, response)


@router.get("/graphs")
def graphs(access: AsViewerOfGraphs, transaction: Transaction) -> GraphList:
    """The graphs of your organization, newest first."""
    found = list_graphs(transaction, access.organization_id, access.graph_ids)
    return GraphList(graphs=[GraphAnswer.of(graph, generation, access) for graph, generation in found])


@router.get("/graphs/{graph_id}")
def graph(graph_id: str, access: AsViewer, transaction: Transaction) -> GraphAnswer:
    """One graph and its current generation."""
    found = find_graph(transaction, graph_id)
    return GraphAnswer.of(found, current_generation(transaction, found), access)


@router.patch("/graphs/{graph_id}")
def change(graph_id: str, body: GraphChange, access: AsMember, transaction: Transaction) -> GraphAnswer:
    """Rename a graph, or change its description or tags."""
    found = lock_graph(transaction, graph_id)
    for name, value in body.model_dump(exclude_none=True).items():
        setattr(found, name, value)
    transaction.flush()
    transaction.refresh(found)
    return GraphAnswer.of(found, current_generation(transaction, found), access)


@router.delete("/graphs/{graph_id}", status_code=204, response_class=Response, responses=deletion.ANSWERS)
def delete(
    graph_id: str,
    access: AsAdmin,
    transaction: Transaction,
    deps: Deps,
    afterwards: BackgroundTasks,
    backup: deletion.WithBackup = False,
    keep_days: deletion.KeptDays = deletion.KEPT_DAYS,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Delete a graph with its subgraphs, files and generations. For a day it can be undeleted."""
    if backup:
        return deletion.after_backup(
            transaction, graph_id, access, kept_days=keep_days, idempotency_key=idempotency_key
        )
    return deletion.now(transaction, graph_id, deps, afterwards)


@router.get("/graphs/{graph_id}/schema")
def schema(graph_id: str, access: AsViewer, transaction: Transaction) -> SchemaAnswer:
    """The graph's node and relationship types."""
    return SchemaAnswer(graph_schema=find_graph(transaction, graph_id).schema)


@router.get("/graphs/{graph_id}/schema/export")
def export_schema(graph_id: str, access: AsViewer, transaction: Transaction) -> SchemaExport:
    """The schema as JSON, from which an equal graph can be created, and as the engine's DDL."""
    document = find_graph(transaction, graph_id).schema
    return SchemaExport(graph_schema=document, ddl=ddl(GraphSchema.parse(document)))


@router.post("/graphs/{graph_id}/schema")
def add_to_schema(graph_id: str, body: SchemaDocument, access: AsMember, transaction: Transaction) -> SchemaAnswer:
    """Add types or optional properties. They are in the graph after the next materialization."""
    merged = extend_schema(transaction, graph_id, GraphSchema.parse_part(body.graph_schema))
    return SchemaAnswer(graph_schema=merged.as_json())


@router.post("/graphs/{graph_id}/schema/validate")
def validate_schema(graph_id: str, body: SchemaToCheck, access: AsViewer, transaction: Transaction) -> SchemaVerdict:
    """Every mistake of a schema at once, each with its place; nothing is changed.

    It may build on the graph's types, and on those of the extensions named.
    """
    current = GraphSchema.parse(find_graph(transaction, graph_id).schema)
    found = judge(body.graph_schema, current, body.extensions)
    return SchemaVerdict(
        valid=not found.problems,
        problems=found.problems,
        fits=not found.conflicts,
        conflicts=found.conflicts,
    )
