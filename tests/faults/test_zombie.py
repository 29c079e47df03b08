"""A worker that was paused past its lease wakes up to find that it may change nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from knowledger.domain.operations import events
from knowledger.domain.operations.claim import Claim, Held, claim
from knowledger.domain.operations.event_types import EventType
from knowledger.domain.operations.journal import Journal
from knowledger.domain.operations.run import Attempt
from knowledger.domain.operations.straight import straight
from knowledger.kernel.json import JsonObject
from knowledger.models import Operation
from tests.faults.conftest import LEASE
from tests.faults.load import SCHEMA, Persistent, rows
from tests.faults.parts import Parts
from tests.faults.records import assert_sound, records
from tests.operations.conftest import Operations, operations  # noqa: F401 - a fixture
from tests.operations.kinds import Count, counting
from tests.stack import Stack


def test_a_worker_stopped_past_its_lease_changes_nothing(stack: Stack, user: Persistent, parts: Parts) -> None:
    created = user.ask("POST", "/graphs", json={"name": "g", "schema": SCHEMA}).json()
    user.wait(created["operation_id"])
    graph = f"/graphs/{created['graph_id']}"
    where = {"name": "item.csv", "table": "Item"}
    answer = user.ask("POST", f"{graph}/files", params=where, content=rows(0, 1_000_000)).json()
    operation_id = answer["operation"]["operation_id"]
    while user.ask("GET", f"/operations/{operation_id}").json()["status"] == "pending":
        time.sleep(0.01)
    zombie = max(parts.children("worker"), key=psutil.Process.num_threads)  # the one with a heartbeat
    zombie.suspend()
    assert user.wait(operation_id) == "completed"
    before = records(stack.database)
    zombie.resume()
    time.sleep(2 * LEASE.total_seconds())
    after = records(stack.database)
    assert after == before
    assert all(record.attempt == 2 for record in after if record.id == operation_id)
    for record in after:
        assert_sound(record)


class Unfenced(Journal):
    """What a journal would be without its fence: it writes after whatever was written last, by whomever."""

    def _put_back(self, session: Session) -> Held:
        query = select(Operation.last_seq).where(Operation.id == self._held.operation_id).with_for_update()
        return Held(session.scalars(query).one(), None)

    def append(self, session: Session, type_: EventType, about: JsonObject) -> None:
        held = self._held
        said = events.event(held.operation_id, held.organization_id, self.hold(session).last_seq + 1, type_, about)
        events.append(session, said)


@dataclass(frozen=True)
class Overtaken:
    """What came of it: the events that the first attempt wrote afterwards, and whose result counted."""

    written_by_the_first: list[str]
    has_counted: list[str]


def test_an_overtaken_attempt_writes_nothing(operations: Operations) -> None:  # noqa: F811
    assert overtaken(operations, Journal) == Overtaken([], ["second"])


def test_without_the_fence_this_would_be_noticed(operations: Operations) -> None:  # noqa: F811
    assert EventType.PROGRESS in overtaken(operations, Unfenced).written_by_the_first


def overtaken(operations: Operations, journal: Callable[..., Journal]) -> Overtaken:  # noqa: F811
    """The first attempt is overtaken in the middle of its work and goes on; then the second one does its own."""
    operation_id = operations.submit(Count(up_to=2))
    overtaken_by: list[tuple[Claim, int]] = []

    def be_overtaken(number: int, held: Claim) -> None:
        if number == 1 and not overtaken_by:
            operations.execute("UPDATE operations SET lease_until = now() - interval '1 s'")
            overtaken_by.append(taken(operations, operation_id))

    first, first_seq = taken(operations, operation_id)
    kind = counting(at_each=be_overtaken)
    runtime = operations.runtime
    Attempt(runtime, kind, first, journal(first, first_seq, runtime.unhurried)).run(None)
    second, second_seq = overtaken_by[0]
    written_by_the_first = operations.events(operation_id)[second_seq:]
    Attempt(runtime, kind, second, Journal(second, second_seq, runtime.unhurried)).run(None)
    with operations.engine.connect() as connection:
        fences = list(connection.scalars(text("SELECT fence FROM counted")))
    attempts = {first.fence: "first", second.fence: "second"}
    return Overtaken(written_by_the_first, [attempts[fence] for fence in fences])


def taken(operations: Operations, operation_id: str) -> tuple[Claim, int]:  # noqa: F811
    with straight(operations.runtime.unhurried) as driver, driver.transaction():
        found = claim(driver, operation_id, lease=LEASE, time_allowed=LEASE * 10)
    assert found is not None
    return found
