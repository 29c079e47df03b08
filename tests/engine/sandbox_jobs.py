"""Jobs for the tests of the sandbox: small probes of what a child can and cannot do."""

import errno
import json
import mmap
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import ladybug

from knowledger.domain.operations.progress import Progress
from knowledger.engine.sandbox.frames import receive_frame, send_frame
from knowledger.kernel.errors import Conflict
from knowledger.kernel.json import JsonObject

Report = Callable[[Progress], None]


class TooSpicy(Conflict):
    """This is too spicy."""

    hint = "Add yoghurt."


def attempt(action: Callable[[], object]) -> str:
    try:
        return f"done: {action()}"
    except Exception as error:
        return type(error).__name__


def echo(request: JsonObject, report: Report) -> JsonObject:
    return request


def count_up(request: JsonObject, report: Report) -> JsonObject:
    for number in range(3):
        report(Progress(f"{number} of 3", step="counting", percent=number / 3 * 100, rows_done=number))
    return {"counted": 3}


def surroundings(request: JsonObject, report: Report) -> JsonObject:
    raw = Path("/proc/self/environ").read_bytes().decode()
    return {
        "environment": dict(os.environ),
        "raw_environment": raw,
        "open_files": [path.name for path in sorted(Path("/proc/self/fd").iterdir())],
        "temporary": tempfile.gettempdir(),
        "working": str(Path.cwd()),
        "ladybug_ready": "ladybug._lbug" in sys.modules,
        "session_leader": os.getsid(0) == os.getpid(),
    }


def touch_files(request: JsonObject, report: Report) -> JsonObject:
    listed = Path(str(request["readable"]))
    scratch = Path(str(request["scratch"]))
    other = Path(str(request["other"]))
    return {
        "read listed": attempt(listed.read_text),
        "write listed": attempt(lambda: listed.write_text("x")),
        "write scratch": attempt(lambda: (scratch / "made").write_text("abc")),
        "read scratch": attempt((scratch / "made").read_text),
        "rename in scratch": attempt(lambda: (scratch / "made").rename(scratch / "renamed").name),
        "link in scratch": attempt(lambda: (scratch / "link").symlink_to("/etc/passwd")),
        "read other": attempt(other.read_text),
        "write other": attempt(lambda: other.write_text("x")),
        "list other": attempt(lambda: list(other.parent.iterdir())),
        "read passwd": attempt(Path("/etc/passwd").read_text),
        "read zygote": attempt(Path(f"/proc/{os.getppid()}/environ").read_text),
    }


def reach_out(request: JsonObject, report: Report) -> JsonObject:
    host, port = "127.0.0.1", int(str(request["port"]))

    def send_datagram() -> int:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
            return udp.sendto(b"x", (host, port))

    def connect_unix() -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as unix:
            unix.connect(str(request["zygote"]))

    return {
        "tcp": attempt(lambda: socket.create_connection((host, port), timeout=1)),
        "udp": attempt(send_datagram),
        "unix": attempt(connect_unix),
        "program": attempt(lambda: subprocess.run(["/bin/true"], check=True)),
        "fork": attempt(os.fork),
        "signal": attempt(lambda: os.kill(int(str(request["pid"])), 0)),
    }


def hoard(request: JsonObject, report: Report) -> JsonObject:
    kept = []
    while True:
        kept.append(bytearray(b"x") * 16 * 2**20)
        report(Progress("hoarding"))


def hoard_shared(request: JsonObject, report: Report) -> JsonObject:
    shared = mmap.mmap(-1, 8 * 2**30)
    for offset in range(0, len(shared), mmap.PAGESIZE):
        shared[offset] = 1
    return {}


def hoard_in_duckdb(request: JsonObject, report: Report) -> JsonObject:
    duckdb.execute("SELECT repeat('a', 4000000000)").fetchall()
    return {}


def hoard_in_ladybug(request: JsonObject, report: Report) -> JsonObject:
    database = ladybug.Database(":memory:", max_db_size=2**36)
    ladybug.Connection(database).execute("UNWIND range(1, 300000000) AS x RETURN count(x)")
    return {}


def idle(request: JsonObject, report: Report) -> JsonObject:
    """Silent for good. Leaves its process id where the test looks for it."""
    if "pid_path" in request:
        Path(str(request["pid_path"])).write_text(str(os.getpid()))
    while True:
        time.sleep(60)


def spin(request: JsonObject, report: Report) -> JsonObject:
    while True:
        pass


def raise_known(request: JsonObject, report: Report) -> JsonObject:
    raise TooSpicy("The soup is too spicy.", hint="Add cream.", scoville=12_000)


def raise_unknown(request: JsonObject, report: Report) -> JsonObject:
    raise ValueError(f"a secret of {Path.cwd()}")


def fill_disk(request: JsonObject, report: Report) -> JsonObject:
    try:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/somewhere")
    except OSError as error:
        raise RuntimeError("while writing") from error


def run_out_of_memory(request: JsonObject, report: Report) -> JsonObject:
    raise MemoryError


def abort(request: JsonObject, report: Report) -> JsonObject:
    os.abort()


def talk_nonsense(request: JsonObject, report: Report) -> JsonObject:
    os.write(3, b"\xff\xff\xff\xffnonsense")  # its connection
    return {}


def echo_frames(request: JsonObject, connection: socket.socket) -> None:
    send_frame(connection, {"ready": request})
    while (message := receive_frame(connection)) is not None:
        send_frame(connection, {"echo": message})


def tell_time(request: JsonObject, connection: socket.socket) -> None:
    send_frame(connection, {"running_at": time.monotonic()})


def make_graph(request: JsonObject, report: Report) -> JsonObject:
    with ladybug.Database(str(request["graph"]), max_db_size=2**30) as database, ladybug.Connection(database) as graph:
        graph.execute("CREATE NODE TABLE Bank(name STRING PRIMARY KEY)")
        graph.execute("CREATE (:Bank {name: 'Fern'}), (:Bank {name: 'Moss'})")
    return {}


def read_graph(request: JsonObject, report: Report) -> JsonObject:
    database = ladybug.Database(str(request["graph"]), read_only=True, max_db_size=2**30)
    graph = ladybug.Connection(database)
    counted = list(graph.execute("MATCH (b:Bank) RETURN count(b)"))
    lake = duckdb.connect()
    scratch, outside = request["scratch"], request["outside"]
    lake.execute(f"COPY (SELECT range AS n FROM range(10)) TO '{scratch}/n.parquet'")
    return {
        "banks": json.loads(json.dumps(counted)),
        "rows": attempt(lambda: lake.execute(f"SELECT sum(n)::INT FROM '{scratch}/n.parquet'").fetchall()),
        "ladybug passwd": attempt(lambda: graph.execute("LOAD FROM '/etc/passwd' (file_format='csv') RETURN *")),
        "ladybug copy out": attempt(lambda: graph.execute(f"COPY (MATCH (b:Bank) RETURN b.name) TO '{outside}'")),
        "duckdb passwd": attempt(lambda: lake.execute("SELECT * FROM read_text('/etc/passwd')").fetchall()),
        "duckdb copy out": attempt(lambda: lake.execute(f"COPY (SELECT 1) TO '{outside}'")),
    }


def spend(request: JsonObject, report: Report) -> JsonObject:
    """Wall-clock seconds of a sum in the engine, to compare inside with outside."""
    started = time.monotonic()
    duckdb.execute("SELECT sum(hash(range)) FROM range(20000000)").fetchall()
    return {"took_s": timedelta(seconds=time.monotonic() - started).total_seconds()}


JOBS = {
    name: f"{__name__}:{name}"
    for name in (
        *("echo", "count_up", "surroundings", "touch_files", "reach_out"),
        *("hoard", "hoard_shared", "hoard_in_duckdb", "hoard_in_ladybug", "idle", "spin"),
        *("raise_known", "raise_unknown", "fill_disk", "run_out_of_memory", "abort"),
        *("talk_nonsense", "echo_frames", "tell_time", "make_graph", "spend"),
    )
} | {"read_a_graph": f"{__name__}:read_graph", "read_unguarded": "tests.engine.host.unguarded:serve"}
