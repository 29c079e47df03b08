"""Flows: what the client does, as generators that ask for effects and never touch the network themselves.

A flow yields `Send`, `Open`, `Read` or `Sleep` and is sent what came of it; an error of the connection is thrown into
it. A *feed* also yields `Emit(item)` for each thing it has to give. `blocking` and `awaiting` perform the effects; all
else is here once, for the sync and the async client alike.
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar
from uuid import uuid4

from knowledger.client.decode import decode
from knowledger.client.errors import ApiError, ConnectionFailed, IncompleteAnswer, KnowledgerClientError
from knowledger.client.wire import Answer, Request, accepted

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Send:
    """Send a request and read the whole answer."""

    request: Request


@dataclass(frozen=True)
class Open:
    """Send a request and leave a good answer's body to `Read`. `until` is when all reading must end (monotonic)."""

    request: Request
    until: float | None = None


@dataclass(frozen=True)
class Read:
    """The next bytes of the open answer; none at its end."""


@dataclass(frozen=True)
class Sleep:
    seconds: float


@dataclass(frozen=True)
class Emit(Generic[T]):
    item: T


@dataclass(frozen=True)
class Done(Generic[R]):
    value: R


Effect: TypeAlias = Send | Open | Read | Sleep
Outcome: TypeAlias = Answer | bytes | None
Flow: TypeAlias = Generator[Effect, Outcome, R]
Feed: TypeAlias = Generator[Effect | Emit[T], Outcome, R]


def advance(
    feed: Feed[T, R], outcome: Outcome = None, failure: KnowledgerClientError | None = None
) -> Effect | Emit[T] | Done[R]:
    """Hand a flow what came of its last effect, and learn what it asks for next."""
    try:
        return feed.throw(failure) if failure is not None else feed.send(outcome)
    except StopIteration as end:
        return Done(end.value)


def last_of(feed: Feed[T, R]) -> Flow[T | None]:
    """Run a feed to its end and keep only the last thing it gave."""
    last: T | None = None
    step = advance(feed)
    while not isinstance(step, Done):
        if isinstance(step, Emit):
            last = step.item
            step = advance(feed)
            continue
        try:
            outcome = yield step
        except KnowledgerClientError as failure:
            step = advance(feed, failure=failure)
        else:
            step = advance(feed, outcome)
    return last


def send(request: Request) -> Flow[Answer]:
    outcome = yield Send(request)
    assert isinstance(outcome, Answer)
    return outcome


def open_stream(request: Request, until: float | None = None) -> Flow[Answer]:
    """Raises ApiError where the server refuses."""
    outcome = yield Open(request, until)
    assert isinstance(outcome, Answer)
    return accepted(outcome)


def read() -> Flow[bytes]:
    outcome = yield Read()
    assert isinstance(outcome, bytes)
    return outcome


def sleep(seconds: float) -> Flow[None]:
    yield Sleep(seconds)


BRIEFLY_S, PATIENTLY_S = 0.7, 60.0
_LONGEST_PAUSE_S = 2.0


def call(request: Request, patience_s: float = BRIEFLY_S) -> Flow[Answer]:
    """One request, tried again for a while when the connection or a server that restarts is to blame.

    A POST carries an idempotency key, so that trying again does nothing twice. Raises ApiError and the connection's
    errors.
    """
    if request.method == "POST":
        request = request.with_headers(idempotency_key=str(uuid4()))
    pause_s = 0.1
    while True:
        try:
            return accepted((yield from send(request)))
        except (ConnectionFailed, IncompleteAnswer, ApiError) as error:
            if patience_s <= 0 or not _may_pass(error):
                raise
        yield from sleep(pause_s)
        patience_s, pause_s = patience_s - pause_s, min(2 * pause_s, _LONGEST_PAUSE_S)


def _may_pass(error: KnowledgerClientError) -> bool:
    return not isinstance(error, ApiError) or (error.retryable and error.status in (502, 503, 504))


def fetch(kind: type[R], request: Request, patience_s: float = BRIEFLY_S) -> Flow[R]:
    """One request whose answer is a record of this kind."""
    answer = yield from call(request, patience_s)
    return decode(kind, answer.json())


def fetch_all(kind: type[R], request: Request, key: str) -> Flow[tuple[R, ...]]:
    """One request whose answer holds a list of such records under `key`."""
    answer = yield from call(request)
    items = answer.object().get(key)
    return tuple(decode(kind, item) for item in items) if isinstance(items, list) else ()
