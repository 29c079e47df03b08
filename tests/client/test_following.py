"""An operation's events over connections that break, repeat themselves and fall silent."""

from collections.abc import Callable, Iterator

import anyio
import pytest

from knowledger.client import (
    ApiError,
    AsyncClient,
    Client,
    Completed,
    ConnectionFailed,
    OperationEvent,
    Progress,
    StreamLost,
    TimedOut,
    Unknown,
)
from knowledger.client.effects import Feed, Sleep, advance
from knowledger.client.errors import IncompleteAnswer
from knowledger.client.following import Patience, follow
from tests.client.conftest import Start
from tests.stand_ins.event_stream import completed, crumbs, event, progress, stream_end
from tests.stand_ins.http_server import HangUp, HttpStandIn, InTurn, Received, Reply, answer, chunked

Connect = Callable[[HttpStandIn], Client]
SOON = b"retry: 1\n\n"


def numbers(server: HttpStandIn, connect: Connect) -> list[int]:
    return [said.sequence_number for said in connect(server).operations.get("op_1").events(timeout=5)]


def cut(*parts: bytes) -> Callable[[Received], Reply]:
    """A stream that says this and then dies."""

    def chunks() -> Iterator[bytes]:
        yield SOON
        yield from parts
        raise HangUp

    return lambda _: chunked(chunks())


def whole(*parts: bytes) -> Callable[[Received], Reply]:
    return lambda _: chunked([SOON, *parts])


def test_events_come_typed_and_the_stream_ends_by_itself(start: Start, connect: Connect) -> None:
    server = start(whole(progress(1, rows_done=3), event(2, "sound", colour="red"), completed(3, rows=9), stream_end()))
    first, second, third = connect(server).operations.get("op_1").events()
    assert isinstance(first, Progress)
    assert first.rows_done == 3
    assert isinstance(second, Unknown)
    assert (second.name, second.data["colour"]) == ("sound", "red")
    assert isinstance(third, Completed)
    assert third.result == {"rows": 9}


def test_a_dropped_stream_goes_on_after_the_last_event(start: Start, connect: Connect) -> None:
    server = start(InTurn([cut(progress(1), progress(2)), cut(progress(3)), whole(completed(4))]))
    assert numbers(server, connect) == [1, 2, 3, 4]
    assert [request.headers.get("last-event-id") for request in server.received] == [None, "2", "3"]


def test_an_event_cut_in_the_middle_is_taken_whole_from_the_next_connection(start: Start, connect: Connect) -> None:
    server = start(InTurn([cut(progress(1), progress(2)[:-9]), whole(progress(2), completed(3))]))
    assert numbers(server, connect) == [1, 2, 3]


def test_a_stream_that_closes_politely_but_too_early_is_resumed(start: Start, connect: Connect) -> None:
    server = start(InTurn([whole(progress(1)), whole(completed(2))]))
    assert numbers(server, connect) == [1, 2]


def test_events_that_come_twice_are_given_once(start: Start, connect: Connect) -> None:
    repeated = whole(progress(1), progress(1), progress(2), completed(3))
    server = start(InTurn([cut(progress(1), progress(2)), repeated]))
    assert numbers(server, connect) == [1, 2, 3]


def test_a_gap_is_filled_by_asking_again(start: Start, connect: Connect) -> None:
    server = start(InTurn([whole(progress(1), progress(3)), whole(progress(2), progress(3), completed(4))]))
    assert numbers(server, connect) == [1, 2, 3, 4]


def test_a_new_attempt_may_begin_further_up(start: Start, connect: Connect) -> None:
    started = event(105, "operation_started", attempt=2)
    assert numbers(start(whole(progress(1), progress(2), started, completed(106))), connect) == [1, 2, 105, 106]


def test_crumbs_with_crlf_comments_a_mark_and_lines_of_data(start: Start, connect: Connect) -> None:
    one = progress(1).replace(b'"message": ', b'\ndata: "message":\ndata: ').replace(b"\n", b"\r\n")
    text = b"\xef\xbb\xbf: hello\r\n" + one + b": ping\r\n\r\n" + completed(2)
    assert numbers(start(lambda _: chunked(crumbs(text, 3))), connect) == [1, 2]


def test_a_server_that_restarts_is_waited_for(start: Start, connect: Connect) -> None:
    busy = {"error": {"code": "Starting", "message": "Starting.", "retryable": True}}
    server = start(InTurn([cut(progress(1)), lambda _: answer(busy, 503), whole(completed(2))]))
    assert numbers(server, connect) == [1, 2]


def test_an_unknown_operation_is_said_at_once(start: Start, connect: Connect) -> None:
    missing = {"error": {"code": "OperationNotFound", "message": "No such operation.", "hint": "op list"}}
    with pytest.raises(ApiError, match="No such operation") as caught:
        numbers(start(lambda _: answer(missing, 404)), connect)
    assert (caught.value.code, caught.value.status, caught.value.hint) == ("OperationNotFound", 404, "op list")


def test_nobody_there_is_said_with_the_remedy(start: Start, connect: Connect) -> None:
    with HttpStandIn(whole()) as gone:
        pass
    with pytest.raises(ConnectionFailed, match="knowledger up"):
        next(iter(Client(gone.url).operations.get("op_1").events()))


def test_the_time_allowed_is_kept_though_the_server_goes_on_talking(start: Start, connect: Connect) -> None:
    def chatter() -> Iterator[bytes]:
        while True:
            yield b": still here\n\n"

    server = start(lambda _: chunked(chatter()))
    with pytest.raises(TimedOut):
        list(connect(server).operations.get("op_1").events(timeout=0.2))


def test_silence_counts_as_a_break(start: Start, connect: Connect, silent: Callable[[Received], Reply]) -> None:
    server = start(InTurn([silent, whole(completed(2))]))
    said = connect(server).operations.get("op_1").events(idle_timeout=0.1)
    assert [one.sequence_number for one in said] == [1, 2]


def test_the_time_allowed_ends_a_silent_stream(
    start: Start, connect: Connect, silent: Callable[[Received], Reply]
) -> None:
    with pytest.raises(TimedOut):
        list(connect(start(silent)).operations.get("op_1").events(timeout=0.2))


def test_the_async_client_resumes_alike(start: Start) -> None:
    server = start(InTurn([cut(progress(1)), cut(progress(1), progress(2)), whole(completed(3))]))

    async def watch() -> list[int]:
        async with AsyncClient(server.url) as kn:
            return [said.sequence_number async for said in kn.operations.get("op_1").events()]

    assert anyio.run(watch) == [1, 2, 3]


def test_the_async_client_keeps_the_time_allowed(start: Start, silent: Callable[[Received], Reply]) -> None:
    server = start(silent)

    async def watch() -> None:
        async with AsyncClient(server.url) as kn:
            async for _ in kn.operations.get("op_1").events(timeout=0.2):
                pass

    with pytest.raises(TimedOut):
        anyio.run(watch)


def test_a_stream_that_does_not_come_back_is_given_up_after_a_while() -> None:
    moments = [0.0]
    feed = follow("op_1", patience=Patience(lost_s=60), clock=lambda: moments[-1], luck=lambda: 1.0)
    with pytest.raises(StreamLost):
        break_for_ever(feed, moments)
    assert moments == pytest.approx([0, 0.3, 0.6, 2.6, 6.6, 14.6, 30.6, 60.6])


def break_for_ever(feed: Feed[OperationEvent, None], moments: list[float]) -> None:
    step = advance(feed)
    while True:
        step = advance(feed, failure=IncompleteAnswer("broken"))
        assert isinstance(step, Sleep)
        moments.append(moments[-1] + step.seconds)
        step = advance(feed)
