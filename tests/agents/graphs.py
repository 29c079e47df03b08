"""Graphs to ask: files staged and built by the engine, read by its reader, without a stack around."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from knowledger.domain.agents.tools.context import LONGEST_RUN, Rows, ToolContext
from knowledger.domain.graphs.engine import BuildRequest, StagedFile
from knowledger.domain.graphs.reading import READING_ERRORS
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.engine.build.job import build_generation
from knowledger.engine.build.request import BuildJob
from knowledger.engine.staging.job import stage_file
from knowledger.kernel.json import JsonObject, JsonValue
from tests.engine.reader.asking import Answered, GraphAsker

TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class SealedGraph:
    path: Path
    schema: GraphSchema
    staged: Mapping[str, Path]


def seal(directory: Path, schema: GraphSchema, files: Mapping[str, Path]) -> SealedGraph:
    """One file for each table, staged and built into a generation."""
    staged = [_stage(directory, schema, table, path) for table, path in files.items()]
    home = directory / "built"
    (home / "scratch").mkdir(parents=True)
    request = BuildRequest(schema, tuple(staged), home / "graph.lbug", home / "rejects.parquet", home / "scratch")
    build_generation(json.loads(json.dumps(BuildJob(request, 1 << 30, 2).as_json())), lambda _: None)
    return SealedGraph(request.graph_path, schema, {item.table: item.rows_path for item in staged})


def _stage(directory: Path, schema: GraphSchema, table: str, path: Path) -> StagedFile:
    home = directory / table
    (home / "scratch").mkdir(parents=True)
    rows_path = home / "rows.parquet"
    request: JsonObject = {
        "file_name": path.name,
        "parts": [str(path)],
        "schema": schema.as_json(),
        "table": table,
        "rows_path": str(rows_path),
        "rejects_path": str(home / "rejects.parquet"),
        "scratch": str(home / "scratch"),
        "memory_bytes": 1 << 30,
        "threads": 2,
    }
    answer = stage_file(request, lambda _: None)
    return StagedFile(f"file_{table}", path.name, table, rows_path, int(str(answer["rows_accepted"])))


class OneGraph:
    """The port of the tools, over one reader."""

    def __init__(self, graph: SealedGraph, asker: GraphAsker) -> None:
        self._graph = graph
        self._asker = asker
        self.asked = 0

    def generation(self) -> str:
        return "gen_test"

    def cypher(self, query: str, parameters: JsonObject, *, max_rows: int, timeout: timedelta = LONGEST_RUN) -> Rows:
        self.asked += 1
        milliseconds = int(timeout.total_seconds() * 1000)
        return _rows(self._asker.ask(query, parameters, timeout_ms=milliseconds, max_rows=max_rows))

    def sql(self, query: str, parameters: list[JsonValue], *, max_rows: int, timeout: timedelta = LONGEST_RUN) -> Rows:
        raise AssertionError("no staging tables here")

    def operations(self, limit: int) -> list[JsonObject]:
        return []


def _rows(answered: Answered) -> Rows:
    if answered.error is not None:
        kind = READING_ERRORS[str(answered.error["code"])]
        hint = answered.error.get("hint")
        raise kind(str(answered.error["message"]), hint=str(hint) if hint else None)
    assert answered.end is not None
    rows = tuple(row for row in answered.rows if isinstance(row, dict))
    return Rows(tuple(column["name"] for column in answered.columns), rows, bool(answered.end["truncated"]))


@contextmanager
def opened(graph: SealedGraph, today: date = TODAY) -> Iterator[ToolContext]:
    with GraphAsker(graph.path) as asker:
        reading = OneGraph(graph, asker)
        yield ToolContext("kg_test", reading.generation(), graph.schema, reading, today)
