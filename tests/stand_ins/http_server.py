"""An HTTP/1.1 server over a real socket that answers as it is told, byte by byte, and hangs up when it is told."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BufferedIOBase
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit


class HangUp(Exception):
    """Raised by a reply: the connection ends here, with whatever was said so far."""


@dataclass(frozen=True)
class Received:
    """A request as it came. `body` is what had come of it when the reply was asked for."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""

    def json(self) -> object:
        return json.loads(self.body)


Reply = Iterable[bytes]
Route = Callable[[Received], Reply]


def answer(value: object, status: int = 200, **headers: str) -> Reply:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    named = {"content-type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    return (_head(status, {**named, "content-length": str(len(body))}), body)


def chunked(chunks: Iterable[bytes], content_type: str = "text/event-stream") -> Iterator[bytes]:
    """A stream. Where `chunks` raises HangUp, its end is missing, as when a server dies."""
    yield _head(200, {"content-type": content_type, "transfer-encoding": "chunked"})
    for chunk in chunks:
        yield b"%x\r\n%s\r\n" % (len(chunk), chunk)
    yield b"0\r\n\r\n"


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Stood-In", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode()


@dataclass
class HttpStandIn:
    """`with HttpStandIn(route) as server:` … `server.url`, `server.received`."""

    route: Route
    cut_bodies_at: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)

    def __enter__(self) -> Self:
        stand_in = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    while request := stand_in._read(self.rfile):
                        for piece in stand_in.route(request):
                            self.wfile.write(piece)
                            self.wfile.flush()
                except (HangUp, OSError):
                    return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _read(self, wire: BufferedIOBase) -> Received | None:
        first = wire.readline().decode()
        if not first:
            return None
        method, target, _ = first.split()
        headers = dict(_headers(wire))
        place = urlsplit(target)
        request = Received(method, place.path, dict(parse_qsl(place.query)), headers)
        length = int(headers.get("content-length", "0"))
        if method == "PATCH" and self.cut_bodies_at and self.cut_bodies_at[0] < length:
            came = wire.read(self.cut_bodies_at.pop(0))
            self._keep(replace(request, query={**request.query, "complete": "false"}, body=came))
            raise HangUp
        request = replace(request, body=wire.read(length))
        self.received.append(request)
        return request

    def _keep(self, partial: Received) -> None:
        """A server keeps what came of a body, and answers nobody."""
        self.received.append(partial)
        list(self.route(partial))


def _headers(wire: BufferedIOBase) -> Iterator[tuple[str, str]]:
    while line := wire.readline().decode().strip():
        name, _, text = line.partition(":")
        yield name.lower(), text.strip()


@dataclass
class InTurn:
    """A route that gives each request the next of some replies, and the last one for ever after."""

    replies: Sequence[Callable[[Received], Reply]]
    given: int = 0

    def __call__(self, request: Received) -> Reply:
        chosen = self.replies[min(self.given, len(self.replies) - 1)]
        self.given += 1
        return chosen(request)
