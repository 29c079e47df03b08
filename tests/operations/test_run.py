"""What becomes of an operation, whatever happens to it."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from knowledger.domain.operations.cancel import cancel
from knowledger.domain.operations.claim import Claim, claim, lock_held
from knowledger.domain.operations.errors import IdempotencyKeyReused, LeaseLost, OperationFinished
from knowledger.domain.operations.straight import straight
from knowledger.domain.operations.sweep import due_operations
from tests.operations.conftest import Operations
from tests.operations.kinds import Count, CountBeside, HostBusy, counting, rest

GRAPH = "kg_1"


def counted(operations: Operations) -> int:
    with operations.engine.connect() as connection:
        if connection.scalar(text("SELECT to_regclass('counted')")) is None:
            return 0
        return connection.scalar(text("SELECT count(*) FROM counted")) or 0


def test_a_completed_operation_has_its_result_and_one_terminal_event(operations: Operations) -> None:
    operation_id = operations.submit(Count(up_to=2))
    operations.run(counting(), operation_id)
    done = operations.get(operation_id)
    assert (done.status, done.result, done.attempt) == ("completed", {"total": 2}, 1)
    assert operations.events(operation_id) == [
        "operation_queued",
        "operation_started",
        "operation_progress",
        "operation_progress",
        "operation_completed",
    ]
    assert operations.numbers(operation_id) == [1, 2, 3, 4, 5]


def test_ringing_twice_runs_once(operations: Operations) -> None:
    operation_id = operations.submit(Count())
    operations.run(counting(), operation_id)
    operations.run(counting(), operation_id)
    assert counted(operations) == 1


def test_an_unknown_error_is_called_internal_and_says_nothing_of_itself(operations: Operations) -> None:
    def explode(number: int, held: Claim) -> None:
        raise ValueError("secret: /etc/passwd")

    operation_id = operations.submit(Count())
    operations.run(counting(at_each=explode), operation_id)
    failed = operations.get(operation_id)
    assert failed.status == "failed"
    assert failed.error is not None
    assert failed.error["code"] == "InternalError"
    assert "secret" not in str(failed.error)


def test_a_busy_host_is_retried(operations: Operations) -> None:
    def busy_at_first(number: int, held: Claim) -> None:
        if held.attempt == 1:
            raise HostBusy

    kind = counting(at_each=busy_at_first, retry_on=(HostBusy,))
    operation_id = operations.submit(Count(up_to=1))
    operations.run(kind, operation_id)
    assert operations.get(operation_id).status == "pending"
    assert "operation_retrying" in operations.events(operation_id)
    operations.execute("UPDATE operations SET not_before = now()")
    operations.run(kind, operation_id)
    assert operations.get(operation_id).status == "completed"


def test_retries_end(operations: Operations) -> None:
    def always_busy(number: int, held: Claim) -> None:
        raise HostBusy

    kind = counting(at_each=always_busy, retry_on=(HostBusy,), max_attempts=2)
    operation_id = operations.submit(Count())
    operations.run(kind, operation_id)
    operations.execute("UPDATE operations SET not_before = now()")
    operations.run(kind, operation_id)
    assert operations.get(operation_id).status == "failed"
    assert operations.events(operation_id).count("operation_error") == 1


def test_an_error_that_nobody_named_is_not_retried(operations: Operations) -> None:
    def busy(number: int, held: Claim) -> None:
        raise HostBusy

    operation_id = operations.submit(Count())
    operations.run(counting(at_each=busy), operation_id)
    assert operations.get(operation_id).status == "failed"


def test_an_operation_whose_workers_keep_dying_fails(operations: Operations) -> None:
    operation_id = operations.submit(Count())
    operations.execute("UPDATE operations SET status = 'running', attempt = 3, lease_until = now() - interval '1 s'")
    operations.run(counting(), operation_id)
    failed = operations.get(operation_id)
    assert failed.error is not None
    assert failed.error["code"] == "WorkerLost"


def test_a_cancel_while_waiting_ends_it_at_once(operations: Operations) -> None:
    operation_id = operations.submit(Count())
    with operations.runtime.sessions.begin() as session:
        cancel(session, session.merge(operations.get(operation_id)))
    operations.run(counting(), operation_id)
    assert operations.get(operation_id).status == "cancelled"
    assert operations.events(operation_id) == ["operation_queued", "operation_cancelled"]


def test_a_cancel_while_running_is_thrown_into_the_work(operations: Operations) -> None:
    asked = threading.Event()

    def cancel_and_wait(number: int, held: Claim) -> None:
        if number == 1:
            with operations.runtime.sessions.begin() as session:
                cancel(session, session.merge(operations.get(held.operation_id)), "not needed")
        asked.wait(0.1)

    operation_id = operations.submit(Count(up_to=1000))
    operations.run(counting(at_each=cancel_and_wait), operation_id)
    assert operations.get(operation_id).status == "cancelled"
    assert counted(operations) == 0
    assert operations.numbers(operation_id) == list(range(1, len(operations.numbers(operation_id)) + 1))


def test_a_cancel_that_comes_before_the_last_commit_wins(operations: Operations) -> None:
    def cancel_at_the_end(number: int, held: Claim) -> None:
        with operations.runtime.sessions.begin() as session:
            cancel(session, session.merge(operations.get(held.operation_id)))

    operation_id = operations.submit(Count(up_to=1))
    operations.run(counting(at_each=cancel_at_the_end), operation_id)
    assert operations.get(operation_id).status == "cancelled"
    assert counted(operations) == 0


def test_a_finished_operation_cannot_be_cancelled(operations: Operations) -> None:
    operation_id = operations.submit(Count())
    operations.run(counting(), operation_id)
    with operations.runtime.sessions.begin() as session, pytest.raises(OperationFinished):
        cancel(session, session.merge(operations.get(operation_id)))


def test_what_takes_too_long_is_timed_out(operations: Operations) -> None:
    pause = threading.Event()
    operation_id = operations.submit(Count(up_to=100))
    kind = counting(at_each=lambda number, held: rest(pause, 0.1), deadline=timedelta(seconds=0.3))
    operations.run(kind, operation_id)
    failed = operations.get(operation_id)
    assert failed.error is not None
    assert failed.error["code"] == "OperationTimedOut"


def test_a_worker_that_lost_its_lease_changes_nothing(operations: Operations) -> None:
    """The first attempt is overtaken in the middle; the second one's effect and events are the only ones."""

    def be_overtaken(number: int, held: Claim) -> None:
        if held.attempt == 1:
            operations.execute("UPDATE operations SET lease_until = now() - interval '1 s'")
            operations.run(counting(at_each=be_overtaken), held.operation_id)

    operation_id = operations.submit(Count(up_to=1))
    operations.run(counting(at_each=be_overtaken), operation_id)
    assert operations.get(operation_id).status == "completed"
    assert operations.events(operation_id).count("operation_completed") == 1
    assert counted(operations) == 1
    assert operations.get(operation_id).attempt == 2


def test_a_fence_rises_even_where_the_database_forgot_the_last_claim(operations: Operations) -> None:
    operation_id = operations.submit(Count())
    fences = []
    for _ in range(2):
        with straight(operations.runtime.unhurried) as driver, driver.transaction(force_rollback=True):
            taken = claim(driver, operation_id, lease=timedelta(seconds=1), time_allowed=timedelta(seconds=9))
            assert taken is not None
            fences.append(taken[0].fence)
    assert fences[1] > fences[0]


def test_a_stale_fence_cannot_write(operations: Operations) -> None:
    operation_id = operations.submit(Count())
    with straight(operations.runtime.unhurried) as driver, driver.transaction():
        taken = claim(driver, operation_id, lease=timedelta(seconds=1), time_allowed=timedelta(seconds=9))
    assert taken is not None
    operations.execute("UPDATE operations SET fence = fence + 1")
    with operations.runtime.sessions() as session, pytest.raises(LeaseLost):
        lock_held(session, taken[0])


def test_events_that_a_database_crash_took_are_put_back(operations: Operations) -> None:
    def lose_the_last_event(number: int, held: Claim) -> None:
        if number == 3:
            operations.execute("DELETE FROM operation_events WHERE seq = (SELECT last_seq FROM operations)")
            operations.execute("UPDATE operations SET last_seq = last_seq - 1")

    operation_id = operations.submit(Count(up_to=4))
    operations.run(counting(at_each=lose_the_last_event), operation_id)
    assert operations.numbers(operation_id) == [1, 2, 3, 4, 5, 6, 7]


def test_numbers_that_clients_may_have_seen_are_not_used_again(operations: Operations) -> None:
    operation_id = operations.submit(Count(up_to=1))
    operations.execute(
        "UPDATE operations SET status = 'running', attempt = 1, claimed_at = now() - interval '1 day',"
        " lease_until = now() - interval '1 s'"
    )
    operations.run(counting(), operation_id)
    assert operations.numbers(operation_id) == [1, 102, 103, 104]


def test_the_same_key_gives_the_same_operation(operations: Operations) -> None:
    first = operations.submit(Count(), key="once")
    assert operations.submit(Count(), key="once") == first


def test_the_same_key_with_another_body_is_refused(operations: Operations) -> None:
    operations.submit(Count(up_to=1), key="once")
    with pytest.raises(IdempotencyKeyReused):
        operations.submit(Count(up_to=2), key="once")


def test_operations_on_one_graph_take_turns_in_order(operations: Operations) -> None:
    first, second = operations.submit(Count(), graph_id=GRAPH), operations.submit(Count(), graph_id=GRAPH)
    operations.run(counting(), second)
    assert operations.get(second).status == "pending"
    operations.run(counting(), first)
    assert operations.get(first).status == "completed"
    assert second in operations.rung
    operations.run(counting(), second)
    assert operations.get(second).status == "completed"


def test_operations_on_two_graphs_do_not_wait(operations: Operations) -> None:
    operations.submit(Count(), graph_id=GRAPH)
    other = operations.submit(Count(), graph_id="kg_2")
    operations.run(counting(), other)
    assert operations.get(other).status == "completed"


def test_shared_operations_run_beside_each_other_and_behind_an_exclusive_one(operations: Operations) -> None:
    shared = operations.submit(CountBeside(), graph_id=GRAPH)
    beside = operations.submit(CountBeside(), graph_id=GRAPH)
    exclusive = operations.submit(Count(), graph_id=GRAPH)
    behind = operations.submit(CountBeside(), graph_id=GRAPH)
    for operation_id in (behind, exclusive, beside):
        operations.run(counting(), operation_id)
    assert operations.get(beside).status == "completed"
    assert {operations.get(id_).status for id_ in (shared, exclusive, behind)} == {"pending"}


def test_the_sweep_finds_what_nobody_rang_for_and_what_a_dead_worker_left(operations: Operations) -> None:
    lost, left = operations.submit(Count()), operations.submit(Count())
    operations.execute("UPDATE operations SET ring_at = now() - interval '1 s' WHERE id = :id", id=lost)
    operations.execute(
        "UPDATE operations SET status = 'running', ring_at = NULL, lease_until = now() - interval '1 s' WHERE id = :id",
        id=left,
    )
    with operations.runtime.sessions.begin() as session:
        assert {id_ for _, id_ in due_operations(session)} == {lost, left}
    with operations.runtime.sessions.begin() as session:
        assert due_operations(session) == []


def test_an_effect_that_the_database_refuses_fails_the_operation(operations: Operations) -> None:
    def refuse(number: int, held: Claim) -> None:
        operations.execute("CREATE TABLE IF NOT EXISTS counted (other text)")

    operation_id = operations.submit(Count(up_to=1))
    operations.run(counting(at_each=refuse), operation_id)
    failed = operations.get(operation_id)
    assert (failed.status, failed.error and failed.error["code"]) == ("failed", "InternalError")
