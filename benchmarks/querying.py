"""Queries through the API, against LadybugDB in this process on the same sealed file."""

import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import cast

import ladybug
import pyarrow as pa
from sqlalchemy import text

from benchmarks.api import PATIENCE_S, Api
from benchmarks.figure import Bench, Line, at_least
from benchmarks.graph_data import SCHEMA, GraphData
from benchmarks.units import count, delays, seconds
from knowledger.client import Client
from knowledger.domain.graphs.reading import AnswerFormat
from tests.stack import Stack, running_stack

POINT = "MATCH (p:Person) WHERE p.id = $id RETURN p.name AS name, p.age AS age, p.balance AS balance"
ALL = "MATCH (p:Person) RETURN p.id AS id, p.name AS name, p.age AS age, p.balance AS balance, p.born AS born"
MOST_ADDED_S = 0.002
WARMING = 20


@dataclass(frozen=True)
class _Graph:
    """A graph as a user of the API has it, and its file."""

    api: Api
    path: str
    file: ladybug.Connection
    people: int


def measure(bench: Bench) -> Iterator[Line]:
    people = bench.size(1_000_000, 100_000)
    with running_stack(bench.directory / "home") as stack:
        graph = _loaded(bench, stack, people)
        ours, raw = _points(graph, bench.size(2_000, 200))
        added = median(ours) - median(raw)
        what = f"point query by key over {count(people)} nodes, against LadybugDB in process: added at p50"
        mark = f"≤ {1e3 * MOST_ADDED_S:g} ms added"
        yield Line(what, delays(ours), delays(raw), f"+ {1e3 * added:.2f} ms", mark, added <= MOST_ADDED_S)
        ours, raw = _arrows(graph, bench.size(7, 3))
        what = f"{count(people)} rows as Arrow, against LadybugDB in process: speed"
        ours_s, raw_s = median(ours), median(raw)
        yield at_least(0.5, what, seconds(ours_s), seconds(raw_s), raw_s / ours_s)


def _loaded(bench: Bench, stack: Stack, people: int) -> _Graph:
    data = GraphData(bench.directory / "staged", people, 1, 1)
    data.write()
    with Client(stack.url, stack.api_key) as client:
        graph = client.graphs.create("Benchmark", schema=SCHEMA.as_json()).result(PATIENCE_S)
        graph.tables["Person"].load(data.people.rows_path).result(PATIENCE_S)
        graph.materialize().result(PATIENCE_S)
    key = text("SELECT object_key FROM generations JOIN graphs ON graphs.generation_id = generations.id")
    with stack.database.connect() as connection:
        path: str = connection.execute(key).scalar_one()
    database = ladybug.Database(stack.settings.objects_directory / Path(path), read_only=True, max_db_size=1 << 36)
    return _Graph(Api(stack), f"/graphs/{graph.graph_id}/query", ladybug.Connection(database), people)


def _points(graph: _Graph, samples: int) -> tuple[list[float], list[float]]:
    """In seconds, taken in turns, for the same keys."""
    ours: list[float] = []
    raw: list[float] = []
    keys = random.Random(1)
    for _ in range(WARMING + samples):
        wanted = f"P{keys.randrange(graph.people):08d}"
        began = time.perf_counter()
        answer = graph.api.post(graph.path, {"query": POINT, "parameters": {"id": wanted}})
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        result = cast(ladybug.QueryResult, graph.file.execute(POINT, {"id": wanted}))
        row = result.get_next()
        raw.append(time.perf_counter() - began)
        result.close()
        if answer["data"] != [dict(zip(("name", "age", "balance"), row, strict=True))]:
            raise RuntimeError(f"{answer['data']} is not {row}")
    return ours[WARMING:], raw[WARMING:]


def _arrows(graph: _Graph, samples: int) -> tuple[list[float], list[float]]:
    """In seconds, taken in turns; the first of each is left out."""
    ours: list[float] = []
    raw: list[float] = []
    for _ in range(1 + samples):
        began = time.perf_counter()
        with graph.api.ask("POST", graph.path, {"query": ALL}, AnswerFormat.ARROW.media_type) as response:
            table = pa.ipc.open_stream(response).read_all()
            response.read()  # the end of the body, so that the connection can be used again
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        own = cast(ladybug.QueryResult, graph.file.execute(ALL)).get_as_arrow()
        raw.append(time.perf_counter() - began)
        if not table.num_rows == own.num_rows == graph.people:
            raise RuntimeError(f"{table.num_rows} rows, and {own.num_rows} in process")
    return ours[1:], raw[1:]
