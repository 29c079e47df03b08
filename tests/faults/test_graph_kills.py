"""Kill whoever changes graphs, at any moment: each graph is exactly the old one or exactly the new one."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable

from sqlalchemy import text

from tests.faults.changes import CHANGES, Change
from tests.faults.load import in_threads
from tests.faults.parts import Parts
from tests.stack import Stack

KILLS = 200
VICTIMS = (*["worker child"] * 28, "sandbox", "worker")
PAUSE_S = (0.1, 0.9)
_UNDER_WAY = "SELECT EXISTS (SELECT FROM operations WHERE status = 'running' AND lease_until > now())"
_EFFECTS = """
    SELECT o.status, o.kind, o.attempt, (SELECT count(*) FROM generations g WHERE g.operation_id = o.id) +
                                        (SELECT count(*) FROM backups b WHERE b.operation_id = o.id) AS effects
    FROM operations o WHERE o.kind IN ('create_graph', 'materialize', 'create_subgraph', 'backup', 'restore_backup')
"""


def something_runs(stack: Stack) -> bool:
    with stack.database.connect() as connection:
        return bool(connection.scalar(text(_UNDER_WAY)))


def test_graphs_survive_two_hundred_kills_of_what_changes_them(stack: Stack, parts: Parts) -> None:
    changes = [kind(stack, kind.__name__) for kind in CHANGES]
    for change in changes:
        change.prepare()
    chance, done = random.Random(20090630), threading.Event()

    def kill_at_random() -> None:
        killed = 0
        while killed < KILLS:
            time.sleep(chance.uniform(*PAUSE_S))
            killed += something_runs(stack) and parts.kill(chance.choice(VICTIMS))
        done.set()

    def until_done(change: Change) -> Callable[[], None]:
        def work() -> None:
            while not done.is_set():
                change.change()

        return work

    assert in_threads([kill_at_random, *map(until_done, changes)]) == []
    for change in changes:
        change.change()
    with stack.database.connect() as connection:
        found = list(connection.execute(text(_EFFECTS)))
    assert all(row.effects == (row.status == "completed") for row in found), found
    interrupted = Counter(row.kind for row in found if row.attempt > 1)
    completed = Counter(row.kind for row in found if row.status == "completed")
    kinds = {row.kind for row in found}
    assert len(kinds) == 5
    assert kinds <= interrupted.keys(), "the kills met every kind of work"
    assert kinds <= completed.keys()
