"""How long a stack that has started before takes until its API says that it is ready."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from signal import SIGTERM
from statistics import median

from benchmarks.figure import Bench, Line
from benchmarks.units import seconds
from knowledger.up.port import free_port

MARK_S = 6.0
PATIENCE_S = 120
LOOK_EVERY_S = 0.02


def measure(bench: Bench) -> Iterator[Line]:
    first = _start_and_stop(bench)
    again = median(_start_and_stop(bench) for _ in range(bench.size(5, 2)))
    what = "second start of `knowledger up` until /readyz answers"
    yield Line(what, seconds(again), wanted=f"≤ {MARK_S:g} s", reached=again <= MARK_S)
    yield Line("first start, which makes the database", seconds(first))


def _start_and_stop(bench: Bench) -> float:
    """Seconds from the start of the program to the first good answer."""
    home, port = bench.directory / "home", free_port("127.0.0.1")
    environment = os.environ | {"KNOWLEDGER_HOME": str(home), "KNOWLEDGER_PORT": str(port)}
    program = Path(sys.executable).with_name("knowledger")
    with (bench.directory / "up.log").open("ab") as log:
        began = time.perf_counter()
        with subprocess.Popen([program, "up"], env=environment, stdout=log, stderr=log) as process:
            try:
                while not _ready(f"http://127.0.0.1:{port}/readyz"):
                    if process.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                        raise RuntimeError("the stack did not start")
                    time.sleep(LOOK_EVERY_S)
                return time.perf_counter() - began
            finally:
                process.send_signal(SIGTERM)


def _ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
