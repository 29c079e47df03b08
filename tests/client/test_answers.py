"""What the client makes of answers, and of those that break off: half of one is never taken for the whole."""

import importlib
import inspect
import io
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import anyio
import pyarrow as pa
import pytest

from knowledger.client import (
    ApiError,
    AsyncClient,
    Client,
    IncompleteAnswer,
    OperationCancelled,
    OperationFailed,
    UnexpectedAnswer,
    asynchronous,
    sync,
)
from tests.client.conftest import Start
from tests.stand_ins.http_server import HangUp, HttpStandIn, InTurn, Received, Reply, answer, chunked

Connect = Callable[[HttpStandIn], Client]
ARROW = "application/vnd.apache.arrow.stream"


def operation(status: str, **more: object) -> dict[str, object]:
    created = "2026-11-23T12:00:00+00:00"
    return {"operation_id": "op_1", "operation_type": "x", "status": status, "created_at": created, **more}


def arrow_bytes(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def breaking_off(text: bytes, content_type: str) -> Callable[[Received], Reply]:
    def chunks() -> Iterator[bytes]:
        yield text
        raise HangUp

    return lambda _: chunked(chunks(), content_type)


def test_rows_and_columns_come_from_one_request(start: Start, connect: Connect) -> None:
    server = start(lambda _: answer({"columns": ["n"], "data": [{"n": 1}], "row_count": 1, "truncated": False}))
    result = connect(server).graphs.get("kg_1").query("RETURN $n AS n", {"n": 1}, timeout=3)
    assert (result.columns, result.rows) == (("n",), ({"n": 1},))
    assert [request.json() for request in server.received] == [
        {"query": "RETURN $n AS n", "parameters": {"n": 1}, "timeout": 3}
    ]


def test_rows_stream_before_the_answer_is_whole(start: Start, connect: Connect) -> None:
    server = start(lambda _: chunked([b'{"n": 1}\n{"n"', b": 2}\n"], "application/x-ndjson"))
    assert list(connect(server).graphs.get("kg_1").sql("SELECT n FROM t")) == [{"n": 1}, {"n": 2}]


@pytest.mark.parametrize("text", [b'{"n": 1}\n', b'{"n": 1}\n{"n', b""])
def test_rows_that_break_off_are_an_error(start: Start, connect: Connect, text: bytes) -> None:
    server = start(breaking_off(text or b"\n", "application/x-ndjson"))
    with pytest.raises(IncompleteAnswer):
        list(connect(server).graphs.get("kg_1").query("MATCH …"))


def test_a_last_row_without_its_end_is_an_error(start: Start, connect: Connect) -> None:
    server = start(lambda _: chunked([b'{"n": 1}\n{"n": 2}'], "application/x-ndjson"))
    with pytest.raises(IncompleteAnswer):
        list(connect(server).graphs.get("kg_1").query("MATCH …"))


def test_json_that_breaks_off_is_an_error(start: Start, connect: Connect) -> None:
    server = start(breaking_off(b'{"columns": ["n"], "data": [{"n": 1}', "application/json"))
    with pytest.raises(IncompleteAnswer):
        _ = connect(server).graphs.get("kg_1").query("MATCH …").rows


def test_a_body_whose_end_nobody_can_see_is_an_error(start: Start, connect: Connect) -> None:
    def until_close(_: Received) -> Reply:
        yield b'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"columns": [], "data": []}'
        raise HangUp

    with pytest.raises(IncompleteAnswer, match="where its answer ends"):
        _ = connect(start(until_close)).graphs.get("kg_1").query("MATCH …").rows


def test_arrow_comes_as_it_was_sent(start: Start, connect: Connect) -> None:
    table = pa.table({"n": [1, 2], "name": ["a", None]})
    server = start(lambda _: answer(arrow_bytes(table), content_type=ARROW))
    assert connect(server).graphs.get("kg_1").query("MATCH …").to_arrow() == table
    assert server.received[0].headers["accept"] == ARROW


def test_arrow_without_its_end_mark_is_an_error(start: Start, connect: Connect) -> None:
    whole = arrow_bytes(pa.table({"n": [1, 2]}))
    server = start(lambda _: answer(whole[:-8], content_type=ARROW))
    with pytest.raises(IncompleteAnswer, match="end mark"):
        connect(server).graphs.get("kg_1").query("MATCH …").to_arrow()


def test_a_csv_file_appears_only_whole(start: Start, connect: Connect, tmp_path: Path) -> None:
    server = start(
        InTurn([breaking_off(b"n\r\n1\r\n", "text/csv"), lambda _: chunked([b"n\r\n", b"1\r\n"], "text/csv")])
    )
    result = connect(server).graphs.get("kg_1").query("MATCH …")
    with pytest.raises(IncompleteAnswer):
        result.to_csv(tmp_path / "n.csv")
    assert list(tmp_path.iterdir()) == []
    result.to_csv(tmp_path / "n.csv")
    assert (tmp_path / "n.csv").read_bytes() == b"n\r\n1\r\n"


def test_the_servers_refusal_comes_with_code_and_hint(start: Start, connect: Connect) -> None:
    error = {"code": "Conflict", "message": "No.", "hint": "Yes.", "details": {"at": 1}}
    with pytest.raises(ApiError) as caught:
        connect(start(lambda _: answer({"error": error}, 409))).graphs.list()
    assert (caught.value.code, caught.value.status, caught.value.details) == ("Conflict", 409, {"at": 1})


def test_a_page_of_another_program_is_not_taken_for_an_answer(start: Start, connect: Connect) -> None:
    page = start(lambda _: answer(b"<html>", content_type="text/html"))
    with pytest.raises(UnexpectedAnswer, match="not JSON"):
        connect(page).graphs.list()


def test_a_post_is_repeated_under_the_same_key_when_its_answer_is_lost(start: Start, connect: Connect) -> None:
    def hangs_up(_: Received) -> Reply:
        raise HangUp

    server = start(InTurn([hangs_up, lambda _: answer(operation("pending"), 202)]))
    assert connect(server).graphs.create("Filings").operation_id == "op_1"
    first, second = (request.headers["idempotency-key"] for request in server.received)
    assert first == second


def test_a_created_graph_is_the_result_of_its_operation(start: Start, connect: Connect) -> None:
    done = operation("completed", result={"graph_id": "kg_9", "name": "Filings"})
    server = start(InTurn([lambda _: answer(operation("pending"), 202), lambda _: answer(done)]))
    assert connect(server).graphs.create("Filings").result().graph_id == "kg_9"


def test_a_graph_is_asked_for_with_its_extensions(start: Start, connect: Connect) -> None:
    server = start(lambda _: answer(operation("pending"), 202))
    connect(server).graphs.create("Books", extensions=["ledger", "banking"])
    assert [request.json() for request in server.received] == [{"name": "Books", "extensions": ["ledger", "banking"]}]


def test_a_failed_operation_raises_what_the_server_said(start: Start, connect: Connect) -> None:
    failed = operation(
        "failed", error={"code": "DiskFull", "message": "Full.", "hint": "Free some.", "retryable": True}
    )
    with pytest.raises(OperationFailed) as caught:
        connect(start(lambda _: answer(failed))).operations.get("op_1").result()
    assert (caught.value.code, caught.value.hint, caught.value.retryable) == ("DiskFull", "Free some.", True)


def test_a_cancelled_operation_has_no_result(start: Start, connect: Connect) -> None:
    with pytest.raises(OperationCancelled):
        connect(start(lambda _: answer(operation("cancelled")))).operations.get("op_1").result()


def test_the_async_client_gives_the_same_answers(start: Start) -> None:
    table = pa.table({"n": [1]})
    server = start(
        InTurn(
            [
                lambda _: answer({"columns": ["n"], "data": [{"n": 1}]}),
                lambda _: chunked([b'{"n": 1}\n'], "application/x-ndjson"),
                lambda _: answer(arrow_bytes(table), content_type=ARROW),
            ]
        )
    )

    async def ask() -> tuple[object, object, object]:
        async with AsyncClient(server.url) as kn:
            result = kn.graphs.get("kg_1").query("MATCH …")
            return await result.rows(), [row async for row in result], await result.to_arrow()

    assert anyio.run(ask) == (({"n": 1},), [{"n": 1}], table)


def classes(package: ModuleType) -> dict[str, type]:
    """Every class that a module of the package defines."""
    modules = [
        importlib.import_module(found.name) for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
    ]
    return {
        name: kind
        for module in modules
        for name, kind in vars(module).items()
        if inspect.isclass(kind) and kind.__module__ == module.__name__
    }


def public_surface(kind: type) -> dict[str, list[str]]:
    found = {name: member for name, member in vars(kind).items() if not name.startswith("_")}
    return {name: list(inspect.signature(member).parameters) for name, member in found.items() if callable(member)}


BLOCKING, AWAITING = classes(sync), classes(asynchronous)


@pytest.mark.parametrize("name", [name for name in BLOCKING if not name.startswith("_")])
def test_both_clients_offer_the_same(name: str) -> None:
    blocking, awaiting = public_surface(BLOCKING[name]), public_surface(AWAITING[f"Async{name}"])
    as_properties = {"answer", "columns", "rows"} if name == "QueryResult" else set()
    assert {key: awaiting[key] for key in awaiting.keys() - as_properties} == blocking
