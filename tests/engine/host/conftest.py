"""A graph host as a process of its own, over the zygote of the engines' tests and a small sealed graph."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import ladybug
import pytest

from knowledger.adapters.graph_host import GraphHostClient
from knowledger.domain.graphs.reading import AnswerFormat, QueryLimits, QueryRequest
from knowledger.kernel.json import JsonObject

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Host:
    process: "subprocess.Popen[bytes]"
    socket_path: Path
    objects: Path

    def key(self, number: int) -> str:
        return f"graphs/kg_1/generations/op_{number}/graph.lbug"

    def generation(self, number: int) -> Path:
        return self.objects / self.key(number)


def seal(path: Path, number: int) -> None:
    """A graph of 1,000 items, each of which knows the number of its generation."""
    path.parent.mkdir(parents=True)
    with (
        ladybug.Database(path, max_db_size=1 << 30, buffer_pool_size=64 << 20) as database,
        ladybug.Connection(database) as connection,
    ):
        connection.execute("CREATE NODE TABLE Item(id INT64 PRIMARY KEY, name STRING, generation INT64)")
        connection.execute(
            "UNWIND range(0, 999) AS i CREATE (:Item {id: i, name: 'n' + string(i), generation: $number})",
            {"number": number},
        )
        connection.execute("CHECKPOINT")


@pytest.fixture(scope="session")
def host(sandbox_socket: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    home = tmp_path_factory.mktemp("host")
    socket_path = sandbox_socket.with_name("host.sock")
    command = [sys.executable, "-m", "tests.engine.host.running", str(home), str(socket_path), str(sandbox_socket)]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}) as process:
        host = Host(process, socket_path, home / "objects")
        for number in (1, 2):
            seal(host.generation(number), number)
        while not socket_path.exists():
            assert process.poll() is None, "the host did not start"
            time.sleep(0.02)
        yield host
        process.send_signal(signal.SIGTERM)
        process.wait(10)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client(host: Host, anyio_backend: str) -> AsyncIterator[GraphHostClient]:
    client = GraphHostClient(host.socket_path)
    yield client
    await client.close()


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await condition():  # noqa: ASYNC110  # what is waited for happens in another process
            await asyncio.sleep(0.02)


def asking(
    host: Host,
    query: str,
    parameters: JsonObject | None = None,
    format: AnswerFormat = AnswerFormat.JSON,  # noqa: A002
    limits: QueryLimits | None = None,
    generation: int = 1,
) -> QueryRequest:
    return QueryRequest(
        graph_id="kg_1",
        generation_id=f"gen_{generation}",
        object_key=host.key(generation),
        query=query,
        parameters=parameters or {},
        format=format,
        limits=limits or QueryLimits(),
    )
