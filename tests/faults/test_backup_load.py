"""Back a graph up while it is written: every backup is one generation of it, whole."""

import itertools
import threading

from knowledger.client import Client, Graph
from knowledger.client.backups import BackupRecord
from knowledger.client.json import JsonObject
from tests.faults.load import SCHEMA, in_threads, rows
from tests.stack import Stack

BACKUPS = 12
GENERATIONS = 4
MOST_BACKUPS = 90
"""Within so many, a writer that backups do not hold up has come by often enough."""
ROWS = 5_000
STATE = "MATCH (i:Item) RETURN count(*) AS n, sum(i.id) AS ids, max(i.id) AS last"


def state(graph: Graph) -> JsonObject:
    return graph.query(STATE).rows[0]


def is_enough(backups: list[BackupRecord]) -> bool:
    """By what was seen and not by a number alone: on a quick machine a dozen backups fit into one write."""
    return len(backups) >= BACKUPS and len({backup.generation_id for backup in backups}) >= GENERATIONS


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
                while not is_enough(backups) and len(backups) < MOST_BACKUPS:
                    kind = "logical" if len(backups) % 4 == 0 else "full"
                    made = graph.backups.create(kind=kind).result(timeout=120)
                    backups.append(graph.backups.get(made.backup_id))
            finally:
                done.set()

        assert in_threads([write, back_up]) == []
        assert is_enough(backups), "it was written meanwhile"
        found = []
        for backup in backups:
            restored = graph.backups.restore(backup.backup_id, to=backup.backup_id).result(timeout=120)
            found.append(state(client.graphs.get(restored.graph_id)))
        assert all(item in generations for item in found)
        # One state for each generation, whichever backup it came back from, and another one for every other.
        told = {(backup.generation_id, str(item)) for backup, item in zip(backups, found, strict=True)}
        assert len(told) == len({generation for generation, _ in told}) == len({item for _, item in told})
