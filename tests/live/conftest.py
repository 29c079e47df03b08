"""The API's streams over a real server and a real database, and operations that run in this process."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from knowledger.domain.operations.run import Kind, Runtime, run_operation
from knowledger.domain.operations.submit import submit
from tests.api.conftest import (  # noqa: F401 - fixtures
    app,
    deps,
    make_deps,
    sessions,
    shared_database_url,
    world,
)
from tests.api.serving import serving
from tests.api.world import World
from tests.operations.kinds import Count


@dataclass
class Live:
    """A server with one tenant, and the means to run operations of that tenant."""

    url: str
    key: str
    organization_id: str
    runtime: Runtime
    client: httpx.Client
    deps: ApiDeps = field(repr=False)

    def submit(self, command: Count) -> str:
        with self.runtime.sessions.begin() as session:
            return submit(session, command, organization_id=self.organization_id, user_id=None, graph_id=None).id

    def run(self, kind: "Kind[None, Count]", operation_id: str) -> None:
        run_operation(self.runtime, kind, None, operation_id)


@pytest.fixture
def live(
    deps: ApiDeps,  # noqa: F811
    world: World,  # noqa: F811
    shared_database_url: str,  # noqa: F811
    sessions: sessionmaker[Session],  # noqa: F811
) -> Iterator[Live]:
    unhurried = create_engine(shared_database_url, isolation_level="AUTOCOMMIT")
    runtime = Runtime(sessions, unhurried, timedelta(seconds=2), lambda kind, id_: None)
    person = world.own.admin
    with (
        serving(create_app(deps)) as url,
        httpx.Client(base_url=url, headers={"X-API-Key": person.key}, timeout=20) as client,
    ):
        yield Live(url, person.key, person.organization_id, runtime, client, deps)
    unhurried.dispose()
