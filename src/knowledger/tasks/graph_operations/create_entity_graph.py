"""A user creates a graph around one entity."""

from datetime import timedelta

from knowledger.domain.graphs.entity_graph import CreateEntityGraph, EntityGraphCreated, create_entity_graph
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import PASSING, operation


@operation(CreateEntityGraph, deadline=timedelta(minutes=10), retry_on=PASSING)
def create_entity_graph_task(deps: Deps, held: Claim, command: CreateEntityGraph) -> Steps[EntityGraphCreated]:
    """Create a graph with an entity as its first node, ready to be queried and loaded.

    Twice is once: the graph's id is chosen at submission, and the graph and its first file are recorded together.
    """
    return create_entity_graph(command, held, engine=deps.engine, objects=deps.objects)
