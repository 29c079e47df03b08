"""A database with one organization, and a way to run operations in this process without a broker."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.domain.operations.run import Kind, Runtime, run_operation
from knowledger.domain.operations.submit import submit
from knowledger.models import Operation, Organization
from tests.operations.kinds import Count

ORGANIZATION = "org_test"


@dataclass
class Operations:
    """Submits, runs and looks at operations."""

    engine: Engine
    runtime: Runtime
    rung: list[str]

    def submit(self, command: Count, *, graph_id: str | None = None, key: str | None = None) -> str:
        with self.runtime.sessions.begin() as session:
            return submit(
                session, command, organization_id=ORGANIZATION, user_id=None, graph_id=graph_id, idempotency_key=key
            ).id

    def run(self, kind: "Kind[None, Count]", operation_id: str) -> None:
        run_operation(self.runtime, kind, None, operation_id)

    def get(self, operation_id: str) -> Operation:
        with self.runtime.sessions() as session:
            return session.get_one(Operation, operation_id)

    def events(self, operation_id: str) -> list[str]:
        query = text("SELECT type FROM operation_events WHERE operation_id = :id ORDER BY seq")
        with self.engine.connect() as connection:
            return list(connection.scalars(query, {"id": operation_id}))

    def numbers(self, operation_id: str) -> list[int]:
        query = text("SELECT seq FROM operation_events WHERE operation_id = :id ORDER BY seq")
        with self.engine.connect() as connection:
            return list(connection.scalars(query, {"id": operation_id}))

    def execute(self, statement: str, **values: object) -> None:
        with self.engine.begin() as connection:
            connection.execute(text(statement), values)


@pytest.fixture
def operations(database_url: str) -> Iterator[Operations]:
    engine = create_engine(database_url)
    unhurried = create_engine(database_url, isolation_level="AUTOCOMMIT")
    sessions = sessionmaker(engine, expire_on_commit=False)
    rung: list[str] = []
    runtime = Runtime(sessions, unhurried, timedelta(seconds=2), lambda kind, id_: rung.append(id_))
    with Session(engine) as session, session.begin():
        session.add(Organization(id=ORGANIZATION, name="Test"))
    yield Operations(engine, runtime, rung)
    engine.dispose()
    unhurried.dispose()
