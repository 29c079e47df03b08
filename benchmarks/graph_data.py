"""A graph of a million people and five million relationships: made, loaded bare, and built by the product.

    python -m benchmarks.graph_data DIRECTORY [--nodes N] [--relationships N] [--rounds N]

The bare load is LadybugDB's own COPY of the same Parquet files. Both run in fresh processes, in turns, and the medians
are compared; each process says what it took of the clock, of the processor and of memory.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import ladybug

from knowledger.domain.graphs.engine import BuildRequest, StagedFile
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.engine.build.ddl import ddl
from knowledger.engine.build.job import build_generation
from knowledger.engine.build.request import BuildJob

SCHEMA = GraphSchema.parse(
    {
        "nodes": [
            {
                "name": "Person",
                "key": "id",
                "properties": [
                    {"name": "id", "type": "string"},
                    {"name": "name", "type": "string"},
                    {"name": "age", "type": "int"},
                    {"name": "balance", "type": "double"},
                    {"name": "born", "type": "date"},
                    {"name": "active", "type": "boolean"},
                ],
            }
        ],
        "relationships": [
            {
                "name": "Paid",
                "from": "Person",
                "to": "Person",
                "properties": [{"name": "number", "type": "int"}, {"name": "amount", "type": "double"}],
            }
        ],
    }
)
MEMORY_BYTES = 2 * 2**30
THREADS = os.cpu_count() or 2
_PERSON = """
    SELECT printf('{prefix}%08d', i) AS id, 'Person number ' || i AS name, (hash(i) % 90)::BIGINT AS age,
        (hash(i * 7) % 1000000) / 100.0::DOUBLE AS balance, DATE '1970-01-01' + (hash(i * 3) % 18000)::INT AS born,
        hash(i) % 2 = 0 AS active
    FROM range({count}) AS t(i)
"""
_PAID = """
    SELECT printf('{prefix}%08d', hash(i * 11 + {seed}) % {starts}) AS from_id,
        printf('P%08d', hash(i * 13 + 5 + {seed}) % {ends}) AS to_id,
        i + {first} AS number, (hash(i * 17) % 100000) / 100.0::DOUBLE AS amount
    FROM range({count}) AS t(i)
"""


@dataclass(frozen=True)
class Cost:
    """What one run took."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class GraphData:
    """Staged files of one size of graph, in a directory: the graph's own, and such as are added to it later."""

    directory: Path
    nodes: int
    relationships: int
    added: int = 10_000

    @property
    def people(self) -> StagedFile:
        return self._file("people", "Person", self.nodes)

    @property
    def payments(self) -> StagedFile:
        return self._file("payments", "Paid", self.relationships)

    @property
    def new_people(self) -> StagedFile:
        return self._file("new-people", "Person", self.added)

    @property
    def new_payments(self) -> StagedFile:
        """Between people of the graph, anywhere in it."""
        return self._file("new-payments", "Paid", self.added)

    @property
    def payments_of_new_people(self) -> StagedFile:
        return self._file("payments-of-new-people", "Paid", self.added)

    def write(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        few = {"count": self.added, "ends": self.nodes, "first": self.relationships, "seed": 99}
        for file, rows in (
            (self.people, _PERSON.format(prefix="P", count=self.nodes)),
            (
                self.payments,
                _PAID.format(prefix="P", count=self.relationships, starts=self.nodes, ends=self.nodes, first=0, seed=0),
            ),
            (self.new_people, _PERSON.format(prefix="Q", count=self.added)),
            (self.new_payments, _PAID.format(prefix="P", starts=self.nodes, **few)),
            (self.payments_of_new_people, _PAID.format(prefix="Q", starts=self.added, **few)),
        ):
            duckdb.execute(f"COPY ({rows}) TO '{file.rows_path}' (FORMAT parquet, COMPRESSION zstd)")

    def _file(self, name: str, table: str, rows: int) -> StagedFile:
        return StagedFile(name, f"{name}.csv", table, self.directory / f"{name}.parquet", rows)


def copy_bare(data: GraphData, home: Path) -> Path:
    """LadybugDB's COPY of the two files and nothing else, checkpointed and closed."""
    path = home / "graph.lbug"
    database = ladybug.Database(path, buffer_pool_size=MEMORY_BYTES, max_num_threads=THREADS, max_db_size=1 << 36)
    connection = ladybug.Connection(database, num_threads=THREADS)
    for statement in (
        *ddl(SCHEMA),
        f"COPY Person FROM '{data.people.rows_path}'",
        f"COPY Paid FROM '{data.payments.rows_path}'",
        "CHECKPOINT",
    ):
        connection.execute(statement)
    connection.close()
    database.close()
    return path


def build(
    home: Path, files: tuple[StagedFile, ...], base: Path | None = None, added: tuple[StagedFile, ...] = ()
) -> Path:
    """The product's build of the files, or of the base and the added ones."""
    (home / "scratch").mkdir()
    request = BuildRequest(
        SCHEMA,
        (*files, *added),
        home / "graph.lbug",
        home / "rejects.parquet",
        home / "scratch",
        base=base,
        added=tuple(file.file_id for file in added),
    )
    answer = build_generation(BuildJob(request, MEMORY_BYTES, THREADS).as_json(), lambda _: None)
    if base and not answer["appended"]:
        raise RuntimeError("built anew where the base should have been extended")
    return request.graph_path


def cost_of(work: Callable[[], object]) -> Cost:
    """Run in a child of its own."""
    reading, writing = os.pipe()
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        work()
        used = resource.getrusage(resource.RUSAGE_SELF)
        os.write(writing, json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss * 1024]).encode())
        os._exit(0)
    _, status = os.waitpid(child, 0)
    seconds = time.perf_counter() - began
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        if status:
            raise RuntimeError(f"the child ended with {status}")
        cpu_seconds, peak_bytes = json.loads(answer.read())
    return Cost(seconds, cpu_seconds, peak_bytes)


def measure(data: GraphData, rounds: int) -> dict[str, list[Cost]]:
    """What is compared, in turns, `rounds` times."""
    own = (data.people, data.payments)
    base = _home(data, "base")
    build(base, own)
    extensions = {
        "add 10 k nodes": (data.new_people,),
        "add 10 k relationships": (data.new_payments,),
        "add 10 k nodes with 10 k relationships": (data.new_people, data.payments_of_new_people),
    }
    found: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        runs: dict[str, Callable[[], object]] = {
            "bare COPY": lambda: copy_bare(data, _home(data, "bare")),
            "full build": lambda: build(_home(data, "full"), own),
            "empty graph": lambda: build(_home(data, "empty"), ()),
        }
        for name, added in extensions.items():
            runs[name] = lambda added=added: build(_home(data, "more"), own, base / "graph.lbug", added)  # type: ignore[misc]
        for name, run in runs.items():
            found.setdefault(name, []).append(cost_of(run))
    return found


def _home(data: GraphData, name: str) -> Path:
    home = data.directory / name
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    return home


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--nodes", type=int, default=1_000_000)
    parser.add_argument("--relationships", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    data = GraphData(options.directory.absolute(), options.nodes, options.relationships)
    data.write()
    for name, costs in measure(data, options.rounds).items():
        seconds, cpu = (
            statistics.median(values) for values in zip(*((c.seconds, c.cpu_seconds) for c in costs), strict=True)
        )
        peak = max(cost.peak_bytes for cost in costs) / 2**20
        sys.stdout.write(f"{name:40} {seconds:7.2f} s  {cpu:7.2f} s of CPU  peak {peak:5.0f} MiB\n")


if __name__ == "__main__":
    main()
