"""The client on the whole stack while its API is killed again and again."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from knowledger.client import Client, ConnectionFailed
from knowledger.client.json import JsonObject
from tests.stack import Stack, running_stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

ROWS = 300_000
SCHEMA: JsonObject = {
    "nodes": [
        {
            "name": "Trade",
            "key": ["trade_id"],
            "properties": [{"name": "trade_id", "type": "int"}, {"name": "amount", "type": "decimal(18,2)"}],
        }
    ]
}


@pytest.fixture(scope="module")
def home(server_directory: Path) -> Path:
    return server_directory / "restarts"


@pytest.fixture(scope="module")
def stack(home: Path) -> Iterator[Stack]:
    with running_stack(home) as started:
        yield started


def kill_api(home: Path) -> None:
    """`kill -9` of the API, unless it is dead already. The supervisor starts another."""
    supervisor = psutil.Process(json.loads((home / "lock").read_text())["pid"])
    for child in supervisor.children():
        with suppress(psutil.NoSuchProcess):
            if "knowledger.api" in child.cmdline():
                child.kill()


def until_ready(stack: Stack) -> None:
    while True:
        with suppress(httpx.TransportError):
            if httpx.get(f"{stack.url}/readyz").is_success:
                return
        time.sleep(0.05)


def test_every_event_comes_once_and_in_order_through_kills_of_the_api(home: Path, stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "Trade.csv").write_text("trade_id,amount\n" + "".join(f"{n},{n}.25\n" for n in range(ROWS)))
    until_ready(stack)
    with Client(stack.url, stack.api_key) as kn:
        graph = kn.graphs.create("Trades", schema=SCHEMA).result(timeout=60)
        operation = graph.tables["Trade"].load(tmp_path / "Trade.csv")
        seen = []
        for event in operation.events(timeout=120):
            seen.append(event.sequence_number)
            if len(seen) in (2, 4, 6):
                kill_api(home)
        assert seen == list(range(1, len(seen) + 1))
        assert operation.result(timeout=60).rows_accepted == ROWS


def test_an_upload_goes_on_after_a_kill_of_the_api(
    home: Path, stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledger.client.uploads._PART_BYTES", 1 << 20)
    (tmp_path / "Trade.csv").write_text("trade_id,amount\n" + "".join(f"{n},{n}.25\n" for n in range(ROWS)))
    killed = threading.Event()

    def kill_half_way(done: int, total: int) -> None:
        if done > total / 2 and not killed.is_set():
            killed.set()
            kill_api(home)

    until_ready(stack)
    with Client(stack.url, stack.api_key) as kn:
        graph = kn.graphs.create("Trades", schema=SCHEMA).result(timeout=60)
        operation = graph.tables["Trade"].load(tmp_path / "Trade.csv", on_progress=kill_half_way)
        assert operation.result(timeout=60).rows_read == ROWS
        assert graph.files.list()[0].size_bytes == (tmp_path / "Trade.csv").stat().st_size


def test_a_stack_that_is_gone_is_said(home: Path) -> None:
    with pytest.raises(ConnectionFailed), Client("http://127.0.0.1:9") as kn:
        kn.graphs.list()
