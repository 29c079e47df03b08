"""The accounting example on the whole stack, for clients of the Model Context Protocol."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from knowledger.client import Client, Graph
from knowledger.examples.accounting import run
from tests.stack import Stack, running_stack


@dataclass(frozen=True)
class Books:
    stack: Stack
    graph: Graph

    @property
    def url(self) -> str:
        return f"{self.stack.url}/v1/graphs/{self.graph.graph_id}/mcp"


@pytest.fixture(scope="session")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    with running_stack(tmp_path_factory.mktemp("mcp")) as stack, Client(stack.url, stack.api_key) as kn:
        yield Books(stack, run.load(kn))
