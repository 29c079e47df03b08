"""Streams resume within milliseconds in tests: the pauses between tries are the server's to choose."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from knowledger.client import Client
from tests.stand_ins.event_stream import progress
from tests.stand_ins.http_server import HttpStandIn, Received, Reply, Route, chunked

Start = Callable[[Route], HttpStandIn]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as running:
        yield lambda route: running.enter_context(HttpStandIn(route))


@pytest.fixture
def connect() -> Iterator[Callable[[HttpStandIn], Client]]:
    with ExitStack() as open_clients:
        yield lambda server: open_clients.enter_context(Client(server.url, "kn_test", timeout=5))


@pytest.fixture
def silent() -> Iterator[Callable[[Received], Reply]]:
    """A stream that says its first event and then nothing, until the test is over."""
    over = threading.Event()

    def chunks() -> Iterator[bytes]:
        yield b"retry: 1\n\n" + progress(1)
        over.wait()

    yield lambda _: chunked(chunks())
    over.set()
