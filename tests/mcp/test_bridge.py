"""The bridge `@robosystems/mcp` as published, configured as its users have it: only the URL and the key differ."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import pytest
from mcp import Client as McpClient
from mcp import StdioServerParameters, stdio_client
from mcp.shared.exceptions import MCPError

from tests.mcp.conftest import Books
from tests.mcp.npm import MODULES, NODE, needs_packages

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180), needs_packages]

BRIDGE = MODULES / "@robosystems" / "mcp" / "index.js"
COUNT = "MATCH (a:Account) RETURN count(*) AS accounts"


@asynccontextmanager
async def bridged(books: Books, home: Path, **configured: str) -> AsyncIterator[McpClient]:
    """It asks the internet for its newest version, and does without an answer: nothing but this machine is reached."""
    nowhere = {"NODE_USE_ENV_PROXY": "1", "HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": "127.0.0.1"}
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "ROBOSYSTEMS_API_KEY": books.stack.api_key}
    server = StdioServerParameters(command=str(NODE), args=[str(BRIDGE)], env={**environment, **nowhere, **configured})
    async with McpClient(stdio_client(server)) as client:
        yield client


def derived(books: Books) -> dict[str, str]:
    return {"ROBOSYSTEMS_API_URL": books.stack.url, "ROBOSYSTEMS_GRAPH_ID": books.graph.graph_id}


def named(books: Books) -> dict[str, str]:
    return {"ROBOSYSTEMS_MCP_URL": books.url}


@pytest.mark.parametrize("configured", [derived, named])
def test_a_configuration_of_the_bridge_points_here(
    books: Books, tmp_path: Path, configured: Callable[[Books], dict[str, str]]
) -> None:
    async def talk() -> None:
        async with bridged(books, tmp_path, **configured(books)) as client:
            assert client.instructions is not None
            assert "knowledge graph" in client.instructions
            assert {"get_schema", "run_cypher"} <= {tool.name for tool in (await client.list_tools()).tools}
            counted = await client.call_tool("run_cypher", {"query": COUNT})
            assert counted.structured_content["rows"] == [{"accounts": 42}]
            (schema,) = (await client.list_resources()).resources
            assert (await client.read_resource(schema.uri)).contents
            assert "answer" in {prompt.name for prompt in (await client.list_prompts()).prompts}

    anyio.run(talk)


def test_progress_comes_through_the_bridge(books: Books, tmp_path: Path) -> None:
    heard: list[float] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append(progress)

    async def talk() -> None:
        operation = books.graph.materialize(rebuild=True)
        async with bridged(books, tmp_path, **derived(books)) as client:
            asked = {"operation_id": operation.operation_id}
            watched = await client.call_tool("watch_operation", asked, progress_callback=hear)
            assert watched.structured_content["status"] == "completed"

    anyio.run(talk)
    assert heard


def test_a_key_that_is_not_known_is_told(books: Books, tmp_path: Path) -> None:
    async def talk() -> None:
        with pytest.RaisesGroup(pytest.RaisesExc(MCPError, match="HTTP 401"), flatten_subgroups=True):
            async with bridged(books, tmp_path, **derived(books), ROBOSYSTEMS_API_KEY="rfs_of_another_server"):
                pass

    anyio.run(talk)
