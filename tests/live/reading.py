"""Reads a stream as a plain client does: lines into events."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Heard:
    event: str
    id: str | None
    data: dict[str, object]


def heard(response: httpx.Response) -> Iterator[Heard]:
    """The events of a stream; comments and `retry` are passed over."""
    assert response.headers["content-type"].startswith("text/event-stream"), response.read()
    fields: dict[str, str] = {}
    for line in response.iter_lines():
        if line.startswith(":"):
            continue
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "event" in fields:
            yield Heard(fields["event"], fields.get("id"), json.loads(fields["data"]))
            fields = {}
        else:
            fields = {}


def numbers(events: list[Heard]) -> list[int]:
    return [int(event.id) for event in events if event.id]
