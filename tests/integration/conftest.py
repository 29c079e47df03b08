"""One stack for the whole folder, started as `knowledger up` starts it, and two organizations that share it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from knowledger.client import Client, Graph
from knowledger.client.json import JsonObject
from tests.integration.leaks import refuse_leaks
from tests.stack import Stack, running_stack

NewGraph = Callable[[JsonObject | None], Graph]


@pytest.fixture(scope="session")
def stack(server_directory: Path) -> Iterator[Stack]:
    with running_stack(server_directory / "integration") as started:
        yield started
        for told in what_operations_told(started):
            refuse_leaks(told)


def what_operations_told(stack: Stack) -> list[str]:
    """Every error and every event that an operation of this stack ever gave."""
    query = "SELECT error::text FROM operations WHERE error IS NOT NULL UNION SELECT data::text FROM operation_events"
    with stack.database.connect() as connection:
        return [told for (told,) in connection.execute(text(query))]


@pytest.fixture(scope="session")
def client(stack: Stack) -> Iterator[Client]:
    with Client(stack.url, stack.api_key) as connected:
        yield connected


@pytest.fixture(scope="session")
def http(stack: Stack) -> Iterator[httpx.Client]:
    """Plain HTTP under `/v1/`, in which no refusal may show anything of the server's inside."""
    with connected(stack, stack.api_key) as opened:
        yield opened


@pytest.fixture(scope="session")
def stranger(stack: Stack) -> Iterator[httpx.Client]:
    """Somebody of another organization, who is admin there."""
    person = {"email": "stranger@example.org", "password": "not of your house", "name": "Stranger"}
    with httpx.Client(base_url=f"{stack.url}/v1/", headers={"Origin": stack.url}) as browser:
        browser.post("auth/register", json=person).raise_for_status()
        made = browser.post("user/api-keys", json={"name": "tests"}).raise_for_status().json()
    with connected(stack, made["key"]) as opened:
        yield opened


@pytest.fixture
def new_graph(client: Client) -> NewGraph:
    def create(schema: JsonObject | None) -> Graph:
        return client.graphs.create("Integration", schema=schema).result(timeout=60)

    return create


def connected(stack: Stack, api_key: str) -> httpx.Client:
    def look(response: httpx.Response) -> None:
        if response.is_error:
            refuse_leaks(response.read().decode())

    return httpx.Client(
        base_url=f"{stack.url}/v1/",
        headers={"X-API-Key": api_key},
        event_hooks={"response": [look]},
        timeout=60,
        trust_env=False,
    )
