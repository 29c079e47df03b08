"""Back a graph up while it is written: every backup is one generation of it, whole."""

import itertools
import threading
import time
from collections import Counter

from knowledger.client import Client, Graph
from knowledger.client.backups import BackupRecord
from knowledger.client.json import JsonObject
from tests.faults.load import SCHEMA, in_threads, rows
from tests.stack import Stack

BACKUPS = 12
GENERATIONS = 4
KEPT_OF_ONE = 6
"""Of one generation. On a quick machine a dozen backups fit into one write, and a tier allows for so many."""
PATIENCE_S = 150.0
ROWS = 5_000
STATE = "MATCH (i:Item) RETURN count(*) AS n, sum(i.id) AS ids, max(i.id) AS last"


def state(graph: Graph) -> JsonObject:
    return graph.query(STATE).rows[0]


def back_up_until_enough(graph: Graph) -> list[BackupRecord]:
    """One backup after the other, until there are enough of them and enough writes have come by."""
    kept, of_one, ends_at = list[BackupRecord](), Counter[str | None](), time.monotonic() + PATIENCE_S
    for number in itertools.count():
        if len(kept) >= BACKUPS and len(of_one) >= GENERATIONS:
            break
        assert time.monotonic() < ends_at, f"it was not written meanwhile: {of_one}"
        made = graph.backups.create(kind="logical" if number % 4 == 0 else "full").result(timeout=120)
        backup = graph.backups.get(made.backup_id)
        of_one[backup.generation_id] += 1
        if of_one[backup.generation_id] <= KEPT_OF_ONE:
            kept.append(backup)
        else:
            graph.backups.delete(backup.backup_id)
    return kept


def test_backups_under_a_writing_load_are_each_a_generation(stack: Stack) -> None:
    with Client(stack.url, stack.api_key) as client:
        graph = client.graphs.create("Written", schema=SCHEMA).result(timeout=60)
        generations, backups, done = [state(graph)], list[BackupRecord](), threading.Event()

        def write() -> None:
            for number in itertools.count():
                if done.is_set():
                    return
                graph.tables["Item"].load(rows(number * ROWS, ROWS), name=f"{number}.csv").result(timeout=60)
                graph.materialize(rebuild=number % 3 == 0, ignore_errors=True).result(timeout=60)
                generations.append(state(graph))

        def back_up() -> None:
            try:
                backups.extend(back_up_until_enough(graph))
            finally:
                done.set()

        assert in_threads([write, back_up]) == []
        found = []
        for backup in backups:
            restored = graph.backups.restore(backup.backup_id, to=backup.backup_id).result(timeout=120)
            found.append(state(client.graphs.get(restored.graph_id)))
        assert all(item in generations for item in found)
        # One state for each generation, whichever backup it came back from, and another one for every other.
        told = {(backup.generation_id, str(item)) for backup, item in zip(backups, found, strict=True)}
        assert GENERATIONS <= len(told) == len({item for _, item in told}) == len({name for name, _ in told})
