"""What the commands print where, and the codes they leave with."""

import json
import os
import pty
import subprocess
import time
from pathlib import Path

import pytest

from knowledger import __version__
from tests.cli.conftest import COMMAND, Run, Start, environment
from tests.stand_ins.event_stream import completed, event, progress
from tests.stand_ins.http_server import HangUp, InTurn, Received, Reply, answer, chunked

GRAPH = {
    "graph_id": "kg_1",
    "name": "Filings",
    "created_at": "2026-11-23T12:00:00+00:00",
    "generation": {"generation_id": "g", "number": 2, "created_at": "2026-11-23T12:00:00Z", "counts": {"Fact": 1200}},
}


def operation(status: str, **more: object) -> dict[str, object]:
    created = "2026-11-23T12:00:00+00:00"
    return {"operation_id": "op_1", "operation_type": "x", "status": status, "created_at": created, **more}


class Watched:
    """A server with one operation, which says these events on successive connections and then has this record."""

    def __init__(self, *streams: bytes, record: dict[str, object]) -> None:
        self.streams, self.record = list(streams), record
        self.cancelled = False

    def __call__(self, request: Received) -> Reply:
        if request.method == "DELETE":
            self.cancelled = True
            return answer({"operation_id": "op_1", "status": "running", "message": ""}, 202)
        if not request.path.endswith("/stream"):
            ended = self.cancelled or not self.streams
            return answer(self.record if ended else operation("running"))
        return chunked(self.said(self.streams.pop(0)))

    def said(self, text: bytes) -> Reply:
        yield b"retry: 1\n\n" + text
        if self.streams:
            raise HangUp


def test_help_names_every_command(run: Run) -> None:
    shown = run("--help").stdout
    for name in ("up", "demo", "doctor", "login", "graph", "table", "materialize", "query", "op", "schema", "worker"):
        assert f" {name} " in shown


def test_help_imports_nothing_slow(run: Run, tmp_path: Path) -> None:
    slow = ["httpx", "pydantic", "pyarrow", "duckdb", "sqlalchemy", "fastapi", "celery", "knowledger.client"]
    code = "import sys; import knowledger.cli.main; print([name for name in sys.argv[1:] if name in sys.modules])"
    python = [COMMAND[0], "-c", code, *slow]
    found = subprocess.run(python, env=environment(tmp_path), capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_piped_tables_are_plain_lines(run: Run, start: Start) -> None:
    done = run("graph", "list", url=start(lambda _: answer({"graphs": [GRAPH]})).url)
    assert done.stdout.splitlines() == [
        "graph\tname\trows\tgeneration\tstale\tcreated",
        "kg_1\tFilings\t1200\t2\tfalse\t2026-11-23T12:00:00+00:00",
    ]
    assert done.stderr == ""


def test_json_is_the_whole_answer(run: Run, start: Start) -> None:
    done = run("graph", "list", "--json", url=start(lambda _: answer({"graphs": [GRAPH]})).url)
    assert json.loads(done.stdout)[0]["generation"]["counts"] == {"Fact": 1200}


def test_nobody_there_is_said_with_the_remedy(run: Run) -> None:
    done = run("graph", "list")
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.splitlines() == [
        "✗ Nobody answers at http://127.0.0.1:9.",
        "  → Start the server with `knowledger up`, or name its address with --url or KNOWLEDGER_URL.",
    ]


def test_nothing_is_bought_unasked(run: Run, start: Start) -> None:
    plan = {"plan_name": "standard", "plan_display_name": "Standard", "resource_type": "graph", "price": 4900}
    terms = {"currency": "USD", "billing_interval": "month", "monthly_credits": "100"}
    server = start(lambda _: answer({"plans": [{**plan, **terms}]}))
    done = run("billing", "subscribe", "standard", url=server.url)
    assert done.returncode != 0
    assert "Buy Standard for 49.00 USD, month?" in done.stderr
    assert [request.method for request in server.received] == ["GET"]


def test_a_refusal_shows_each_problem_with_its_place(run: Run, start: Start, tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text("{}")
    problems = [{"place": "nodes[0].key", "problem": "no property 'a'"}, {"place": "nodes[1]", "problem": "twice"}]
    error = {
        "code": "InvalidSchema",
        "message": "Two mistakes.",
        "hint": "Mend them.",
        "details": {"problems": problems},
    }
    server = start(lambda _: answer({"error": error}, 422))
    done = run("graph", "create", "X", "--schema", "schema.json", url=server.url)
    assert done.returncode == 4
    assert done.stderr.splitlines() == [
        "✗ Two mistakes.",
        "  nodes[0].key: no property 'a'",
        "  nodes[1]: twice",
        "  → Mend them.",
    ]
    as_json = run("graph", "create", "X", "--schema", "schema.json", "--json", url=server.url)
    assert json.loads(as_json.stderr)["error"]["code"] == "InvalidSchema"


@pytest.mark.parametrize("arguments", [("graph", "create"), ("nonsense",), ("query", "--format", "xml", "RETURN 1")])
def test_a_wrong_command_leaves_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).returncode == 2


def test_without_a_graph_the_next_step_is_named(run: Run, start: Start) -> None:
    done = run("query", "RETURN 1", url=start(lambda _: answer({"graphs": []})).url)
    assert done.returncode == 2
    assert "knowledger graph create NAME" in done.stderr


def test_of_several_graphs_one_has_to_be_named(run: Run, start: Start) -> None:
    two = [GRAPH, {**GRAPH, "graph_id": "kg_2", "name": "Ledger"}]
    done = run("query", "RETURN 1", url=start(lambda _: answer({"graphs": two})).url)
    assert "Filings (kg_1), Ledger (kg_2)" in done.stderr


def test_a_shared_graph_alone_is_not_the_graph_meant(run: Run, start: Start) -> None:
    shared = {**GRAPH, "graph_id": "sec", "name": "SEC filings", "is_repository": True}
    done = run("query", "RETURN 1", url=start(lambda _: answer({"graphs": [shared]})).url)
    assert "There is no graph yet." in done.stderr


def test_of_many_graphs_it_says_how_many_are_not_named(run: Run, start: Start) -> None:
    many = [{**GRAPH, "graph_id": f"kg_{number}"} for number in range(7)]
    done = run("query", "RETURN 1", url=start(lambda _: answer({"graphs": many})).url)
    assert done.stderr.startswith("✗ 7 graphs could be meant.")
    assert "and 2 more" in done.stderr


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (["Filings"], "POST /v1/graphs/kg_0/connections/link/rehearse"),
        (["Filings", "Banking"], "POST /v1/graphs/kg_1/connections/link/rehearse"),
        (["Filings", "Ledger"], "POST /v1/graphs"),
        ([], "POST /v1/graphs"),
    ],
)
def test_a_made_up_bank_feeds_a_graph_of_its_own_where_none_is_meant(
    run: Run, start: Start, names: list[str], asked: str
) -> None:
    graphs = [{**GRAPH, "graph_id": f"kg_{number}", "name": name} for number, name in enumerate(names)]
    listed = answer({"graphs": graphs})
    refused = answer({"error": {"code": "Busy", "message": "Later."}}, 422)
    server = start(lambda request: listed if (request.method, request.path) == ("GET", "/v1/graphs") else refused)
    assert run("connect", "plaid", "--sandbox", url=server.url).returncode == 4
    assert f"{server.received[-1].method} {server.received[-1].path}" == asked


def test_an_address_that_is_none_is_said(run: Run) -> None:
    assert "neither http:// nor https://" in run("graph", "list", url="knowledger.example").stderr


def test_no_question_is_no_request(run: Run, start: Start) -> None:
    server = start(lambda _: answer({"graphs": [GRAPH]}))
    done = run("ask", "Filings", " ", url=server.url)
    assert (done.returncode, server.received) == (2, [])
    assert "There is no question." in done.stderr


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").stdout == f"knowledger {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("op", "list", "--graph", "Ledger"), ("/v1/operations", "kg_2")),
        (("graph", "show", "--graph", "Ledger"), ("/v1/graphs/kg_2", None)),
        (("graph", "health", "Ledger"), ("/v1/graphs/kg_2/health", None)),
    ],
)
def test_a_graph_is_named_in_the_same_way_everywhere(
    run: Run, start: Start, arguments: tuple[str, ...], asked: tuple[str, str | None]
) -> None:
    two = {"graphs": [GRAPH, {**GRAPH, "graph_id": "kg_2", "name": "Ledger"}]}
    record = answer({**GRAPH, "graph_id": "kg_2"})
    answers = {"/v1/graphs": answer(two), "/v1/graphs/kg_2": record}
    server = start(lambda request: answers.get(request.path, answer({"operations": []})))
    run(*arguments, url=server.url)
    assert asked in [(request.path, request.query.get("graph_id")) for request in server.received]


def test_watching_resumes_and_ends_well(run: Run, start: Start) -> None:
    server = start(Watched(progress(1), progress(2), completed(3), record=operation("completed", result={})))
    done = run("op", "watch", "op_1", url=server.url)
    assert (done.returncode, done.stderr) == (0, "")
    streams = [request for request in server.received if request.path.endswith("/stream")]
    assert [request.headers.get("last-event-id") for request in streams] == [None, "1", "2"]


@pytest.mark.parametrize(
    ("name", "record", "code"),
    [
        ("operation_error", operation("failed", error={"code": "DiskFull", "message": "Full."}), 4),
        ("operation_error", operation("failed", error={"code": "RowsRejected", "message": "3 rows."}), 3),
        ("operation_cancelled", operation("cancelled"), 5),
    ],
)
def test_how_an_operation_ended_is_the_exit_code(
    run: Run, start: Start, name: str, record: dict[str, object], code: int
) -> None:
    server = start(Watched(event(1, name), record=record))
    assert run("op", "watch", "op_1", url=server.url).returncode == code


def test_a_query_streams_csv_into_a_pipe(run: Run, start: Start) -> None:
    def route(request: Received) -> Reply:
        if request.method == "GET":
            return answer({"graphs": [GRAPH]})
        assert request.headers["accept"] == "text/csv"
        return chunked([b"n\r\n", b"1\r\n"], "text/csv")

    assert run("query", "RETURN 1 AS n", "--format", "csv", url=start(route).url).stdout == "n\n1\n"


def test_parameters_are_read_as_json_or_text(run: Run, start: Start) -> None:
    server = start(
        InTurn([lambda _: answer({"graphs": [GRAPH]}), lambda _: answer({"columns": ["n"], "data": [{"n": None}]})])
    )
    run("query", "RETURN $a", "-p", "a=1", "-p", "b=x=y", url=server.url)
    assert json.loads(server.received[1].body)["parameters"] == {"a": 1, "b": "x=y"}


class Shown:
    """A command at a terminal, as a person sees it and types into it."""

    def __init__(self, home: Path, url: str, *arguments: str) -> None:
        self.ours, theirs = pty.openpty()
        told = environment(home, KNOWLEDGER_URL=url, KNOWLEDGER_API_KEY="kn_test", TERM="xterm-256color", COLUMNS="110")
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], env=told, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=_take_terminal,
        )  # fmt: skip
        os.close(theirs)
        self.text = ""

    def until(self, words: str) -> None:
        while words not in self.text:
            self.text += os.read(self.ours, 4096).decode(errors="replace")

    def press(self, keys: bytes) -> None:
        os.write(self.ours, keys)

    def end(self) -> int:
        try:
            while chunk := os.read(self.ours, 4096):
                self.text += chunk.decode(errors="replace")
        except OSError:  # the terminal hangs up when its last user leaves
            pass
        os.close(self.ours)
        return self.process.wait(10)


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


CTRL_C = b"\x03"


def lasting(record: dict[str, object]) -> Watched:
    """An operation that says one thing and then nothing, until it is cancelled."""

    class Lasting(Watched):
        def said(self, text: bytes) -> Reply:
            yield text
            while not self.cancelled:
                yield b": ping\n\n"
                time.sleep(0.02)
            yield event(2, "operation_cancelled", reason="asked")

    told = progress(1, rows_done=81200, rows_total=126650, progress_percent=64.0, rate=1.2e6, eta_seconds=3)
    return Lasting(told, b"", record=record)


def test_a_bar_tells_rows_rate_and_time_left(start: Start, tmp_path: Path) -> None:
    server = start(lasting(operation("cancelled")))
    shown = Shown(tmp_path, server.url, "op", "watch", "op_1")
    shown.until("81,200 of 126,650 rows · 1.2 M rows/s · 3 s left")
    shown.press(CTRL_C)
    shown.until("etach")
    shown.press(b"d\r")
    assert shown.end() == 6
    assert "knowledger op watch op_1" in shown.text


def test_ctrl_c_offers_to_cancel(start: Start, tmp_path: Path) -> None:
    route = lasting(operation("cancelled"))
    shown = Shown(tmp_path, start(route).url, "op", "watch", "op_1")
    shown.until("rows")
    shown.press(CTRL_C)
    shown.until("etach")
    shown.press(b"c\r")
    assert shown.end() == 5
    assert route.cancelled


def test_a_second_ctrl_c_detaches(start: Start, tmp_path: Path) -> None:
    route = lasting(operation("cancelled"))
    shown = Shown(tmp_path, start(route).url, "op", "watch", "op_1")
    shown.until("rows")
    shown.press(CTRL_C)
    shown.until("etach")
    shown.press(CTRL_C)
    assert shown.end() == 6
    assert not route.cancelled
