"""One HTTP exchange: reading the question, writing frames, and noticing that nobody waits any more.

Bare ASGI: a framework would cost more than the rest of a point query.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any, TypeAlias, cast

from knowledger.kernel.errors import InvalidInput, KnowledgerError
from knowledger.kernel.json import JsonObject

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
Headers: TypeAlias = Iterable[tuple[bytes, bytes]]

FRAMES = b"application/x-knowledger-frames"
_JSON = b"application/json"
_LONGEST_QUESTION = 16 << 20
_UNWATCHED_S = 0.05


class Exchange:
    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._watch: asyncio.Task[None] | None = None
        self._alarm: asyncio.TimerHandle | None = None
        self.abandoned = False
        self.started = False

    async def question(self) -> JsonObject:
        body = bytearray()
        while True:
            message = await self._receive()
            body += message.get("body", b"")
            if len(body) > _LONGEST_QUESTION:
                raise InvalidInput(f"The question is longer than {_LONGEST_QUESTION} bytes.")
            if not message.get("more_body"):
                break
        try:
            return cast(JsonObject, json.loads(body))
        except ValueError as error:
            raise InvalidInput("The question to the graph host is malformed.") from error

    def when_abandoned(self, stop: Callable[[], None]) -> None:
        """Call `stop` once the other side hangs up. Most answers are there before a watch would be worth its cost."""
        self.stop_watching()
        self._alarm = asyncio.get_running_loop().call_later(_UNWATCHED_S, self._begin_watch, stop)

    def stop_watching(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        if self._watch is not None:
            self._watch.cancel()
        self._alarm = self._watch = None

    async def frames(self, several: bytes, *, last: bool) -> None:
        if not self.started:
            self.started = True
            length = [(b"content-length", str(len(several)).encode())] if last else []
            await self._start(200, [(b"content-type", FRAMES), *length])
        await self._send({"type": "http.response.body", "body": several, "more_body": not last})

    async def error(self, error: JsonObject, status: int) -> None:
        await self.json({"error": error}, status)

    async def json(self, body: JsonObject, status: int = 200) -> None:
        encoded = json.dumps(body).encode()
        self.started = True
        await self._start(status, [(b"content-type", _JSON), (b"content-length", str(len(encoded)).encode())])
        await self._send({"type": "http.response.body", "body": encoded})

    async def known_error(self, error: KnowledgerError) -> None:
        await self.error(error.as_json(), error.status)

    async def _start(self, status: int, headers: Headers) -> None:
        await self._send({"type": "http.response.start", "status": status, "headers": list(headers)})

    def _begin_watch(self, stop: Callable[[], None]) -> None:
        self._watch = asyncio.get_running_loop().create_task(self._watch_for_end(stop))

    async def _watch_for_end(self, stop: Callable[[], None]) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.abandoned = True
        stop()
