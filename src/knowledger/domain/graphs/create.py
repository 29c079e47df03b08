"""Create a graph: its record and its first, empty generation appear together."""

from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field
from sqlalchemy.orm import Session

from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import count_graphs
from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.extension import compose, with_required
from knowledger.domain.graphs.generations import Plan, build_generation, point_at
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Progress, Steps
from knowledger.domain.operations.submit import submit
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.clock import utc_now
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject
from knowledger.models.graphs import Graph
from knowledger.models.operations import Operation


class CreateGraph(Command):
    kind: ClassVar[str] = "create_graph"

    name: str = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=2000)
    tags: tuple[str, ...] = ()
    tier: str = "standard"
    extensions: tuple[str, ...] = ()
    graph_schema: JsonObject


@dataclass(frozen=True)
class GraphDraft:
    """A graph as somebody wishes it: what to call it, the extensions it takes, and types of its own (`custom`)."""

    name: str
    description: str = ""
    tags: tuple[str, ...] = ()
    tier: str = "standard"
    extensions: tuple[str, ...] = ()
    custom: GraphSchema | None = None

    def fields(self, *needed: str) -> JsonObject:
        """The fields of a command, with the extensions that are `needed` in any case.

        Raises UnknownExtension, and ExtensionConflict or InvalidSchema with every problem and its place.
        """
        wanted = (*needed, *self.extensions)
        return {
            "name": self.name,
            "description": self.description,
            "tags": list(self.tags),
            "tier": self.tier,
            "extensions": list(with_required(wanted)),
            "graph_schema": compose(wanted, self.custom).as_json(),
        }


@dataclass(frozen=True)
class GraphCreated:
    graph_id: str
    name: str


def request_create_graph(
    session: Session, by: Access, command: CreateGraph, *, idempotency_key: str | None
) -> Operation:
    """Submit the creation of a graph, under an id that is known from now on. Raises UnknownTier, TierLimit."""
    limits = tier_named(command.tier)
    require_within("graphs", limits.graphs, count_graphs(session, by.organization_id) + 1, limits)
    return submit(
        session,
        command.model_copy(update={"tier": limits.name}),
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=new_id("kg"),
        idempotency_key=idempotency_key,
    )


def create_graph(
    command: CreateGraph, held: Claim, *, engine: TableEngine, objects: ObjectStore
) -> Steps[GraphCreated]:
    """Build an empty generation with the graph's types, then record the graph with it as its current one."""
    assert held.graph_id is not None
    graph_id = held.graph_id
    yield Progress("Creating the graph", step="create", percent=0)
    plan = Plan(graph_id, GraphSchema.parse(command.graph_schema))
    new = yield from build_generation(plan, held, engine=engine, objects=objects)

    def conclude(session: Session) -> GraphCreated:
        graph = record_graph(session, command, graph_id, held)
        point_at(session, graph, new, held)
        return GraphCreated(graph_id, command.name)

    return conclude


def record_graph(session: Session, command: CreateGraph, graph_id: str, held: Claim) -> Graph:
    """The graph's record, which points at no generation yet."""
    graph = Graph(
        id=graph_id,
        organization_id=held.organization_id,
        name=command.name,
        description=command.description,
        tags=list(command.tags),
        tier=command.tier,
        schema=command.graph_schema,
        extensions=list(command.extensions),
        created_by=held.user_id,
        updated_at=utc_now(),
    )
    session.add(graph)
    session.flush()
    return graph
