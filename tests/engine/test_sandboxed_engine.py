"""Staging and building through the sandbox, as the domain asks for them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import pytest

from knowledger.domain.graphs.engine import BuildRequest, StagedFile, StageRequest
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.progress import Progress, Work
from knowledger.engine.engine import SandboxedEngine
from knowledger.engine.sandbox import Sandbox
from tests.engine.build.workshop import read_graph

SCHEMA = GraphSchema.parse(
    {
        "nodes": [{"name": "Order", "key": "id", "properties": [{"name": "id", "type": "int"}]}],
        "relationships": [{"name": "After", "from": "Order", "to": "Order"}],
    }
)


@dataclass(frozen=True)
class Limits:
    engine_memory: int = 512 * 2**20
    engine_threads: int = 2


@pytest.fixture
def engine(sandbox: Sandbox) -> SandboxedEngine:
    return SandboxedEngine(sandbox, Limits())


def test_files_are_staged_and_built_in_the_sandbox(engine: SandboxedEngine, tmp_path: Path) -> None:
    orders = _stage(engine, tmp_path / "a", "Order", "id\n1\n2\nthree\n")
    after = _stage(engine, tmp_path / "b", "After", "from_id,to_id\n1,2\n2,9\n")
    odd = (tmp_path / "a").rename(tmp_path / "an 'odd' [path]*")
    orders = replace(orders, rows_path=odd / "rows.parquet")
    home = tmp_path / "another 'odd' [path]*"
    (home / "work").mkdir(parents=True)
    request = BuildRequest(SCHEMA, (orders, after), home / "graph.lbug", home / "rejects.parquet", home / "work")
    built, said = _finished(engine.build(request))
    assert built.counts == {"Order": 2, "After": 1}
    assert built.rejects_by_rule == {"dangling_end": 1}
    assert read_graph(request.graph_path, SCHEMA) == {"Order": [(1,), (2,)], "After": [(1, 2)]}
    assert {item.message for item in said} >= {"Loading Order", "Loading After"}


def test_a_build_extends_its_base_in_the_sandbox(engine: SandboxedEngine, tmp_path: Path) -> None:
    orders = _stage(engine, tmp_path / "a", "Order", "id\n1\n2\n")
    more = _stage(engine, tmp_path / "b", "Order", "id\n3\n")
    paths = [tmp_path / name for name in ("before", "after")]
    for path in paths:
        (path / "work").mkdir(parents=True)
    first = BuildRequest(SCHEMA, (orders,), paths[0] / "graph.lbug", paths[0] / "rejects.parquet", paths[0] / "work")
    _finished(engine.build(first))
    second = BuildRequest(
        SCHEMA,
        (orders, more),
        paths[1] / "graph.lbug",
        paths[1] / "rejects.parquet",
        paths[1] / "work",
        base=first.graph_path,
        added=(more.file_id,),
    )
    built, _ = _finished(engine.build(second))
    assert (built.appended, built.counts) == (True, {"Order": 3, "After": 0})


def test_a_file_tells_its_table(engine: SandboxedEngine, tmp_path: Path) -> None:
    (tmp_path / "upload").write_text("id,name\n1,a\n2,b\n")
    (tmp_path / "work").mkdir()
    inferred, _ = _finished(engine.infer("people.csv", (tmp_path / "upload",), tmp_path / "work"))
    assert inferred.format == "csv"
    assert inferred.preview == [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]


def _stage(engine: SandboxedEngine, home: Path, table: str, text: str) -> StagedFile:
    (home / "work").mkdir(parents=True)
    (home / "upload").write_text(text)
    request = StageRequest(
        file_name=f"{table}.csv",
        parts=(home / "upload",),
        schema=SCHEMA,
        table=table,
        rows_path=home / "rows.parquet",
        rejects_path=home / "rejects.parquet",
        scratch=home / "work",
    )
    staged, _ = _finished(engine.stage(request))
    assert staged.rows_read == staged.rows_accepted + staged.rows_rejected
    return StagedFile(f"file_{home.name}", f"{table}.csv", table, request.rows_path, staged.rows_accepted)


R = TypeVar("R")


def _finished(work: Work[R]) -> tuple[R, list[Progress]]:
    said: list[Progress] = []
    while True:
        try:
            said.append(next(work))
        except StopIteration as end:
            return end.value, said
