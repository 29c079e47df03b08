"""Uploads in parts, over connections that break in the middle of one."""

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledger.client import ApiError, Client, IncompleteAnswer, KnowledgerClientError
from knowledger.client import uploads as uploading
from tests.client.conftest import Start
from tests.stand_ins.http_server import HttpStandIn, Received, Reply, answer

Connect = Callable[[HttpStandIn], Client]
STAGING = {
    "operation_id": "op_1",
    "operation_type": "stage_file",
    "status": "pending",
    "graph_id": "kg_1",
    "created_at": "2026-11-23T12:00:00+00:00",
}


class FileStore:
    """The server's side of resumable uploads: takes parts at the offset it stands at, and no others."""

    def __init__(self) -> None:
        self.content = b""
        self.complete = False

    def __call__(self, request: Received) -> Reply:
        if request.method == "GET":
            return answer(self.file())
        if request.method == "DELETE":
            return answer(b"", 204)
        offset = int(request.query.get("offset", "0"))
        if offset != len(self.content):
            error = {"code": "UploadOffsetMismatch", "message": "Elsewhere.", "details": {"offset": len(self.content)}}
            return answer({"error": error}, 409)
        self.content += request.body
        self.complete = request.query["complete"] == "true"
        operation = STAGING if self.complete else None
        return answer({"file": self.file(), "operation": operation}, 201 if request.method == "POST" else 200)

    def file(self) -> dict[str, object]:
        uploaded = {"status": "complete" if self.complete else "uploading", "size_bytes": len(self.content)}
        staged = {"status": "pending", "operation_id": "op_1"}
        layers = {"uploaded": uploaded, "staged": staged}
        return {"file_id": "f_1", "graph_id": "kg_1", "file_name": "num.txt", "layers": layers}


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploading, "_PART_BYTES", 3000)
    monkeypatch.setattr(uploading, "_CHUNK_BYTES", 100)


TEXT = b"".join(b"%07d\n" % number for number in range(1500))


def test_a_file_arrives_whole_in_parts_and_starts_its_staging(
    start: Start, connect: Connect, small_parts: None, tmp_path: Path
) -> None:
    store = FileStore()
    server = start(store)
    (tmp_path / "num.txt").write_bytes(TEXT)
    operation = connect(server).graphs.get("kg_1").tables["Fact"].load(tmp_path / "num.txt")
    assert store.content == TEXT
    assert store.complete
    assert operation.operation_id == "op_1"
    assert [len(request.body) for request in server.received] == [3000, 3000, 3000, 3000]
    assert {request.query["table"] for request in server.received} == {"Fact"}


def test_progress_only_ever_grows(start: Start, connect: Connect, small_parts: None) -> None:
    server = start(FileStore())
    server.cut_bodies_at.append(250)
    seen: list[int] = []
    connect(server).graphs.get("kg_1").files.upload(
        TEXT, name="num.txt", on_progress=lambda done, total: seen.append(done)
    )
    assert seen[0] == 0
    assert seen[-1] == len(TEXT)
    assert all(earlier < later for earlier, later in itertools.pairwise(seen))


def test_a_broken_connection_is_resumed_where_the_server_stands(
    start: Start, connect: Connect, small_parts: None
) -> None:
    store = FileStore()
    server = start(store)
    server.cut_bodies_at.extend([700, 1200])
    connect(server).graphs.get("kg_1").files.upload(TEXT, name="num.txt", table="Fact")
    assert store.content == TEXT
    offsets = [request.query.get("offset") for request in server.received if request.method == "PATCH"]
    assert offsets == ["3000", "3700", "4900", "7900", "10900"]


def test_a_lost_answer_to_the_last_part_does_not_upload_twice(
    start: Start, connect: Connect, small_parts: None
) -> None:
    store = FileStore()
    lost = iter([True])

    def route(request: Received) -> Reply:
        reply = store(request)
        if request.query.get("complete") == "true" and next(lost, False):
            return (b"HTTP/1.1 200 OK\r\ncontent-le",)
        if request.path.startswith("/v1/operations"):
            return answer(STAGING)
        return reply

    def route_and_hang_up(request: Received) -> Reply:
        pieces = list(route(request))
        yield from pieces
        if pieces[0].endswith(b"content-le"):
            raise ConnectionResetError

    server = start(route_and_hang_up)
    done = connect(server).graphs.get("kg_1").files.upload(TEXT, name="num.txt")
    assert done.operation is not None
    assert done.operation.operation_id == "op_1"
    assert store.content == TEXT


def test_a_stopped_upload_leaves_nothing(start: Start, connect: Connect, small_parts: None) -> None:
    class Stop(KnowledgerClientError):
        pass

    def stop_half_way(done: int, total: int) -> None:
        if done > total / 2:
            raise Stop("Enough.")

    server = start(FileStore())
    with pytest.raises(Stop):
        connect(server).graphs.get("kg_1").files.upload(TEXT, name="num.txt", on_progress=stop_half_way)
    # The part that was cut off may be noticed by the server after what came behind it.
    assert ("DELETE", "/v1/graphs/kg_1/files/f_1") in [(one.method, one.path) for one in server.received]


def test_a_refused_upload_is_not_tried_again(start: Start, connect: Connect) -> None:
    too_large = {"error": {"code": "LimitExceeded", "message": "Too large.", "hint": "At most 1 GB."}}
    server = start(lambda _: answer(too_large, 413))
    with pytest.raises(ApiError, match="At most 1 GB"):
        connect(server).graphs.get("kg_1").files.upload(TEXT, name="num.txt")
    assert len(server.received) == 1


def test_a_connection_that_always_breaks_is_given_up(
    start: Start, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploading, "_BREAKS_IN_A_ROW", 2)
    monkeypatch.setattr(uploading, "_PART_BYTES", 3000)
    server = start(FileStore())
    server.cut_bodies_at.extend([0] * 10)
    with pytest.raises(IncompleteAnswer):
        connect(server).graphs.get("kg_1").files.upload(TEXT, name="num.txt")


def test_an_empty_file_is_a_whole_file(start: Start, connect: Connect, tmp_path: Path) -> None:
    store = FileStore()
    (tmp_path / "empty.csv").touch()
    connect(start(store)).graphs.get("kg_1").files.upload(tmp_path / "empty.csv")
    assert store.complete
    assert store.content == b""
