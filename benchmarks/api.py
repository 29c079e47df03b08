"""A bare HTTP client of the running API, so that what is measured is the server and not a client's comfort."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import NamedTuple
from urllib.parse import urlsplit

from knowledger.kernel.json import JsonObject
from tests.stack import Stack

PATIENCE_S = 60


class Api:
    """One kept connection. `path` is below `/v1`."""

    def __init__(self, stack: Stack) -> None:
        where = urlsplit(stack.url)
        self._connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=PATIENCE_S)
        self._headers = {"X-API-Key": stack.api_key, "Content-Type": "application/json"}

    def post(self, path: str, body: JsonObject) -> JsonObject:
        with self.ask("POST", path, body) as response:
            answer: JsonObject = json.loads(response.read())
        return answer

    @contextmanager
    def ask(
        self, method: str, path: str, body: JsonObject | None = None, accept: str = "application/json"
    ) -> Iterator[http.client.HTTPResponse]:
        content = None if body is None else json.dumps(body)
        self._connection.request(method, f"/v1{path}", content, {**self._headers, "Accept": accept})
        with self._connection.getresponse() as response:
            if response.status >= 300:
                raise RuntimeError(f"{method} {path}: {response.status} {response.read(500)!r}")
            yield response

    def close(self) -> None:
        self._connection.close()


class Heard(NamedTuple):
    """An event and when it was read, by the clock that all processes of the machine share."""

    at: float
    event: str
    data: JsonObject


class Listening:
    """Reads a stream in a thread of its own."""

    def __init__(self, stack: Stack, path: str) -> None:
        self._api = Api(stack)
        self._path = path
        self._heard: SimpleQueue[Heard] = SimpleQueue()
        self._opened = threading.Event()
        threading.Thread(target=self._read, daemon=True).start()
        if not self._opened.wait(PATIENCE_S):
            raise RuntimeError(f"{path} did not open")

    def next(self, event: str | None = None) -> Heard:
        """The next event (of this name)."""
        while True:
            heard = self._heard.get(timeout=PATIENCE_S)
            if heard.event == "operation_error":
                raise RuntimeError(str(heard.data))
            if event in (None, heard.event):
                return heard

    def _read(self) -> None:
        with self._api.ask("GET", self._path, accept="text/event-stream") as response:
            rest = b""
            while chunk := response.read1():
                at = time.perf_counter()
                self._opened.set()
                *whole, rest = (rest + chunk).split(b"\n\n")
                for text in whole:
                    fields = dict(line.split(": ", 1) for line in text.decode().splitlines() if ": " in line)
                    if "event" in fields:
                        self._heard.put(Heard(at, fields["event"], json.loads(fields["data"])))
