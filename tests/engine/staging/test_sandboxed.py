"""Staging where it belongs: in a confined child, whose memory is bounded."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

from knowledger.domain.graphs.engine import StagedRows, StageRequest, StagingSchemaMismatch, UnreadableFile
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.engine.engine import SandboxedEngine
from knowledger.engine.sandbox import Sandbox
from tests.engine.sandbox_runs import Run, result_of

SCHEMA = GraphSchema.parse(
    {
        "nodes": [
            {"name": "T", "key": "id", "properties": [{"name": "id", "type": "int"}, {"name": "l", "type": "int[]"}]}
        ]
    }
)


def request(tmp_path: Path, file_name: str, content: bytes) -> StageRequest:
    for directory in ("uploads", "staged", "scratch"):
        (tmp_path / directory).mkdir()
    part = tmp_path / "uploads" / "0"
    part.write_bytes(content)
    staged = tmp_path / "staged"
    return StageRequest(
        file_name, (part,), SCHEMA, "T", staged / "f.parquet", staged / "f.rejects.parquet", tmp_path / "scratch"
    )


@pytest.fixture
def engine(sandbox: Sandbox) -> SandboxedEngine:
    return SandboxedEngine(sandbox, SimpleNamespace(engine_memory=256 * 2**20, engine_threads=2))


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("a.csv", b'id,l\n1,"[1]"\nx,\n"2",\n3\n'),
        ("a.jsonl", b'{"id": 1, "l": [1]}\n{"id": "x"}\n{"id": 2}\n{\n'),
    ],
)
def test_every_way_to_read_works_in_the_sandbox(
    tmp_path: Path, engine: SandboxedEngine, file_name: str, content: bytes
) -> None:
    staged = result_of(engine.stage(request(tmp_path, file_name, content)))
    assert isinstance(staged, StagedRows)
    assert (staged.rows_read, staged.rows_accepted, staged.rows_rejected) == (4, 2, 2)
    assert sorted(path.name for path in (tmp_path / "staged").iterdir()) == ["f.parquet", "f.rejects.parquet"]


def test_a_long_staging_tells_how_far_it_is(tmp_path: Path, engine: SandboxedEngine) -> None:
    content = b"id,l\n" + b"".join(b'%d,"[%d]"\n' % (number, number) for number in range(300_000)) + b"x,\n"
    run = Run(engine.stage(request(tmp_path, "a.csv", content)))
    percents = [item.percent for item in run if item.percent is not None]
    assert percents == sorted(percents)
    assert isinstance(run.result, StagedRows)
    assert run.result.rejects_by_rule == {"wrong_type": 1}


@pytest.mark.parametrize(("content", "error"), [(b"", UnreadableFile), (b"nope\n1\n", StagingSchemaMismatch)])
def test_errors_come_back_as_they_are(
    tmp_path: Path, engine: SandboxedEngine, content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error) as raised:
        result_of(engine.stage(request(tmp_path, "a.csv", content)))
    assert str(tmp_path) not in json.dumps(str(raised.value))


def test_a_type_is_proposed_in_the_sandbox(tmp_path: Path, engine: SandboxedEngine) -> None:
    asked = request(tmp_path, "a.csv", b"id,n\n1,2\n")
    assert result_of(engine.infer(asked.file_name, asked.parts, asked.scratch)).node["key"] == ["id"]
