"""Following an operation's events to its end over as many connections as that takes: each event once, in order."""

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from knowledger.client.effects import Emit, Feed, open_stream, read, sleep
from knowledger.client.errors import (
    ApiError,
    ConnectionFailed,
    IncompleteAnswer,
    KnowledgerClientError,
    StreamLost,
    TimedOut,
    UnexpectedAnswer,
)
from knowledger.client.events import OperationEvent, Started, decode_event, is_last
from knowledger.client.json import JsonObject
from knowledger.client.sse import EventParser, ServerEvent
from knowledger.client.wire import Request, get, path

_LONGEST_PAUSE_S = 30.0
_FIRST_TRIES, _FIRST_PAUSE_S = 3, 0.3


@dataclass(frozen=True)
class Patience:
    """How long to follow. `idle_s`: the longest silence of a connection, before it counts as broken (the server says
    something every 10 s). `lost_s`: how long to try to get it back. `total_s`: the whole, None for no limit."""

    idle_s: float = 30.0
    lost_s: float = 120.0
    total_s: float | None = None


class Resume:
    """Where a stream stands: which event came last, whether that was the end, and how long to wait after a break."""

    def __init__(self, operation_id: str, *, after: int, now: float, lost_s: float) -> None:
        self.operation_id = operation_id
        self.last = after
        self.ended = False
        self._anything_seen = after > 0
        self._server_pause_s = 2.0
        self._breaks = 0
        self._heard_at = now
        self._lost_s = lost_s

    def heard(self, now: float, retry_ms: int | None) -> None:
        """Bytes came, at this moment."""
        self._heard_at = now
        if retry_ms is not None:
            self._server_pause_s = retry_ms / 1000

    def take(self, message: ServerEvent) -> OperationEvent | None:
        """The event in a message, unless it came before. Raises IncompleteAnswer where one before it is missing."""
        if message.name == "stream_end":
            self.ended = True
            return None
        event = decode_event(message.name, self._data(message))
        if event.sequence_number <= self.last:
            return None
        # A new attempt may begin further up: its numbers leave room for what a crash of the server's database took.
        may_jump = not self._anything_seen or isinstance(event, Started)
        if event.sequence_number != self.last + 1 and not may_jump:
            raise IncompleteAnswer(f"Event {self.last + 1} of {self.operation_id} is missing.")
        self.last, self._anything_seen, self._breaks = event.sequence_number, True, 0
        self.ended = is_last(event)
        return event

    def pause_s(self, now: float, luck: float) -> float:
        """How long to wait before the next connection; `luck` from 0 to 1 keeps many clients from coming at once.

        Raises StreamLost when nothing was heard for too long.
        """
        if now - self._heard_at > self._lost_s:
            raise StreamLost(f"The events of {self.operation_id} broke off after number {self.last}.")
        ceiling = min(_LONGEST_PAUSE_S, self._server_pause_s * (1 << min(self._breaks, 10)))
        self._breaks += 1
        return luck * ceiling

    def _data(self, message: ServerEvent) -> JsonObject:
        try:
            data = json.loads(message.data)
        except ValueError:
            data = None
        if not isinstance(data, dict):
            raise UnexpectedAnswer(f"An event of {self.operation_id} is not a JSON object.")
        return data


def follow(
    operation_id: str,
    *,
    after: int = 0,
    patience: Patience = Patience(),
    clock: Callable[[], float] = time.monotonic,
    luck: Callable[[], float] = random.random,
) -> Feed[OperationEvent, None]:
    """Every event after the one numbered `after`, until the operation ended.

    Raises ApiError (no such operation, not allowed), ConnectionFailed when nobody answers the first tries,
    StreamLost, and TimedOut when `patience.total_s` is over.
    """
    until = None if patience.total_s is None else clock() + patience.total_s
    resume = Resume(operation_id, after=after, now=clock(), lost_s=patience.lost_s)
    connected, tries = False, 0
    while True:
        try:
            answer = yield from open_stream(_stream(operation_id, resume.last, patience.idle_s), until)
            if not answer.headers.get("content-type", "").startswith("text/event-stream"):
                raise UnexpectedAnswer("The server answered with something that is not a stream of events.")
            connected = True
            yield from _read_through(resume, clock)
        except (ConnectionFailed, IncompleteAnswer, ApiError) as error:
            tries += 1
            if not _passes(error, connected or tries < _FIRST_TRIES):
                raise
        if resume.ended:
            return
        if until is not None and clock() >= until:
            raise TimedOut(f"Operation {operation_id} has not ended within {patience.total_s:g} s.")
        just_begun = not connected and tries < _FIRST_TRIES
        pause_s = _FIRST_PAUSE_S if just_begun else resume.pause_s(clock(), luck())
        yield from sleep(pause_s if until is None else max(0.0, min(pause_s, until - clock())))


def _stream(operation_id: str, last: int, idle_s: float) -> Request:
    request = get(path("/operations/{}/stream", operation_id)).with_headers(accept="text/event-stream")
    where = request.with_headers(last_event_id=str(last)) if last else request
    return Request(where.method, where.path, where.query, where.headers, read_timeout_s=idle_s)


def _read_through(resume: Resume, clock: Callable[[], float]) -> Feed[OperationEvent, None]:
    parser = EventParser()
    while not resume.ended and (chunk := (yield from read())):
        for message in parser.feed(chunk):
            if (event := resume.take(message)) is not None:
                yield Emit(event)
        resume.heard(clock(), parser.retry_ms)


def _passes(error: KnowledgerClientError, connected: bool) -> bool:
    """Whether trying again may help: a server that restarts, a connection that broke, but not a refusal."""
    if isinstance(error, ApiError):
        return error.status in (408, 429, 500, 502, 503, 504)
    return connected or isinstance(error, IncompleteAnswer)
