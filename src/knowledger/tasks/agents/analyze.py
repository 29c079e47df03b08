"""A user asks a graph."""

from datetime import timedelta

from knowledger.domain.agents.analyze import Answered, analyze
from knowledger.domain.agents.asking import Analyze
from knowledger.domain.agents.mind import ModelCutOff, ModelUnavailable
from knowledger.domain.graphs.reading import HostUnavailable
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.tasks.deps import Deps
from knowledger.tasks.operation import operation

PASSING = (ModelUnavailable, ModelCutOff, HostUnavailable)


@operation(Analyze, deadline=timedelta(minutes=30), retry_on=PASSING, max_attempts=12)
def analyze_task(deps: Deps, held: Claim, command: Analyze) -> Steps[Answered]:
    """Answer a question to a graph, live.

    Twice is once: a finished step is recorded with what it cost in one transaction, and a later attempt goes on behind
    the last of them, saying nothing again that was said.
    """
    return analyze(
        command,
        held,
        sessions=deps.sessions,
        readings=deps.readings,
        minds=deps.minds,
        keys=deps.secret_keys,
        prices=deps.prices,
    )
