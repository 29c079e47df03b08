"""Performs the effects of flows with httpx's blocking client."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from types import TracebackType
from typing import Never, Self, TypeVar

import httpx

from knowledger.client.effects import Done, Effect, Emit, Feed, Flow, Open, Outcome, Read, Send, Sleep, advance
from knowledger.client.errors import KnowledgerClientError
from knowledger.client.http import answer_of, base_url, build, our_error, standing_headers

T = TypeVar("T")
R = TypeVar("R")


class Driver:
    """Runs flows, any number at a time from any threads, over one pool of connections."""

    def __init__(self, url: str, api_key: str | None, timeout_s: float) -> None:
        self._http = httpx.Client(base_url=base_url(url), headers=standing_headers(url, api_key), trust_env=False)
        self._timeout_s = timeout_s

    def close(self) -> None:
        self._http.close()

    def run(self, flow: Flow[R]) -> R:
        with _Line(self._http, self._timeout_s) as line:
            step: Effect | Emit[Never] | Done[R] = advance(flow)
            while not isinstance(step, Done):
                assert not isinstance(step, Emit)
                step = line.settle(flow, step)
            return step.value

    def iterate(self, feed: Feed[T, None]) -> Iterator[T]:
        with _Line(self._http, self._timeout_s) as line:
            step = advance(feed)
            while not isinstance(step, Done):
                if isinstance(step, Emit):
                    yield step.item
                    step = advance(feed)
                else:
                    step = line.settle(feed, step)


class _Line:
    """One flow's side of the network: at most one open answer."""

    def __init__(self, http: httpx.Client, timeout_s: float) -> None:
        self._http, self._timeout_s = http, timeout_s
        self._response: httpx.Response | None = None
        self._bytes: Iterator[bytes] = iter(())
        self._alarm: threading.Timer | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def settle(self, feed: Feed[T, R], effect: Effect) -> Effect | Emit[T] | Done[R]:
        try:
            outcome = self._perform(effect)
        except KnowledgerClientError as failure:
            return advance(feed, failure=failure)
        return advance(feed, outcome)

    def _perform(self, effect: Effect) -> Outcome:
        try:
            match effect:
                case Send(request):
                    response = self._http.send(build(self._http, request, self._timeout_s))
                    return answer_of(response, response.content)
                case Open():
                    return self._open(effect)
                case Read():
                    return next(self._bytes, b"")
                case Sleep(seconds):
                    time.sleep(seconds)
                    return None
        except httpx.HTTPError as error:
            raise our_error(error, self._http.base_url) from error

    def _open(self, effect: Open) -> Outcome:
        self._hang_up()
        response = self._http.send(build(self._http, effect.request, self._timeout_s), stream=True)
        self._response = response
        if effect.until is not None:
            self._alarm = _shut_at(effect.until, response)
        self._bytes = (chunk for chunk in response.iter_bytes() if chunk)
        return answer_of(response, response.read() if response.status_code >= 400 else b"")

    def _hang_up(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        if self._response is not None:
            self._response.close()
        self._response, self._alarm = None, None


def _shut_at(until: float, response: httpx.Response) -> threading.Timer:
    """Ends a read that waits when the time is over. A read's own time-out begins anew with every byte."""
    wire: socket.socket = response.extensions["network_stream"].get_extra_info("socket")

    def shut() -> None:
        with suppress(OSError):
            # Not the method of an SSL socket, which would take the encryption away under the reader.
            socket.socket.shutdown(wire, socket.SHUT_RDWR)

    alarm = threading.Timer(max(0.0, until - time.monotonic()), shut)
    alarm.daemon = True
    alarm.start()
    return alarm
