"""Kill whoever backs up or restores, at any moment: the graph is exactly the old one or exactly the new one."""

import itertools
import random
import threading
import time

from sqlalchemy import text

from tests.faults.load import SCHEMA, Persistent, in_threads, rows
from tests.faults.parts import Parts
from tests.stack import Stack

KILLS = 50
VICTIMS = ("worker child", "worker child", "worker child", "worker", "sandbox")
PAUSE_S = (0.2, 1.2)
ROWS = 20_000
FEW, MANY = ROWS - ROWS // 1000, 2 * (ROWS - ROWS // 1000)
_EFFECTS = """
    SELECT o.status, o.kind, (SELECT count(*) FROM generations g WHERE g.operation_id = o.id) +
                             (SELECT count(*) FROM backups b WHERE b.operation_id = o.id) AS effects
    FROM operations o WHERE o.kind IN ('backup', 'restore_backup')
"""


class Keeper:
    """Somebody who backs one graph up and restores it."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._numbers = itertools.count()
        with Persistent(stack) as user:
            created = user.ask("POST", "/graphs", json={"name": "kept", "schema": SCHEMA}).json()
            assert user.wait(created["operation_id"]) == "completed"
        self.graph = f"/graphs/{created['graph_id']}"

    def add_rows(self, first: int) -> None:
        where = {"name": f"items-{first}.csv", "table": "Item"}
        with Persistent(self._stack) as user:
            added = user.ask("POST", f"{self.graph}/files", params=where, content=rows(first, ROWS)).json()
            assert user.wait(added["operation"]["operation_id"]) == "completed"
        assert self.do("materialize") == "completed"

    def do(self, what: str, **body: str) -> str:
        """How the operation ended."""
        key = {"Idempotency-Key": f"keeper-{next(self._numbers)}"}
        with Persistent(self._stack) as user:
            asked = user.ask("POST", f"{self.graph}/{what}", json=body, headers=key).json()
            return user.wait(asked["operation_id"])

    def backups(self) -> list[str]:
        """The oldest first."""
        with Persistent(self._stack) as user:
            found = user.ask("GET", f"{self.graph}/backups").json()["backups"]
        return [item["backup_id"] for item in reversed(found)]

    def restore(self, backup_id: str) -> str:
        return self.do(f"backups/{backup_id}/restore", confirm="kept")

    def is_sound(self, backup_id: str) -> bool:
        assert self.do(f"backups/{backup_id}/verify") == "completed"
        with Persistent(self._stack) as user:
            return bool(user.ask("GET", f"{self.graph}/backups/{backup_id}").json()["verified_at"])

    def rows(self) -> int:
        query = {"query": "MATCH (i:Item) RETURN count(*) AS n"}
        with Persistent(self._stack) as user:
            found: int = user.ask("POST", f"{self.graph}/query", json=query).json()["data"][0]["n"]
            return found


def test_a_graph_survives_kills_of_its_backups_and_restores(stack: Stack, parts: Parts) -> None:
    keeper = Keeper(stack)
    for first in (0, ROWS):
        keeper.add_rows(first)
        assert keeper.do("backups") == "completed"
    few, many = keeper.backups()
    chance = random.Random(20090630)
    done = threading.Event()
    killed = 0

    def kill_at_random() -> None:
        nonlocal killed
        while killed < KILLS:
            killed += parts.kill(chance.choice(VICTIMS))
            time.sleep(chance.uniform(*PAUSE_S))
        done.set()

    def restore_by_turns() -> None:
        held = MANY
        for backup_id, wanted in itertools.cycle(((few, FEW), (many, MANY))):
            held = wanted if keeper.restore(backup_id) == "completed" else held
            assert keeper.rows() == held
            keeper.do("backups")
            if done.is_set():
                return

    assert in_threads([kill_at_random, restore_by_turns]) == []
    with stack.database.connect() as connection:
        found = list(connection.execute(text(_EFFECTS)))
    assert all(row.effects == (row.status == "completed") for row in found), found
    assert sum(row.status == "completed" for row in found if row.kind == "restore_backup") >= 1
    assert all(keeper.is_sound(backup_id) for backup_id in keeper.backups())
    assert keeper.restore(few) == "completed"
    assert keeper.rows() == FEW
