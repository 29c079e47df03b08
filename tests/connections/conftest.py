"""A graph that a bank feeds, with everything real but the bank: database, engines in their sandbox, SDK, socket."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.domain.connections.banks import Banks
from knowledger.domain.connections.catalogue import find_connection
from knowledger.domain.connections.fetch import Pauses
from knowledger.domain.connections.link import Wanted, exchange
from knowledger.domain.connections.submit_sync import sync_by_itself
from knowledger.domain.connections.sync import SyncConnection, Synced, sync_connection
from knowledger.domain.graphs.extension import compose
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.progress import Steps
from knowledger.domain.operations.run import Kind, Runtime, run_operation
from knowledger.domain.tenancy.access import Access
from knowledger.domain.tenancy.organizations import create_organization
from knowledger.domain.tenancy.roles import Role, Scope
from knowledger.domain.tenancy.users import create_user
from knowledger.engine.engine import SandboxedEngine
from knowledger.engine.sandbox import Sandbox
from knowledger.kernel.ids import new_id
from knowledger.kernel.json import JsonObject
from knowledger.models import Connection, Generation, Graph, Operation
from tests.connections.feeds import banks_at
from tests.stand_ins.plaid import PlaidStandIn, plaid

HASTE = Pauses(first_s=0.01, longest_s=0.02, total_s=1.0)


@dataclass(frozen=True)
class Limits:
    engine_memory: int = 512 * 2**20
    engine_threads: int = 2


@dataclass(frozen=True)
class Deps:
    sessions: sessionmaker[Session]
    objects: DirectoryStore
    engine: SandboxedEngine
    banks: Banks


def _work(deps: Deps, held: Claim, command: SyncConnection) -> Steps[Synced]:
    return sync_connection(
        command,
        held,
        sessions=deps.sessions,
        engine=deps.engine,
        objects=deps.objects,
        banks=deps.banks,
        pauses=HASTE,
    )


KIND = Kind(SyncConnection, _work, timedelta(minutes=5))


@dataclass
class Fed:
    """An organization with graphs, and the ways that a bank's news takes to them."""

    deps: Deps
    runtime: Runtime
    access: Access

    @property
    def sessions(self) -> sessionmaker[Session]:
        return self.deps.sessions

    def new_graph(self) -> str:
        with self.sessions.begin() as session:
            graph = Graph(
                id=new_id("kg"),
                organization_id=self.access.organization_id,
                name="Money",
                tier="standard",
                schema=compose(["banking"]).as_json(),
            )
            session.add(graph)
            return graph.id

    def link(self, graph_id: str, user: JsonObject, **wanted: object) -> tuple[str, str]:
        """The connection and its first sync, which waits."""
        token = self.deps.banks.feeds.rehearsing("sandbox").public_token("ins_test", user, None)
        asked = Wanted("sandbox", **wanted)  # type: ignore[arg-type]
        linked = exchange(self.sessions, self.deps.banks, graph_id, self.access, token, asked)
        assert linked.connection is not None
        assert linked.operation is not None
        return linked.connection.id, linked.operation.id

    def connection(self, graph_id: str, connection_id: str) -> Connection:
        with self.sessions() as session:
            return find_connection(session, graph_id, connection_id)

    def submit(self, graph_id: str, connection_id: str, cause: str | None = None) -> str:
        with self.sessions.begin() as session:
            return sync_by_itself(session, find_connection(session, graph_id, connection_id), cause).id

    def run(self, operation_id: str) -> Operation:
        run_operation(self.runtime, KIND, self.deps, operation_id)
        with self.sessions() as session:
            return session.get_one(Operation, operation_id)

    def sync(self, graph_id: str, connection_id: str, cause: str | None = None) -> JsonObject:
        """A sync that completes; its result."""
        done = self.run(self.submit(graph_id, connection_id, cause))
        assert done.status == "completed", done.error
        assert done.result is not None
        return done.result

    def graph_file(self, graph_id: str) -> Path:
        with self.sessions() as session:
            graph = session.get_one(Graph, graph_id)
            assert graph.generation_id is not None
            return self.deps.objects.local(session.get_one(Generation, graph.generation_id).object_key)


@pytest.fixture(scope="session")
def sandbox(server_directory: Path) -> Iterator[Sandbox]:
    path = server_directory / "sandbox.sock"
    command = [sys.executable, "-m", "knowledger.engine.sandbox.zygote", str(path), "--parent", str(os.getpid())]
    with subprocess.Popen(command) as process:
        while not path.exists():
            assert process.poll() is None, "the zygote did not start"
            time.sleep(0.02)
        yield Sandbox(path)
        process.kill()


@pytest.fixture(scope="session")
def stand_in() -> Iterator[PlaidStandIn]:
    with plaid() as server:
        yield server


@pytest.fixture
def fed(emptied_database_url: str, sandbox: Sandbox, stand_in: PlaidStandIn, tmp_path: Path) -> Iterator[Fed]:
    engine = create_engine(emptied_database_url)
    unhurried = create_engine(emptied_database_url, isolation_level="AUTOCOMMIT")
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions.begin() as session:
        user = create_user(session, "ada@example.org", "Ada", None)
        organization = create_organization(session, "Ledger & Sons", user.id)
    objects = DirectoryStore(tmp_path / "objects", tmp_path / "scratch")
    deps = Deps(sessions, objects, SandboxedEngine(sandbox, Limits()), banks_at(stand_in.url))
    access = Access(user.id, "key", "api_key", frozenset(Scope), organization.organization_id, Role.ADMIN, None)
    yield Fed(deps, Runtime(sessions, unhurried, timedelta(seconds=30), lambda kind, id_: None), access)
    stand_in.api.happenings.clear()
    engine.dispose()
    unhurried.dispose()
