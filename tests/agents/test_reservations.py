"""What a question has reserved goes back with its last event, however it ends and whoever ends it."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from knowledger.domain.operations.cancel import cancel
from knowledger.models import Operation
from tests.agents.asking import CREDIT, Desk, StillGraph
from tests.stand_ins.model_server import ModelServer, Turn

pytestmark = pytest.mark.slow


@dataclass
class BrokenGraph(StillGraph):
    def generation(self) -> None:
        raise RuntimeError("nobody foresaw this")


def cancelled(desk: Desk, operation_id: str) -> None:
    with desk.sessions.begin() as session:
        cancel(session, session.get_one(Operation, operation_id))


def cancelled_between_attempts(desk: Desk, operation_id: str) -> None:
    assert desk.run(operation_id).status == "pending"
    assert desk.balance().reserved > 0
    cancelled(desk, operation_id)


def cancelled_at_work(desk: Desk, operation_id: str) -> None:
    desk.run(operation_id, dies_after=1)
    cancelled(desk, operation_id)
    assert desk.balance().reserved > 0
    desk.run(operation_id)


def out_of_attempts(desk: Desk, operation_id: str) -> None:
    desk.execute("UPDATE operations SET attempt = 11")
    desk.run(operation_id)


def every_worker_lost(desk: Desk, operation_id: str) -> None:
    desk.execute("UPDATE operations SET attempt = 12")
    desk.run(operation_id)


def unforeseen(desk: Desk, operation_id: str) -> None:
    desk.reading = BrokenGraph()
    desk.run(operation_id)


ENDS: dict[Callable[[Desk, str], None], tuple[str, str | None]] = {
    cancelled: ("cancelled", None),
    cancelled_between_attempts: ("cancelled", None),
    cancelled_at_work: ("cancelled", None),
    out_of_attempts: ("failed", "ModelUnavailable"),
    every_worker_lost: ("failed", "WorkerLost"),
    unforeseen: ("failed", "InternalError"),
}


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_question_that_ends_unanswered_gives_back_what_it_reserved(
    asked: Desk, end: Callable[[Desk, str], None]
) -> None:
    asked.grant(100)
    with ModelServer(lambda heard: Turn(status=529)) as server:
        asked.choose(server.url)
        operation_id = asked.ask("What is the balance?")
        assert asked.balance().reserved > 0
        end(asked, operation_id)
    with asked.sessions() as session:
        ended = session.get_one(Operation, operation_id)
        assert (ended.status, ended.error and ended.error["code"]) == ENDS[end]
    assert (asked.balance().available, asked.balance().reserved) == (100 * CREDIT, 0)
