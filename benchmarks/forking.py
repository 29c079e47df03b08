"""Forking a graph of the running product, from asking to the end, against a copy of its file."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks.figure import Bench, Line, at_most
from benchmarks.graph_data import SCHEMA, GraphData
from benchmarks.units import MIB, count, seconds
from knowledger.client import Client, Graph
from tests.stack import Stack, running_stack

_PATIENCE_S = 600


def measure(bench: Bench) -> Iterator[Line]:
    nodes = bench.size(1_000_000, 100_000)
    data = GraphData(bench.directory / "staged", nodes, 5 * nodes)
    data.write()
    with running_stack(bench.directory / "home") as stack, Client(stack.url, stack.api_key) as client:
        graph = _loaded(client, data)
        path = _file_of(stack, graph)
        forks, copies = [], []
        for number in range(bench.size(5, 2)):
            forks.append(_time(lambda number=number: _fork(graph, f"fork-{number}")))  # type: ignore[misc]
            copies.append(_time(lambda: _copy(path, bench.directory / "copy")))
    fork, copy = median(forks), median(copies)
    what = f"fork of {count(nodes)} nodes and {count(5 * nodes)} relationships, {path.stat().st_size / MIB:,.0f} MiB"
    yield at_most(2, f"{what}, against a file copy", seconds(fork), seconds(copy), fork / copy)


def _loaded(client: Client, data: GraphData) -> Graph:
    graph = client.graphs.create("Benchmark", schema=SCHEMA.as_json()).result(_PATIENCE_S)
    for file in (data.people, data.payments):
        graph.tables[file.table].load(file.rows_path, name=f"{file.table}.parquet").result(_PATIENCE_S)
    graph.materialize().result(_PATIENCE_S)
    return graph


def _file_of(stack: Stack, graph: Graph) -> Path:
    sealed = (stack.settings.objects_directory / "graphs" / graph.graph_id / "generations").rglob("graph.lbug")
    return max(sealed, key=lambda path: path.stat().st_size)


def _fork(graph: Graph, name: str) -> None:
    graph.subgraphs.create(name, fork=True).result(_PATIENCE_S)


def _copy(source: Path, target: Path) -> None:
    """Durable, as everything that an operation has concluded is."""
    shutil.copyfile(source, target)
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _time(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
