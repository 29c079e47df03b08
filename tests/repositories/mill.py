"""What a run of the pipeline does, step by step, in this process: real files, real database, real engines."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import ladybug
import sqlalchemy
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.domain.graphs.catalogue import current_file
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.progress import result_of
from knowledger.domain.operations.run import Kind, Runtime, run_operation
from knowledger.domain.repositories.companies import look_up
from knowledger.domain.repositories.engine import FilingEngine
from knowledger.domain.repositories.materialize import MaterializeFilings, materialize_filings
from knowledger.domain.repositories.packages import fetch_packages, unfetched
from knowledger.domain.repositories.pages import Pages
from knowledger.domain.repositories.readings import Reader, Reading, read_filings, unread
from knowledger.domain.repositories.rebuild import submit_materialization, submit_staging
from knowledger.domain.repositories.sec import SEC, sec_graph, sec_schema
from knowledger.domain.repositories.selection import Selection
from knowledger.domain.repositories.staging import StageFilings, Stager, stage_filings
from knowledger.domain.tenancy.organizations import create_organization
from knowledger.domain.tenancy.users import create_user
from knowledger.engine.engine import SandboxedEngine
from knowledger.models.operations import Operation

C = TypeVar("C", bound=Command)

SINCE, UNTIL = date(2009, 4, 1), date(2026, 12, 31)


@dataclass(frozen=True)
class Mill:
    pages: Pages
    sessions: sessionmaker[Session]
    database: sqlalchemy.Engine
    objects: DirectoryStore
    engine: SandboxedEngine
    filings: FilingEngine

    def make_repository(self) -> None:
        with self.sessions.begin() as session:
            ada = create_user(session, "ada@example.org", "Ada", None)
            create_organization(session, "Keepers", ada.id)
            sec_graph(session)

    def fetch(self, *ciks: str, forms: tuple[str, ...] = ("10-K", "10-Q", "8-K")) -> int:
        """How many packages were stored."""
        for cik in ciks:
            look_up(self.pages, cik, SINCE)
        with self.sessions() as session:
            due = unfetched(session, Selection(SINCE, UNTIL, ciks, forms))
        return result_of(fetch_packages(self.pages, due))

    def read(self, quarters: Sequence[str]) -> Reading:
        with self.sessions() as session:
            due = unread(session, quarters, self.filings.parser_version)
        return result_of(read_filings(Reader(self.sessions, self.objects, self.filings), due))

    def build(self, quarters: Sequence[str]) -> list[Operation]:
        """Stage and materialize; the operations that it took."""
        done = self.stage(quarters)
        with self.sessions.begin() as session:
            due = submit_materialization(session)
        return done if due is None else [*done, self.run(due)]

    def stage(self, quarters: Sequence[str]) -> list[Operation]:
        with self.sessions.begin() as session:
            due = submit_staging(session, quarters, self.filings.parser_version)
        return [] if due is None else [self.run(due)]

    def run(self, operation: Operation) -> Operation:
        """The operation as it ended, with a worker of its own."""
        stager = Stager(self.sessions, self.objects, self.engine, self.filings)
        staging: Kind[None, StageFilings] = Kind(
            StageFilings, lambda _, held, command: stage_filings(command, held, stager), timedelta(hours=1)
        )
        building: Kind[None, MaterializeFilings] = Kind(
            MaterializeFilings,
            lambda _, held, command: materialize_filings(
                command, held, sessions=self.sessions, engine=self.engine, objects=self.objects
            ),
            timedelta(hours=1),
        )
        if operation.kind == StageFilings.kind:
            return self._ended(staging, operation)
        return self._ended(building, operation)

    def digests(self) -> dict[str, str]:
        """Of the rows of each type of the current generation."""
        with self.objects.scratch("digest") as scratch:
            return result_of(self.engine.digest(self._graph(), sec_schema(), scratch)).digests

    def ask(self, query: str, **parameters: object) -> list[dict[str, Any]]:
        with self.reading() as ask:
            return ask(query, **parameters)

    @contextmanager
    def reading(self) -> Iterator[Callable[..., list[dict[str, Any]]]]:
        """The current generation, opened once for several queries."""
        database = ladybug.Database(self._graph(), read_only=True, max_db_size=1 << 36, buffer_pool_size=1 << 28)
        with database, ladybug.Connection(database) as connection:

            def ask(query: str, **parameters: object) -> list[dict[str, Any]]:
                answer = connection.execute(query, parameters)
                assert isinstance(answer, ladybug.QueryResult)
                names = answer.get_column_names()
                return [dict(zip(names, row, strict=True)) for row in answer.get_all()]

            yield ask

    def as_next_version(self, filings: FilingEngine) -> "Mill":
        return replace(self, filings=filings)

    def reading_from(self, pages: Pages) -> "Mill":
        return replace(self, pages=pages)

    def _graph(self) -> Path:
        with self.sessions() as session:
            current = current_file(session, SEC)
        assert current is not None
        return self.objects.local(current[1])

    def _ended(self, kind: Kind[None, C], operation: Operation) -> Operation:
        unhurried = self.database.execution_options(isolation_level="AUTOCOMMIT")
        runtime = Runtime(self.sessions, unhurried, timedelta(seconds=30), lambda *_: None)
        run_operation(runtime, kind, None, operation.id)
        with self.sessions() as session:
            return session.get_one(Operation, operation.id)
