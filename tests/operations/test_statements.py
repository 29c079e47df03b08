"""What an operation says besides progress: every statement, in order, and once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import create_engine, text

from knowledger.domain.operations.cancel import cancel
from knowledger.domain.operations.claim import Claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.progress import Progress, Statement, Steps
from knowledger.domain.operations.run import Kind
from knowledger.models import Operation
from tests.operations.conftest import Operations
from tests.operations.kinds import Count, Counted, rest


def speaking(words: list[str]) -> Kind[None, Count]:
    """A kind that says words, as fast as it can."""

    def work(deps: None, held: Claim, command: Command) -> Steps[Counted]:
        for word in words:
            yield Statement(EventType.TEXT_DELTA, {"message": "", "text": word})
            yield Progress("speaking")
        return lambda session: Counted(len(words))

    return Kind(Count, work, timedelta(minutes=1))


def said(operations: Operations, operation_id: str) -> list[str]:
    query = text(
        "SELECT data->>'text' FROM operation_events WHERE operation_id = :id AND type = 'text_delta' ORDER BY seq"
    )
    with operations.engine.connect() as connection:
        return list(connection.scalars(query, {"id": operation_id}))


def test_every_statement_is_an_event(operations: Operations) -> None:
    words = [str(number) for number in range(50)]
    operation_id = operations.submit(Count())
    operations.run(speaking(words), operation_id)
    assert said(operations, operation_id) == words
    assert operations.numbers(operation_id) == list(range(1, 54))


def test_statements_wait_for_a_database_that_is_away(operations: Operations) -> None:
    """The connections break in the middle of the work, as they do when the server restarts."""
    operation_id = operations.submit(Count())

    def work(deps: None, held: Claim, command: Command) -> Steps[Counted]:
        yield Statement(EventType.TEXT_DELTA, {"message": "", "text": "one"})
        operations.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        for word in ("two", "three"):
            yield Statement(EventType.TEXT_DELTA, {"message": "", "text": word})
        return lambda session: Counted(3)

    operations.run(Kind(Count, work, timedelta(minutes=1)), operation_id)
    assert operations.get(operation_id).status == "completed"
    assert said(operations, operation_id) == ["one", "two", "three"]


@contextmanager
def turned_away(operations: Operations) -> Iterator[None]:
    """The database breaks every connection and takes no new one, as it does while it starts again."""
    name = operations.engine.url.database
    beside = create_engine(operations.engine.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with beside.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        ended = text("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :name")
        connection.execute(ended, {"name": name})
        try:
            yield
        finally:
            connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'))
    beside.dispose()
    operations.engine.dispose()  # broken too, for whoever looks next


def test_neither_work_nor_its_words_are_lost_while_the_database_takes_no_connections(operations: Operations) -> None:
    operation_id = operations.submit(Count())

    def work(deps: None, held: Claim, command: Command) -> Steps[Counted]:
        with turned_away(operations):
            yield Statement(EventType.TEXT_DELTA, {"message": "", "text": "one"})
            yield Progress("speaking")
        yield Statement(EventType.TEXT_DELTA, {"message": "", "text": "two"})
        return lambda session: Counted(2)

    kind = Kind(Count, work, timedelta(minutes=1))
    with turned_away(operations):
        operations.run(kind, operation_id)
    assert operations.get(operation_id).status == "pending"  # to be rung for again
    operations.run(kind, operation_id)
    assert operations.get(operation_id).status == "completed"
    assert said(operations, operation_id) == ["one", "two"]


def test_what_was_said_stays_when_the_work_is_cancelled(operations: Operations) -> None:
    operation_id = operations.submit(Count())

    def work(deps: None, held: Claim, command: Command) -> Steps[Counted]:
        yield Statement(EventType.TEXT_DELTA, {"message": "", "text": "one"})
        with operations.runtime.sessions.begin() as session:
            cancel(session, session.get_one(Operation, operation_id))
        while True:
            rest(threading.Event(), 0.02)
            yield Progress("waiting to be told")

    operations.run(Kind(Count, work, timedelta(minutes=1)), operation_id)
    assert operations.get(operation_id).status == "cancelled"
    assert said(operations, operation_id) == ["one"]
    assert operations.events(operation_id)[-1] == "operation_cancelled"
