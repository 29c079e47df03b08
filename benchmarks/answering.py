"""Answers of a model, live: from the provider's word to the client's, one alone and fifty at once, and a cancel."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import httpx

from benchmarks.figure import Bench, Line
from benchmarks.fresh import ROOT
from benchmarks.units import delays
from tests.stack import Stack, running_stack

FIRST_S, ADDED_S, CANCEL_S = 0.3, 0.035, 0.5
AT_ONCE = 50


@dataclass
class Provider:
    """The stamping model's process."""

    process: subprocess.Popen[str]
    url: str

    def hung_up_at(self) -> float:
        assert self.process.stdout is not None
        return float(self.process.stdout.readline())


def measure(bench: Bench) -> Iterator[Line]:
    words = bench.size(100, 20)
    with _provider() as provider, running_stack(bench.directory / "home", dagster="off") as stack:
        graph_id = _prepared(stack, provider)
        asyncio.run(_answers(stack, graph_id, 1, 5))  # the model library is loaded with the first question
        alone = [answer[0] for _ in range(bench.size(20, 3)) for answer in asyncio.run(_answers(stack, graph_id, 1, 3))]
        together = [late for answer in asyncio.run(_answers(stack, graph_id, AT_ONCE, words)) for late in answer]
        cancels = [_cancel(stack, graph_id, provider) for _ in range(bench.size(10, 3))]
    yield _line("the provider's first word → the client's first text: p50", alone, FIRST_S)
    what = f"the provider's word → the same at the client, {AT_ONCE} streams at once of 25 words a second: p50"
    yield _line(what, together, ADDED_S)
    yield _line("DELETE → the provider's socket is closed: p50", cancels, CANCEL_S)


def _line(what: str, seconds: list[float], wanted_s: float) -> Line:
    return Line(what, delays(seconds), wanted=f"≤ {1e3 * wanted_s:g} ms", reached=median(seconds) <= wanted_s)


@contextmanager
def _provider() -> Iterator[Provider]:
    command = [sys.executable, "-m", "benchmarks.stamping_model"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Provider(process, process.stdout.readline().strip())
        finally:
            process.kill()


def _prepared(stack: Stack, provider: Provider) -> str:
    with _client(stack) as api:
        created = api.post("/graphs", json={"name": "Benchmark", "extensions": ["ledger"]}).json()
        while api.get(f"/operations/{created['operation_id']}").json()["status"] != "completed":
            time.sleep(0.05)
        organization_id = api.get("/orgs").json()["orgs"][0]["org_id"]
        choice = {"provider": "anthropic", "model": "claude-sonnet-4-6", "base_url": provider.url, "key": "none"}
        api.put(f"/orgs/{organization_id}/model", json=choice).raise_for_status()
        return str(created["graph_id"])


async def _answers(stack: Stack, graph_id: str, at_once: int, words: int) -> list[list[float]]:
    """For each answer how late each of its words came."""
    limits = httpx.Limits(max_connections=at_once)
    headers = {"X-API-Key": stack.api_key, "Accept": "text/event-stream"}
    async with httpx.AsyncClient(base_url=f"{stack.url}/v1", headers=headers, timeout=120, limits=limits) as client:
        return await asyncio.gather(*(_answer(client, graph_id, words) for _ in range(at_once)))


async def _answer(client: httpx.AsyncClient, graph_id: str, words: int) -> list[float]:
    late: list[float] = []
    body = {"message": str(words), "mode": "quick"}
    async with client.stream("POST", f"/graphs/{graph_id}/agent", json=body) as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: ") and '"offset":' in line:
                now = time.monotonic()
                late += [now - float(word) for word in json.loads(line[6:])["text"].split()]
    assert len(late) == words
    return late


def _cancel(stack: Stack, graph_id: str, provider: Provider) -> float:
    with _client(stack) as api:
        asked = api.post(f"/graphs/{graph_id}/agent", json={"message": "500", "mode": "quick"}).json()
        where = f"/operations/{asked['operation_id']}"
        while not any(event["event"] == "text_delta" for event in api.get(f"{where}/events").json()["events"]):
            time.sleep(0.02)
        began = time.monotonic()
        api.delete(where)
        return provider.hung_up_at() - began


def _client(stack: Stack) -> httpx.Client:
    return httpx.Client(base_url=f"{stack.url}/v1", headers={"X-API-Key": stack.api_key}, timeout=60)
