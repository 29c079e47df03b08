"""Back a graph up while it is written: every backup is one generation of it, whole."""

import itertools
import threading

from knowledger.client import Client, Graph
from knowledger.client.json import JsonObject
from tests.faults.load import SCHEMA, in_threads, rows
from tests.stack import Stack

BACKUPS = 12
ROWS = 5_000
STATE = "MATCH (i:Item) RETURN count(*) AS n, sum(i.id) AS ids, max(i.id) AS last"


def state(graph: Graph) -> JsonObject:
    return graph.query(STATE).rows[0]


def test_backups_under_a_writing_load_are_each_a_generation(stack: Stack) -> None:
    with Client(stack.url, stack.api_key) as client:
        graph = client.graphs.create("Written", schema=SCHEMA).result(timeout=60)
        generations, backups, done = [state(graph)], list[str](), threading.Event()

        def write() -> None:
            for number in itertools.count():
                if done.is_set():
                    return
                graph.tables["Item"].load(rows(number * ROWS, ROWS), name=f"{number}.csv").result(timeout=60)
                graph.materialize(rebuild=number % 3 == 0, ignore_errors=True).result(timeout=60)
                generations.append(state(graph))

        def back_up() -> None:
            try:
                for number in range(BACKUPS):
                    kind = "logical" if number % 4 == 0 else "full"
                    backups.append(graph.backups.create(kind=kind).result(timeout=120).backup_id)
            finally:
                done.set()

        assert in_threads([write, back_up]) == []
        found = []
        for backup_id in backups:
            restored = graph.backups.restore(backup_id, to=backup_id).result(timeout=120)
            found.append(state(client.graphs.get(restored.graph_id)))
        assert len(found) == BACKUPS
        assert all(item in generations for item in found)
        assert len({str(item["n"]) for item in found}) >= 3, "it was written meanwhile"
