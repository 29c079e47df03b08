"""Cancel at any moment: completed or cancelled, never both, and nothing half-made is left."""

import random
import time
from datetime import timedelta

from sqlalchemy.orm import Session

from knowledger.domain.graphs.collect import collect_garbage
from knowledger.wiring import Wiring
from tests.faults.load import SCHEMA, Persistent, rows
from tests.faults.records import assert_sound, records
from tests.stack import Stack

CANCELS = 100
LONGEST_PAUSE_S = 0.35


def test_a_cancel_at_a_random_moment_leaves_all_or_nothing(stack: Stack, user: Persistent) -> None:
    chance = random.Random(1929)
    created = user.ask("POST", "/graphs", json={"name": "g", "schema": SCHEMA}).json()
    user.wait(created["operation_id"])
    graph = f"/graphs/{created['graph_id']}"
    content = rows(0, 50_000)
    for number in range(CANCELS):
        where = {"name": f"item-{number % 10}.csv", "table": "Item"}
        if number % 2:
            operation = user.ask("POST", f"{graph}/files", params=where, content=content).json()["operation"]
        else:
            operation = user.ask("POST", f"{graph}/materialize", json={"ignore_errors": True}).json()
        time.sleep(chance.uniform(0, LONGEST_PAUSE_S))
        _cancel(user, operation["operation_id"])
        user.wait(operation["operation_id"])
    found = records(stack.database)
    for record in found:
        assert_sound(record)
    assert {record.status for record in found} == {"completed", "cancelled"}
    _assert_nothing_is_left_over(stack)


def _cancel(user: Persistent, operation_id: str) -> None:
    response = user.raw("DELETE", f"/operations/{operation_id}")
    assert response.status_code in (202, 409), response.text


def _assert_nothing_is_left_over(stack: Stack) -> None:
    """What remains on disk after the collector ran is what a record names, and no scratch."""
    objects = Wiring(stack.settings).objects
    with Session(stack.database) as session:
        collect_garbage(session, objects, grace=timedelta(0))
        again = collect_garbage(session, objects, grace=timedelta(0), dry_run=True)
    assert again.object_keys == []
    assert list(stack.settings.scratch_directory.iterdir()) == []
