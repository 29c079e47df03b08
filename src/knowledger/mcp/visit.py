"""One request to a graph: which graph, who asks, and the tools opened for them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from anyio import to_thread
from mcp.server import ServerRequestContext
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.agents.tools.context import Readings, ToolContext
from knowledger.domain.agents.tools.opening import opened
from knowledger.domain.tenancy.access import Access

T = TypeVar("T")

SCOPE_KEY = "knowledger.visit"
"""Where the request's scope carries its `Visit`."""


@dataclass(frozen=True)
class Visit:
    """A caller who may read the graph, which is the only one they reach through this connection."""

    graph_id: str
    access: Access
    sessions: sessionmaker[Session]
    readings: Readings

    def tools(self) -> ToolContext:
        """Raises GraphNotFound. Asks the database: for a thread."""
        with self.sessions() as session:
            reading = self.readings(self.graph_id, self.access.organization_id)
            return opened(session, self.graph_id, reading)

    async def use(self, work: Callable[[ToolContext], T]) -> T:
        """Do something with the tools, beside the event loop."""
        return await to_thread.run_sync(lambda: work(self.tools()))


def visit_of(context: ServerRequestContext[Any, Any]) -> Visit:
    visit = context.request.scope[SCOPE_KEY] if context.request is not None else None
    assert isinstance(visit, Visit)
    return visit
