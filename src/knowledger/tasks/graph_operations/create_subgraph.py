"""A user creates a subgraph."""

from datetime import timedelta

from knowledger.domain.graphs.subgraphs import CreateSubgraph, SubgraphCreated, create_subgraph
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import PASSING, operation


@operation(CreateSubgraph, deadline=timedelta(hours=6), retry_on=PASSING)
def create_subgraph_task(deps: Deps, held: Claim, command: CreateSubgraph) -> Steps[SubgraphCreated]:
    """Create a subgraph, empty or as a fork of its parent.

    Twice is once: the subgraph's id is made of the operation's, and its records appear together or not at all.
    """
    return create_subgraph(command, held, sessions=deps.sessions, engine=deps.engine, objects=deps.objects)
