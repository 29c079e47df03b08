"""From a worker's journal to a client of the event stream, against a bare NOTIFY on the same server."""

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from queue import SimpleQueue
from statistics import median
from typing import ClassVar

import psycopg
from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from benchmarks.api import PATIENCE_S, Listening
from benchmarks.figure import Bench, Line, at_most
from benchmarks.units import delays
from knowledger.domain.operations.claim import claim
from knowledger.domain.operations.command import Command
from knowledger.domain.operations.journal import Journal
from knowledger.domain.operations.progress import Progress
from knowledger.domain.operations.straight import straight
from knowledger.domain.operations.submit import submit
from knowledger.up.first_start import read_credentials
from knowledger.wiring import Wiring
from tests.stack import Stack, running_stack

GAP_S = 0.002
WARMING = 20


class Talk(Command):
    """Operations that no worker takes up: this process is their worker."""

    kind: ClassVar[str] = "benchmark"


def measure(bench: Bench) -> Iterator[Line]:
    with running_stack(bench.directory / "home") as stack:
        ours, raw = _delays(stack, bench.size(3_000, 300))
    what = "worker → client event, against NOTIFY → LISTEN: p50"
    yield at_most(3, what, delays(ours), delays(raw), median(ours) / median(raw))


def _delays(stack: Stack, samples: int) -> tuple[list[float], list[float]]:
    """In seconds, taken in turns."""
    journal, operation_id = _running_operation(stack)
    listening = Listening(stack, f"/operations/{operation_id}/stream")
    bare = _Bare(stack)
    ours: list[float] = []
    raw: list[float] = []
    for number in range(WARMING + samples):
        step = f"step {number}"
        sent = time.perf_counter()
        journal.progress(Progress("Benchmark", step=step))
        while (heard := listening.next()).data.get("step") != step:
            pass
        ours.append(heard.at - sent)
        time.sleep(GAP_S)
        raw.append(bare.delay())
        time.sleep(GAP_S)
    return ours[WARMING:], raw[WARMING:]


def _running_operation(stack: Stack) -> tuple[Journal, str]:
    url = stack.database.url.render_as_string(hide_password=False)
    unhurried = Wiring(stack.settings.model_copy(update={"database_url": SecretStr(url)})).unhurried
    credentials = read_credentials(stack.settings.home)
    assert credentials is not None
    with Session(stack.database) as session, session.begin():
        operation_id = submit(
            session, Talk(), organization_id=credentials.organization_id, user_id=stack.user_id, graph_id=None
        ).id
    with straight(unhurried) as driver, driver.transaction():
        taken = claim(driver, operation_id, lease=timedelta(hours=1), time_allowed=timedelta(hours=1))
    assert taken is not None
    return Journal(*taken, unhurried), operation_id


class _Bare:
    """One connection that notifies and one that listens, in a thread, as `Listening` does."""

    def __init__(self, stack: Stack) -> None:
        url = make_url(stack.database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._speaker = psycopg.connect(url, autocommit=True)
        self._listener = psycopg.connect(url, autocommit=True)
        self._listener.execute("LISTEN benchmark")
        self._heard: SimpleQueue[float] = SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def delay(self) -> float:
        sent = time.perf_counter()
        self._speaker.execute("NOTIFY benchmark")
        return self._heard.get(timeout=PATIENCE_S) - sent

    def _listen(self) -> None:
        with suppress(psycopg.OperationalError):  # at the end, when the server stops
            for _ in self._listener.notifies():
                self._heard.put(time.perf_counter())
