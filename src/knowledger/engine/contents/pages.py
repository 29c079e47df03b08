"""A sealed graph read in pages, each a relation of DuckDB, so that no type has to fit into memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import duckdb

from knowledger.domain.graphs.engine import GraphUnreadable
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.engine.build.ddl import primary_key, quoted
from knowledger.engine.build.graph_file import GraphFile
from knowledger.engine.contents.columns import TypeContents
from knowledger.kernel.json import JsonObject

_ROWS_A_PAGE = 200_000
_SHARE_OF_LADYBUG, _SHARE_OF_DUCKDB = 0.4, 0.25
_FIXED_BYTES, _LEAST_BYTES = 160 * 2**20, 64 * 2**20
PAGE = "page"
"""The name of the relation; its columns are c0, c1 …"""


@dataclass(frozen=True)
class ContentsJob:
    """What every job that reads a whole graph is told."""

    graph_path: Path
    schema: GraphSchema
    scratch: Path
    memory_bytes: int
    threads: int

    @classmethod
    def parse(cls, body: JsonObject) -> Self:
        return cls(
            graph_path=Path(str(body["graph_path"])),
            schema=GraphSchema.parse(body["schema"]),
            scratch=Path(str(body["scratch"])),
            memory_bytes=int(str(body["memory_bytes"])),
            threads=int(str(body["threads"])),
        )

    def share(self, share: float) -> int:
        return max(int((self.memory_bytes - _FIXED_BYTES) * share), _LEAST_BYTES)


class Pages:
    """An open graph, and the DuckDB that looks at its pages."""

    def __init__(self, graph: GraphFile, duck: duckdb.DuckDBPyConnection) -> None:
        self.duck = duck
        self._graph = graph

    def count(self, contents: TypeContents) -> int:
        return self._number(f"MATCH {contents.match} RETURN count(*)")

    def each(self, contents: TypeContents, rows: int) -> Iterator[int]:
        """Put one page after the other in place, at least one, and say how many rows it has.

        Pages are ranges of start nodes; one with a great many relationships makes a greater page.
        """
        starts = self._number(f"MATCH (a:{quoted(contents.start)}) RETURN coalesce(max(offset(id(a))) + 1, 0)")
        step = max(1, starts * _ROWS_A_PAGE // max(rows, 1))
        wanted = ", ".join(f"{column.read} AS c{index}" for index, column in enumerate(contents.columns))
        for first in range(0, max(starts, 1), step):
            within = f"offset(id(a)) >= {first} AND offset(id(a)) < {first + step}"
            with self._graph.arrow(f"MATCH {contents.match} WHERE {within} RETURN {wanted}") as table:
                self.duck.register(PAGE, table)
                yield table.num_rows
                self.duck.unregister(PAGE)

    def probe(self, schema: GraphSchema, node: str) -> None:
        """Look one node up by its key, as queries do. Raises GraphUnreadable where the index does not find it."""
        key = quoted(primary_key(schema.node(node)))
        found = self._graph.rows(f"MATCH (a:{quoted(node)}) RETURN a.{key} LIMIT 1")
        for (value,) in found:
            again = self._graph.rows(f"MATCH (a:{quoted(node)}) WHERE a.{key} = $key RETURN a.{key}", {"key": value})
            if again != [[value]]:
                raise GraphUnreadable(f"The graph does not find a {node} by its key.")

    def _number(self, statement: str) -> int:
        return int(str(self._graph.rows(statement)[0][0]))


@contextmanager
def pages_of(job: ContentsJob) -> Iterator[Pages]:
    with duckdb.connect() as duck:
        for statement in (
            f"SET memory_limit = '{job.share(_SHARE_OF_DUCKDB)}B'",
            f"SET threads = {max(job.threads, 1)}",
            "SET temp_directory = 'spill'",
            "SET TimeZone = 'UTC'",
            "SET autoinstall_known_extensions = false",
            "SET autoload_known_extensions = false",
            "SET python_scan_all_frames = false",
            "SET enable_progress_bar = false",
        ):
            duck.execute(statement)
        with GraphFile(
            job.graph_path,
            buffer_pool_bytes=job.share(_SHARE_OF_LADYBUG),
            threads=job.threads,
            read_only=True,
            grows_to=job.graph_path.stat().st_size,
        ) as graph:
            yield Pages(graph, duck)
