"""A user creates a graph."""

from datetime import timedelta

from knowledger.domain.graphs.create import CreateGraph, GraphCreated, create_graph
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import PASSING, operation


@operation(CreateGraph, deadline=timedelta(minutes=10), retry_on=PASSING)
def create_graph_task(deps: Deps, held: Claim, command: CreateGraph) -> Steps[GraphCreated]:
    """Create a graph with its schema, ready to be queried. Twice is once: the graph's id is chosen at submission."""
    return create_graph(command, held, engine=deps.engine, objects=deps.objects)
