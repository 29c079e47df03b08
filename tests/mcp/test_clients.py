"""The official client of the Model Context Protocol speaks to a graph, over HTTP and over the command."""

import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import anyio
import httpx2
import pytest
from mcp import Client as McpClient
from mcp import StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import PromptReference, TextContent, TextResourceContents

from tests.mcp.conftest import Books

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]

Era = Literal["legacy", "auto"]
ERAS = {"legacy": "2025-11-25", "auto": "2026-07-28"}
BALANCE = (
    "MATCH (:Account)<-[:POSTED_TO]-(l:LineItem) "
    "RETURN CAST(list_sum(collect(l.debit - l.credit)) AS DECIMAL(18,2)) AS difference"
)


@asynccontextmanager
async def over_http(books: Books, era: Era, key: str | None = None) -> AsyncIterator[McpClient]:
    headers = {"X-API-Key": key or books.stack.api_key}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=60) as http,
        McpClient(streamable_http_client(books.url, http_client=http), mode=era) as client,
    ):
        yield client


@asynccontextmanager
async def over_stdio(books: Books, era: Era) -> AsyncIterator[McpClient]:
    environment = {
        "PATH": os.environ["PATH"],
        "KNOWLEDGER_HOME": str(books.stack.settings.home),
        "KNOWLEDGER_URL": books.stack.url,
        "KNOWLEDGER_API_KEY": books.stack.api_key,
    }
    command = str(Path(sys.executable).parent / "knowledger")
    server = StdioServerParameters(command=command, args=["mcp", books.graph.graph_id], env=environment)
    async with McpClient(stdio_client(server), mode=era) as client:
        yield client


WAYS: dict[str, Callable[[Books, Era], Any]] = {"http": over_http, "stdio": over_stdio}


def told(content: object) -> str:
    assert isinstance(content, TextContent | TextResourceContents)
    return content.text


@pytest.fixture(params=[(way, era) for way in WAYS for era in ERAS], ids="-".join)
def speak(request: pytest.FixtureRequest, books: Books) -> Callable[[Callable[[McpClient], Awaitable[None]]], None]:
    way, era = request.param

    def run(talk: Callable[[McpClient], Awaitable[None]]) -> None:
        async def within() -> None:
            async with WAYS[way](books, era) as client:
                assert client.protocol_version == ERAS[era]
                await talk(client)

        anyio.run(within)

    return run


def test_a_client_uses_tools_resources_and_prompts(
    speak: Callable[[Callable[[McpClient], Awaitable[None]]], None], books: Books
) -> None:
    async def talk(client: McpClient) -> None:
        tools = (await client.list_tools()).tools
        assert {"get_schema", "run_cypher", "watch_operation"} <= {tool.name for tool in tools}
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
        balance = await client.call_tool("run_cypher", {"query": BALANCE})
        assert balance.structured_content["rows"] == [{"difference": "0.00"}]
        assert "not instructions" in told(balance.content[0])
        (schema,) = (await client.list_resources()).resources
        read = await client.read_resource(schema.uri)
        assert "LineItem" in {node["name"] for node in json.loads(told(read.contents[0]))["nodes"]}
        prompt = await client.get_prompt("answer", {"question": "Who owes us money?"})
        assert "Who owes us money?" in told(prompt.messages[0].content)
        kinds = await client.complete(PromptReference(name="statement"), {"name": "statement", "value": "cash f"})
        assert kinds.completion.values == ["cash_flow"]

    speak(talk)


def test_what_goes_wrong_is_said_to_the_model(
    speak: Callable[[Callable[[McpClient], Awaitable[None]]], None], books: Books
) -> None:
    async def talk(client: McpClient) -> None:
        failed = await client.call_tool("run_cypher", {"query": "MATCH (a:Acount) RETURN a"})
        assert failed.is_error
        assert "Acount" in failed.structured_content["message"]
        written = await client.call_tool("run_cypher", {"query": "CREATE (a:Account {account_id: 'x'})"})
        assert written.is_error
        assert written.structured_content["error"] == "StatementNotAllowed"
        with pytest.raises(MCPError, match="no tool"):
            await client.call_tool("drop_everything", {})
        with pytest.raises(MCPError, match="no resource"):
            await client.read_resource("knowledger://graphs/sec/schema")

    speak(talk)


def test_an_operation_is_watched_with_its_progress(books: Books) -> None:
    heard: list[float] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    async def talk() -> None:
        operation = books.graph.materialize(rebuild=True)
        async with over_http(books, "auto") as client:
            watched = await client.call_tool(
                "watch_operation", {"operation_id": operation.operation_id}, progress_callback=hear
            )
            assert watched.structured_content["status"] == "completed"
            assert watched.structured_content["result"]["graph_id"] == books.graph.graph_id
            foreign = await client.call_tool("watch_operation", {"operation_id": "op_none"})
            assert foreign.is_error

    anyio.run(talk)
    assert heard
    assert heard == sorted(heard)


def test_a_stranger_gets_the_same_answer_as_for_a_missing_graph(books: Books) -> None:
    for headers, status in (({}, 401), ({"X-API-Key": "kn_" + "0" * 64}, 401)):
        assert httpx2.post(books.url, json={}, headers=headers).status_code == status
    other = books.url.replace(books.graph.graph_id, "kg_01m84ww4sy6e2d6xbdchxrc0y5")
    assert httpx2.post(other, json={}, headers={"X-API-Key": books.stack.api_key}).status_code == 404


def test_all_definitions_together_are_small(books: Books) -> None:
    """A token is at least three characters of such text."""

    async def talk() -> None:
        async with over_http(books, "auto") as client:
            definitions = [
                tool.model_dump(by_alias=True, exclude_none=True) for tool in (await client.list_tools()).tools
            ]
            assert len(json.dumps(definitions)) / 3 < 2_500

    anyio.run(talk)
