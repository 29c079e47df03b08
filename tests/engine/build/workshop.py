"""Stage files that stand in the test, build graphs of them, and read all of what came out."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import ladybug
import pyarrow.parquet as pq

from knowledger.domain.graphs.engine import BuildRequest, StagedFile
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.progress import Progress
from knowledger.engine.build.ddl import primary_key, quoted
from knowledger.engine.build.job import build_generation
from knowledger.engine.build.request import BuildJob
from knowledger.engine.staging.job import stage_file
from knowledger.kernel.json import JsonObject, JsonValue

MEMORY_BYTES = 512 * 2**20
POOL_BYTES = 64 * 2**20

Row = tuple[object, ...]


@dataclass(frozen=True)
class Built:
    """`graph` is every row by type: a node is its properties, a relationship its ends' keys and its properties."""

    path: Path
    answer: JsonObject
    graph: dict[str, list[Row]]
    rejects: list[JsonObject]
    progress: list[Progress] = field(default_factory=list)

    @property
    def counts(self) -> JsonValue:
        return self.answer["counts"]


class Workshop:
    """One schema, and a directory to work in."""

    def __init__(self, directory: Path, schema: JsonValue, memory_bytes: int = MEMORY_BYTES) -> None:
        self.schema = GraphSchema.parse(schema)
        self.memory_bytes = memory_bytes
        self._directory = directory
        self._numbers = count(1)

    def stage(self, table: str, text: str, file_id: str | None = None) -> StagedFile:
        """Stage CSV. Every row must be accepted."""
        home = self.new_directory()
        (home / "upload.csv").write_text(text)
        request: JsonObject = {
            "file_name": f"{table}.csv",
            "parts": [str(home / "upload.csv")],
            "schema": self.schema.as_json(),
            "table": table,
            "rows_path": str(home / "rows.parquet"),
            "rejects_path": str(home / "rejects.parquet"),
            "scratch": str(home / "scratch"),
            "memory_bytes": self.memory_bytes,
            "threads": 2,
        }
        answer = stage_file(request, lambda _: None)
        assert answer["rows_rejected"] == 0, pq.read_table(home / "rejects.parquet").to_pylist()
        return StagedFile(
            file_id or f"file_{home.name}", f"{table}.csv", table, home / "rows.parquet", int(str(answer["rows_read"]))
        )

    def build(self, *files: StagedFile) -> Built:
        return self.run(self.request(*files))

    def extend(self, base: Built, before: Sequence[StagedFile], *added: StagedFile) -> Built:
        request = self.request(*before, *added)
        return self.run(replace(request, base=base.path, added=tuple(file.file_id for file in added)))

    def request(self, *files: StagedFile) -> BuildRequest:
        home = self.new_directory()
        return BuildRequest(self.schema, files, home / "graph.lbug", home / "rejects.parquet", home / "scratch")

    def run(self, request: BuildRequest) -> Built:
        progress: list[Progress] = []
        # The request crosses a process boundary as JSON.
        body = json.loads(json.dumps(BuildJob(request, self.memory_bytes, 2).as_json()))
        answer = build_generation(body, progress.append)
        rejects = pq.read_table(request.rejects_path).to_pylist()
        assert len(rejects) == answer["rows_rejected"]
        return Built(request.graph_path, answer, read_graph(request.graph_path, self.schema), rejects, progress)

    def new_directory(self) -> Path:
        home = self._directory / f"{next(self._numbers):03}"
        (home / "scratch").mkdir(parents=True)
        return home


Open = Callable[..., Workshop]


def read_graph(path: Path, schema: GraphSchema) -> dict[str, list[Row]]:
    """Everything in a graph file, sorted."""
    database = ladybug.Database(path, read_only=True, buffer_pool_size=POOL_BYTES, max_db_size=1 << 36)
    connection = ladybug.Connection(database)
    found: dict[str, list[Row]] = {}
    for node in schema.nodes:
        values = ", ".join(f"n.{quoted(item.name)}" for item in node.properties)
        found[node.name] = _rows(connection, f"MATCH (n:{quoted(node.name)}) RETURN {values}")
    for kind in schema.relationships:
        start, end = (quoted(primary_key(schema.node(name))) for name in (kind.from_node, kind.to_node))
        values = ", ".join([f"a.{start}", f"b.{end}", *(f"r.{quoted(item.name)}" for item in kind.properties)])
        found[kind.name] = _rows(connection, f"MATCH (a)-[r:{quoted(kind.name)}]->(b) RETURN {values}")
    connection.close()
    database.close()
    return found


def _rows(connection: ladybug.Connection, statement: str) -> list[Row]:
    result = connection.execute(statement)
    assert isinstance(result, ladybug.QueryResult)
    rows = [tuple(row) for row in result]
    result.close()
    return sorted(rows, key=repr)
