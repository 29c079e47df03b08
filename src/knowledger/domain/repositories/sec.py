"""The repository `sec`: one graph of the SEC's filings, shared by all who may read it; operations alone write it."""

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.domain.graphs.extension import compose, with_required
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.repositories.access import grant_access
from knowledger.kernel.errors import Conflict
from knowledger.models.graphs import Graph
from knowledger.models.tenancy import Organization

SEC: Final = "sec"
"""The repository's name and its graph's id."""

EXTENSIONS: Final = ("reporting",)
_TIER: Final = "xlarge"


class NobodyKeepsRepository(Conflict):
    """There is no organization yet that could keep the repository."""


def sec_schema() -> GraphSchema:
    return compose(EXTENSIONS)


def sec_graph(session: Session) -> Graph:
    """The repository's graph, made when it is first asked for, with the types that this version of Knowledger knows.

    The first organization of the deployment keeps it and may load into it; everybody may read it.
    """
    graph = session.get(Graph, SEC)
    if graph is None:
        graph = _made(session)
    elif graph.schema != (known := sec_schema().as_json()):
        graph.schema = known
    return graph


def _made(session: Session) -> Graph:
    keeper = session.scalar(select(Organization.id).order_by(Organization.created_at, Organization.id).limit(1))
    if keeper is None:
        raise NobodyKeepsRepository
    graph = Graph(
        id=SEC,
        organization_id=keeper,
        name="SEC filings",
        description="Filings with the SEC as XBRL tells them, of the companies that were loaded.",
        tags=["sec", "xbrl"],
        tier=_TIER,
        schema=sec_schema().as_json(),
        extensions=list(with_required(EXTENSIONS)),
        is_repository=True,
    )
    session.add(graph)
    session.flush()
    grant_access(session, None, SEC)
    grant_access(session, keeper, SEC, may_load=True)
    return graph
