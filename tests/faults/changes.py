"""Changes that are made to graphs again and again, each of which says what the graph must hold when it has ended."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Mapping

from tests.faults.load import SCHEMA, Persistent, rows
from tests.stack import Stack

ROWS = 20_000
ACCEPTED = ROWS - ROWS // 1000


class Change(ABC):
    """Somebody who changes graphs of one kind all the time. Each one has graphs of its own."""

    def __init__(self, stack: Stack, name: str) -> None:
        self._stack, self._name = stack, name
        self._keys = (f"{name}-{number}" for number in itertools.count())

    @abstractmethod
    def prepare(self) -> None:
        """What has to be there before anything is killed."""

    @abstractmethod
    def change(self) -> None:
        """Change something, and look that it came to be wholly, or not at all."""

    def made(self, name: str = "") -> str:
        """The path of a new graph, which is there, or empty where it was not made."""
        body = {"name": name or self._name, "schema": SCHEMA}
        status, graph_id, _ = self.done("/graphs", **body)
        return f"/graphs/{graph_id}" if status == "completed" else ""

    def done(self, path: str, **body: object) -> tuple[str, str, Mapping[str, object]]:
        """How an operation ended, on which graph, with which result."""
        with Persistent(self._stack) as user:
            asked = user.ask("POST", path, json=body, headers={"Idempotency-Key": next(self._keys)}).json()
            status = user.wait(asked["operation_id"])
            result = user.ask("GET", f"/operations/{asked['operation_id']}").json()["result"]
            return status, asked["graph_id"], result or {}

    def staged(self, graph: str, first: int, count: int) -> bool:
        where = {"name": f"items-{first}.csv", "table": "Item"}
        with Persistent(self._stack) as user:
            key = {"Idempotency-Key": next(self._keys)}
            added = user.ask("POST", f"{graph}/files", params=where, content=rows(first, count), headers=key).json()
            return user.wait(added["operation"]["operation_id"]) == "completed"

    def held(self, graph: str) -> int:
        """How many rows are found in the graph."""
        query = {"query": "MATCH (i:Item) RETURN count(*) AS n"}
        with Persistent(self._stack) as user:
            found: int = user.ask("POST", f"{graph}/query", json=query).json()["data"][0]["n"]
            return found

    def asked(self, path: str) -> Mapping[str, list[Mapping[str, str]]]:
        with Persistent(self._stack) as user:
            found: Mapping[str, list[Mapping[str, str]]] = user.ask("GET", path).json()
            return found

    def deleted(self, path: str) -> None:
        with Persistent(self._stack) as user:
            user.ask("DELETE", path)


class CreateGraphs(Change):
    def prepare(self) -> None:
        pass

    def change(self) -> None:
        name = next(self._keys)
        graph = self.made(name)
        there = {item["name"]: item["graph_id"] for item in self.asked("/graphs")["graphs"]}
        assert (name in there) == bool(graph)
        if graph:
            assert self.held(graph) == 0
            self.deleted(graph)


class Materialize(Change):
    def prepare(self) -> None:
        self._graph, self._rows, self._staged, self._numbers = self.made(), 0, 0, itertools.count()

    def change(self) -> None:
        number = next(self._numbers)
        if self.staged(self._graph, number * 2_000, 2_000):
            self._staged += 1_998
        status, *_ = self.done(f"{self._graph}/materialize", rebuild=number % 2 == 0, ignore_errors=True)
        self._rows = self._staged if status == "completed" else self._rows
        assert self.held(self._graph) == self._rows


class Fork(Change):
    """By turns the whole of a graph, which copies nothing, and a table of it, of which a generation is built."""

    def prepare(self) -> None:
        self._graph, self._numbers = self.made(), itertools.count()
        assert self.staged(self._graph, 0, ROWS)
        assert self.done(f"{self._graph}/materialize")[0] == "completed"

    def change(self) -> None:
        number = next(self._numbers)
        name, tables = f"fork-{number}", ["Item"] * (number % 2)
        status, _, made = self.done(f"{self._graph}/subgraphs", name=name, fork=True, tables=tables)
        there = [item["subgraph_name"] for item in self.asked(f"{self._graph}/subgraphs")["subgraphs"]]
        assert there == [name] * (status == "completed")
        if there:
            assert self.held(f"/graphs/{made['graph_id']}") == ACCEPTED
            self.deleted(f"{self._graph}/subgraphs/{name}")
        assert self.held(self._graph) == ACCEPTED


class BackUp(Change):
    def prepare(self) -> None:
        self._graph = self.made()
        assert self.staged(self._graph, 0, ROWS)
        assert self.done(f"{self._graph}/materialize")[0] == "completed"

    def change(self) -> None:
        status, _, made = self.done(f"{self._graph}/backups")
        there = [item["backup_id"] for item in self.asked(f"{self._graph}/backups")["backups"]]
        assert there == [made["backup_id"]] * (status == "completed")
        if there:
            self._look_at(there[0])

    def _look_at(self, backup_id: str) -> None:
        """A backup that was made holds what the graph held, unless the verification itself was killed for good."""
        status, _, verdict = self.done(f"{self._graph}/backups/{backup_id}/verify")
        held = {"Item": ACCEPTED} if status == "completed" else None
        assert (verdict.get("counts"), verdict.get("sound", True)) == (held, True)
        self.deleted(f"{self._graph}/backups/{backup_id}")


class Restore(Change):
    """By turns an earlier and a later backup, in the graph's place."""

    def prepare(self) -> None:
        self._graph, self._rows, backups = self.made(), 2 * ACCEPTED, dict[str, int]()
        for first in (0, ROWS):
            assert self.staged(self._graph, first, ROWS)
            assert self.done(f"{self._graph}/materialize")[0] == "completed"
            _, _, made = self.done(f"{self._graph}/backups")
            backups[str(made["backup_id"])] = self.held(self._graph)
        self._turns = itertools.cycle(backups.items())

    def change(self) -> None:
        backup_id, holds = next(self._turns)
        status, *_ = self.done(f"{self._graph}/backups/{backup_id}/restore", confirm=self._name)
        self._rows = holds if status == "completed" else self._rows
        assert self.held(self._graph) == self._rows


CHANGES: tuple[type[Change], ...] = (CreateGraphs, Materialize, Fork, BackUp, Restore)
