"""Streams through restarts of the API: every client has every event once, in order."""

import threading
import time
from functools import partial

from knowledger.client import Client
from tests.faults.load import SCHEMA, Persistent, in_threads, rows
from tests.faults.parts import Parts
from tests.stack import Stack

CLIENTS = 100
RESTARTS = 10


def test_a_hundred_clients_lose_nothing_through_ten_restarts(stack: Stack, user: Persistent, parts: Parts) -> None:
    created = user.ask("POST", "/graphs", json={"name": "g", "schema": SCHEMA}).json()
    user.wait(created["operation_id"])
    graph = f"/graphs/{created['graph_id']}"
    where = {"name": "item.csv", "table": "Item"}
    content = rows(0, 3_000_000)
    operation_id = user.ask("POST", f"{graph}/files", params=where, content=content).json()["operation"]["operation_id"]
    heard: dict[int, list[int]] = {client: [] for client in range(CLIENTS)}
    all_follow = threading.Barrier(CLIENTS + 1, timeout=120)

    def follow(client: int) -> None:
        with Client(stack.url, stack.api_key) as kn:
            for event in kn.operations.get(operation_id).events():
                if not heard[client]:
                    all_follow.wait()
                heard[client].append(event.sequence_number)

    def restart_the_api() -> None:
        all_follow.wait()
        for _ in range(RESTARTS):
            parts.wait_for("api")
            time.sleep(0.5)
            parts.kill("api")

    errors = in_threads([restart_the_api, *(partial(follow, client) for client in range(CLIENTS))])
    assert errors == []
    events = user.ask("GET", f"/operations/{operation_id}/events").json()["events"]
    assert events[-1]["event"] == "operation_completed"
    expected = [event["sequence_number"] for event in events]
    assert all(numbers == expected for numbers in heard.values())
