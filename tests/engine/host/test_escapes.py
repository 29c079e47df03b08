"""What the sandbox stops by itself, were the guard to let everything through: a reader that is asked without it."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledger.engine.sandbox import Confinement, Sandbox
from tests.engine.host.conftest import seal


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
