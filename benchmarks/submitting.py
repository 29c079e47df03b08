"""From POST to the client's `operation_started` and to its end, against an empty Celery task on the same broker."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from benchmarks.api import PATIENCE_S, Api, Listening
from benchmarks.empty_task import MOMENT, NAME, app
from benchmarks.figure import Bench, Line, at_most
from benchmarks.fresh import ROOT
from benchmarks.units import delays
from knowledger.kernel.json import JsonObject
from knowledger.up.stack import embedded_valkey
from tests.stack import Stack, running_stack

WARMING = 5
WANTED_S = 0.3
GRAPH: JsonObject = {
    "name": "Benchmark",
    "tier": "xlarge",
    "schema": {"nodes": [{"name": "Person", "key": "id", "properties": [{"name": "id", "type": "string"}]}]},
}


@dataclass
class Delays:
    """In seconds."""

    started: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)


def measure(bench: Bench) -> Iterator[Line]:
    with running_stack(bench.directory / "home") as stack, _bare_task(bench, stack) as bare:
        found = _delays(stack, bare, bench.size(200, 20))
    ratio = median(found.started) / median(found.raw)
    what = "POST → operation_started at the client, against an empty Celery task's enqueue → start: p50"
    yield at_most(3, what, delays(found.started), delays(found.raw), ratio)
    yield Line("POST → its answer (202)", delays(found.answered))
    created = median(found.ended)
    what = "create_graph: POST → operation_completed at the client: p50"
    yield Line(what, delays(found.ended), wanted=f"≤ {WANTED_S:g} s", reached=created <= WANTED_S)


def _delays(stack: Stack, bare: "_BareTask", samples: int) -> Delays:
    """Taken in turns."""
    api = Api(stack)
    listening = Listening(stack, "/events?event=operation_started,operation_completed,operation_error")
    found = Delays()
    for number in range(WARMING + samples):
        sent = time.perf_counter()
        api.post("/graphs", GRAPH)
        answered = time.perf_counter()
        started, ended = listening.next("operation_started"), listening.next("operation_completed")
        raw = bare.delay()
        if number >= WARMING:
            found.answered.append(answered - sent)
            found.started.append(started.at - sent)
            found.ended.append(ended.at - sent)
            found.raw.append(raw)
    return found


class _BareTask:
    def __init__(self, broker_url: str, heard: socket.socket) -> None:
        self._app = app(broker_url)
        self._heard = heard

    def delay(self) -> float:
        sent = time.perf_counter()
        self._app.send_task(NAME, retry=False)
        (started,) = MOMENT.unpack(self._heard.recv(MOMENT.size))
        return float(started) - sent


@contextmanager
def _bare_task(bench: Bench, stack: Stack) -> Iterator[_BareTask]:
    broker_url = embedded_valkey(stack.settings).url()
    path = str(bench.directory / "started.sock")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(path)
        heard.settimeout(PATIENCE_S)
        command = [sys.executable, "-W", "ignore", "-m", "benchmarks.empty_task", broker_url, path]
        with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL) as worker:
            try:
                yield _BareTask(broker_url, heard)
            finally:
                worker.terminate()
