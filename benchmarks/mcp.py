"""A tool call by the Model Context Protocol, beside the same query through the API's own route."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from statistics import median
from typing import Literal

import anyio
import httpx2
from mcp import Client as McpClient
from mcp.client.streamable_http import streamable_http_client

from benchmarks.figure import Bench, Line
from benchmarks.units import delays
from knowledger.client import Client
from knowledger.examples.accounting import run
from knowledger.kernel.json import JsonObject
from tests.stack import Stack, running_stack

MOST_S = 0.010
WARMING = 20
QUERY = "MATCH (a:Account) RETURN count(*) AS accounts"
ACCOUNTS = 42
LEGACY, MODERN = "2025-11-25", "2026-07-28"
_META: JsonObject = {
    "io.modelcontextprotocol/protocolVersion": MODERN,
    "io.modelcontextprotocol/clientInfo": {"name": "benchmark", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
Call = Callable[[], Awaitable[None]]


def measure(bench: Bench) -> Iterator[Line]:
    with running_stack(bench.directory / "home") as stack:
        with Client(stack.url, stack.api_key) as client:
            graph_id = run.load(client).graph_id
        took = anyio.run(_taken_in_turns, stack, graph_id, bench.size(500, 50))
    beside = took.pop("route")
    for way, ours in took.items():
        what = f"tools/call of run_cypher, {way}, against POST …/query: p50"
        ratio = f"{median(ours) / median(beside):.2f} ×"
        yield Line(what, delays(ours), delays(beside), ratio, f"≤ {1e3 * MOST_S:g} ms", median(ours) <= MOST_S)


async def _taken_in_turns(stack: Stack, graph_id: str, samples: int) -> dict[str, list[float]]:
    """In seconds, by way."""
    graph = f"{stack.url}/v1/graphs/{graph_id}"
    async with (
        httpx2.AsyncClient(headers={"X-API-Key": stack.api_key}, timeout=60) as http,
        _session(http, f"{graph}/mcp", "legacy") as old,
        _session(http, f"{graph}/mcp", "auto") as new,
    ):
        ways: Mapping[str, Call] = {
            "route": lambda: _route(http, f"{graph}/query"),
            f"{LEGACY}, by the official client": lambda: _called(old),
            f"{MODERN}, by the official client": lambda: _called(new),
            f"{LEGACY}, by a bare POST": lambda: _posted(http, f"{graph}/mcp", LEGACY),
            f"{MODERN}, by a bare POST": lambda: _posted(http, f"{graph}/mcp", MODERN),
        }
        took: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(WARMING + samples):
            for way, call in ways.items():
                began = time.perf_counter()
                await call()
                took[way].append(time.perf_counter() - began)
    return {way: seconds[WARMING:] for way, seconds in took.items()}


@asynccontextmanager
async def _session(http: httpx2.AsyncClient, url: str, era: Literal["legacy", "auto"]) -> AsyncIterator[McpClient]:
    async with McpClient(streamable_http_client(url, http_client=http), mode=era) as client:
        yield client


async def _route(http: httpx2.AsyncClient, url: str) -> None:
    answer = await http.post(url, json={"query": QUERY})
    _require(answer.json()["data"])


async def _called(client: McpClient) -> None:
    answer = await client.call_tool("run_cypher", {"query": QUERY})
    _require(answer.structured_content["rows"])


async def _posted(http: httpx2.AsyncClient, url: str, revision: str) -> None:
    params: JsonObject = {"name": "run_cypher", "arguments": {"query": QUERY}}
    headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": revision}
    if revision == MODERN:
        params["_meta"] = _META
        headers |= {"Mcp-Method": "tools/call", "Mcp-Name": "run_cypher"}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    answer = await http.post(url, json=body, headers=headers)
    if answer.headers["content-type"].startswith("text/event-stream"):
        raise RuntimeError("A call that nobody follows was answered by a stream")
    _require(answer.json()["result"]["structuredContent"]["rows"])


def _require(rows: object) -> None:
    if rows != [{"accounts": ACCOUNTS}]:
        raise RuntimeError(f"{rows} is not {ACCOUNTS} accounts")
