"""Subgraphs: graphs under a parent, with its schema and tier and generations of their own; empty, or a fork of it."""

import re
from dataclasses import dataclass
from typing import ClassVar

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.billing.tiers import require_within, tier_named
from knowledger.domain.graphs.catalogue import current_generation, find_graph, lock_graph, mark_stale
from knowledger.domain.graphs.engine import TableEngine
from knowledger.domain.graphs.evolve import SCHEMA_HAS_GROWN
from knowledger.domain.graphs.fork import Fork, fork_of, fork_of_tables, record_fork
from knowledger.domain.graphs.generations import NewGeneration, Plan, build_generation, point_at
from knowledger.domain.graphs.objects import ObjectStore
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.table_shape import table_shape
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import Progress, Steps
from knowledger.domain.operations.submit import submit, was_submitted
from knowledger.domain.tenancy.access import Access
from knowledger.kernel.clock import utc_now
from knowledger.kernel.errors import Conflict, InvalidInput, NotFound
from knowledger.models.graphs import Generation, Graph
from knowledger.models.operations import Operation

NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")


class SubgraphNotFound(NotFound):
    """This graph has no such subgraph."""

    hint = "The graph's list of subgraphs has their names."


class InvalidSubgraphName(InvalidInput):
    """A subgraph cannot have this name."""

    hint = "Begin with a small letter; then small letters, digits, - and _, at most 40 in all."


class SubgraphNameTaken(Conflict):
    """The graph has a subgraph of this name."""

    hint = "Choose another name, or delete that subgraph first."


class SubgraphOfSubgraph(Conflict):
    """A subgraph has no subgraphs."""

    hint = "Create it under the parent, as a fork of it or empty."


class CreateSubgraph(Command):
    """Takes its turn on the parent, so that a fork has what was asked for before it. No `tables` are all of them."""

    kind: ClassVar[str] = "create_subgraph"

    name: str
    display_name: str = Field(default="", max_length=200)
    description: str = Field(default="", max_length=2000)
    fork: bool = False
    tables: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubgraphCreated:
    """`counts` is rows by type."""

    graph_id: str
    parent_id: str
    subgraph_name: str
    counts: dict[str, int]


def request_create_subgraph(
    session: Session, parent_id: str, by: Access, command: CreateSubgraph, *, idempotency_key: str | None
) -> Operation:
    """Submit the creation of a subgraph.

    Raises InvalidSubgraphName, SubgraphOfSubgraph, SubgraphNameTaken, UnknownTable, TierLimit.
    """
    parent = find_graph(session, parent_id)
    if not NAME.fullmatch(command.name):
        raise InvalidSubgraphName(f"{command.name[:64]!r} cannot be the name of a subgraph.")
    if parent.parent_id is not None:
        raise SubgraphOfSubgraph
    schema = GraphSchema.parse(parent.schema)
    for table in command.tables:
        table_shape(schema, table)
    if not was_submitted(session, by.organization_id, idempotency_key):
        require_room(session, parent, command.name)
    return submit(
        session,
        command,
        organization_id=by.organization_id,
        user_id=by.user_id,
        graph_id=parent_id,
        idempotency_key=idempotency_key,
    )


def create_subgraph(
    command: CreateSubgraph,
    held: Claim,
    *,
    sessions: sessionmaker[Session],
    engine: TableEngine,
    objects: ObjectStore,
) -> Steps[SubgraphCreated]:
    """Record a fork of all the parent has, or build a first generation of some of its tables, or of none."""
    assert held.graph_id is not None
    parent_id, graph_id = held.graph_id, "kg_" + held.operation_id.removeprefix("op_")
    doing = "Forking" if command.fork else "Creating"
    yield Progress(f"{doing} the subgraph {command.name}", step="create", percent=0)
    with sessions() as session:
        parent = find_graph(session, parent_id)
        fork = _fork(session, parent, command)
        plan = Plan(graph_id, GraphSchema.parse(parent.schema), fork.staged_files(objects), fork.staging_ids)
    new: NewGeneration | None = None
    if fork.generation is None:
        new = yield from build_generation(plan, held, engine=engine, objects=objects)

    def conclude(session: Session) -> SubgraphCreated:
        parent = lock_graph(session, parent_id)
        require_room(session, parent, command.name)
        graph = _record(session, parent, command, graph_id, held)
        record_fork(session, fork, graph, held)
        if new is not None:
            point_at(session, graph, new, held)
        elif parent.stale_reason is not None:
            mark_stale(session, graph, parent.stale_reason)
        generation = current_generation(session, graph)
        assert generation is not None
        if GraphSchema.parse(generation.schema) != GraphSchema.parse(graph.schema):
            mark_stale(session, graph, SCHEMA_HAS_GROWN)
        return SubgraphCreated(graph_id, parent_id, command.name, generation.counts)

    return conclude


def list_subgraphs(session: Session, parent_id: str) -> list[tuple[Graph, Generation | None]]:
    """By name, each with its current generation."""
    query = (
        select(Graph, Generation)
        .outerjoin(Generation, Graph.generation_id == Generation.id)
        .where(Graph.parent_id == parent_id, Graph.deleted_at.is_(None))
        .order_by(Graph.subgraph_name)
    )
    return [(graph, generation) for graph, generation in session.execute(query)]


def find_subgraph(session: Session, parent_id: str, name: str) -> Graph:
    """Raises SubgraphNotFound."""
    query = select(Graph).where(Graph.parent_id == parent_id, Graph.subgraph_name == name, Graph.deleted_at.is_(None))
    graph = session.scalars(query).one_or_none()
    if graph is None:
        raise SubgraphNotFound(f"There is no subgraph {name[:64]!r} in this graph.")
    return graph


def _fork(session: Session, parent: Graph, command: CreateSubgraph) -> Fork:
    if command.tables:
        return fork_of_tables(session, parent, command.tables)
    return fork_of(session, parent) if command.fork else Fork(None, (), ())


def require_room(session: Session, parent: Graph, name: str) -> None:
    """Raises SubgraphNameTaken, TierLimit."""
    taken = [graph.subgraph_name for graph, _ in list_subgraphs(session, parent.id)]
    if name in taken:
        raise SubgraphNameTaken(f"There is a subgraph {name!r} in this graph already.")
    tier = tier_named(parent.tier)
    require_within("subgraphs of a graph", tier.subgraphs, len(taken) + 1, tier)


def _record(session: Session, parent: Graph, command: CreateSubgraph, graph_id: str, held: Claim) -> Graph:
    graph = Graph(
        id=graph_id,
        organization_id=parent.organization_id,
        parent_id=parent.id,
        subgraph_name=command.name,
        name=command.display_name or f"{parent.name} / {command.name}"[:200],
        description=command.description,
        tags=[],
        tier=parent.tier,
        schema=parent.schema,
        extensions=parent.extensions,
        created_by=held.user_id,
        updated_at=utc_now(),
    )
    session.add(graph)
    session.flush()
    return graph
