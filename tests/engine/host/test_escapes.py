"""What the sandbox stops by itself, were the guard to let everything through: a reader that is asked without it."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledger.engine.sandbox import Confinement, Sandbox
from tests.engine.host.conftest import seal

MORE_ESCAPES = [
    "LOAD FROM '/proc/1/environ' (file_format='csv', header=false) RETURN *",
    "LOAD FROM '{outside}/*.csv' RETURN *",
    "LOAD FROM ['{outside}/secret.csv'] RETURN *",
    "LOAD FROM 'http://127.0.0.1:9/secret.csv' RETURN *",
    "LOAD FROM 's3://bucket/secret.parquet' RETURN *",
    "UNWIND [1] AS x LOAD FROM '{outside}/secret.csv' RETURN *",
    "COPY Item FROM '{outside}/secret.csv'",
    "IMPORT DATABASE '{outside}/export'",
    "COPY (MATCH (i:Item) RETURN i.id) TO 'http://127.0.0.1:9/out.csv'",
    "COPY (MATCH (i:Item) RETURN i.id) TO '/dev/shm/out.csv'",
    "ATTACH 'host=127.0.0.1 user=postgres' AS other (dbtype postgres)",
    "CREATE NODE TABLE Evil(id INT64 PRIMARY KEY)",
    "DROP TABLE Item",
    "MATCH (i:Item) DETACH DELETE i",
]


@pytest.fixture
def unguarded(sandbox: Sandbox, tmp_path: Path) -> Iterator[socket.socket]:
    path = tmp_path / "graph" / "graph.lbug"
    seal(path, 1)
    confinement = Confinement((path,), (), 400 << 20)
    with sandbox.start("read_unguarded", {"path": str(path)}, confinement) as child:
        child.connection.settimeout(20)
        yield child.connection


def ask(connection: socket.socket, statement: str) -> str:
    connection.sendall(json.dumps(statement).encode() + b"\n")
    answer = bytearray()
    while not answer.endswith(b"\n"):
        piece = connection.recv(65536)
        assert piece, "the reader ended"
        answer += piece
    return str(json.loads(answer))


def test_the_unguarded_reader_does_answer(unguarded: socket.socket) -> None:
    assert ask(unguarded, "MATCH (i:Item {id: 1}) RETURN i.name") == "[['n1']]"


@pytest.mark.parametrize(
    "statement",
    [
        "LOAD FROM '/etc/passwd' (file_format='csv', delim=':', header=false) RETURN *",
        "LOAD FROM '{outside}/secret.csv' RETURN *",
        "COPY (MATCH (i:Item) RETURN i.id) TO '{outside}/out.csv'",
        "COPY (MATCH (i:Item) RETURN i.id) TO '{outside}/out.parquet'",
        "EXPORT DATABASE '{outside}/export'",
        "ATTACH '{outside}/other/graph.lbug' AS other (dbtype lbug)",
        "INSTALL httpfs",
        "LOAD EXTENSION '{outside}/evil.so'",
        "CHECKPOINT",
        "CREATE (:Item {{id: 5000}})",
    ],
)
def test_an_escape_is_stopped(unguarded: socket.socket, tmp_path: Path, statement: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("word\nsesame\n")
    seal(outside / "other" / "graph.lbug", 2)
    before = sorted(outside.rglob("*"))
    answered = ask(unguarded, statement.format(outside=outside))
    assert answered.startswith("refused: ")
    assert "sesame" not in answered
    assert sorted(outside.rglob("*")) == before


def test_no_other_way_out_is_open(unguarded: socket.socket, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("word\nsesame\n")
    before = sorted(outside.rglob("*"))
    answers = {statement: ask(unguarded, statement.format(outside=outside)) for statement in MORE_ESCAPES}
    assert {statement: said for statement, said in answers.items() if not said.startswith("refused: ")} == {}
    assert "sesame" not in str(answers)
    assert sorted(outside.rglob("*")) == before
