"""A user's work that goes on through faults: whatever does not answer is asked again, under the same key."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Self

import httpx

from knowledger.client.json import JsonObject
from tests.stack import Stack

SCHEMA: JsonObject = {
    "nodes": [
        {
            "name": "Item",
            "key": ["id"],
            "properties": [{"name": "id", "type": "int"}, {"name": "value", "type": "decimal(12,2)"}],
        }
    ]
}
PATIENCE_S = 150.0


class Persistent:
    """A client that never gives up while there is time."""

    def __init__(self, stack: Stack) -> None:
        self._http = httpx.Client(base_url=f"{stack.url}/v1", headers={"X-API-Key": stack.api_key}, timeout=15)
        self._ends_at = time.monotonic() + PATIENCE_S

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def raw(self, method: str, path: str) -> httpx.Response:
        return self._http.request(method, path)

    def ask(self, method: str, path: str, **request: object) -> httpx.Response:
        while True:
            with suppress(httpx.TransportError):
                response = self._http.request(method, path, **request)  # type: ignore[arg-type]
                if response.status_code < 500:
                    assert response.status_code < 400, response.text
                    return response
            assert time.monotonic() < self._ends_at, f"{method} {path} was never answered"
            time.sleep(0.1)

    def wait(self, operation_id: str) -> str:
        while True:
            status: str = self.ask("GET", f"/operations/{operation_id}").json()["status"]
            if status in ("completed", "failed", "cancelled"):
                return status
            assert time.monotonic() < self._ends_at, f"{operation_id} never ended"
            time.sleep(0.1)


def rows(first: int, count: int) -> bytes:
    """A CSV of items, with one row in a thousand that does not fit."""
    lines = (
        f"{number},{number % 1000}.25" if number % 1000 else f"{number},none" for number in range(first, first + count)
    )
    return ("id,value\n" + "\n".join(lines) + "\n").encode()


def one_graph(stack: Stack, name: str, row_count: int) -> None:
    """Five operations: create a graph, stage three files, materialize."""
    with Persistent(stack) as user:
        key = {"Idempotency-Key": f"{name}-create"}
        created = user.ask("POST", "/graphs", json={"name": name, "schema": SCHEMA}, headers=key).json()
        if user.wait(created["operation_id"]) != "completed":
            return
        graph = f"/graphs/{created['graph_id']}"
        for number in range(3):
            key = {"Idempotency-Key": f"{name}-file-{number}"}
            content = rows(number * row_count, row_count)
            where = {"name": f"items-{number}.csv", "table": "Item"}
            user.ask("POST", f"{graph}/files", params=where, content=content, headers=key)
        key = {"Idempotency-Key": f"{name}-materialize"}
        body = {"ignore_errors": True}
        materialized = user.ask("POST", f"{graph}/materialize", json=body, headers=key).json()
        user.wait(materialized["operation_id"])


def in_threads(tasks: list[Callable[[], None]]) -> list[BaseException]:
    """Run all at once; gives what they raised."""
    errors: list[BaseException] = []

    def run(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors
