"""A stream has every event once and in order, however late or often one joins it."""

import socket
import threading
from urllib.parse import urlsplit

from tests.live.conftest import Live
from tests.live.reading import Heard, heard, numbers
from tests.operations.kinds import Count, counting, rest


def read_all(live: Live, path: str, **headers: str) -> list[Heard]:
    with live.client.stream("GET", path, headers=headers) as response:
        return list(heard(response))


def test_a_finished_operation_is_replayed_whole(live: Live) -> None:
    operation_id = live.submit(Count(up_to=3))
    live.run(counting(), operation_id)
    events = read_all(live, f"/v1/operations/{operation_id}/stream")
    assert [event.event for event in events] == [
        "operation_queued",
        "operation_started",
        "operation_progress",
        "operation_progress",
        "operation_progress",
        "operation_completed",
        "stream_end",
    ]
    assert numbers(events) == [1, 2, 3, 4, 5, 6]
    assert events[-1] == Heard("stream_end", None, {"status": "completed"})


def test_a_running_operation_is_followed_to_its_end(live: Live) -> None:
    operation_id = live.submit(Count(up_to=50))
    going = threading.Event()
    kind = counting(at_each=lambda number, held: rest(going, 5))
    runner = threading.Thread(target=live.run, args=(kind, operation_id))
    with live.client.stream("GET", f"/v1/operations/{operation_id}/stream") as response:
        events = heard(response)
        first = next(events)
        runner.start()
        going.set()
        others = list(events)
    runner.join()
    assert numbers([first, *others]) == list(range(1, len(others) + 1))
    assert others[-2].event == "operation_completed"


def test_last_event_id_is_exclusive_and_from_sequence_inclusive(live: Live) -> None:
    operation_id = live.submit(Count(up_to=3))
    live.run(counting(), operation_id)
    path = f"/v1/operations/{operation_id}/stream"
    assert numbers(read_all(live, path, **{"Last-Event-ID": "4"})) == [5, 6]
    assert numbers(read_all(live, f"{path}?from_sequence=4")) == [4, 5, 6]


def test_many_clients_of_one_operation_all_get_everything(live: Live) -> None:
    operation_id = live.submit(Count(up_to=200))
    results: list[list[int]] = []

    def follow() -> None:
        results.append(numbers(read_all(live, f"/v1/operations/{operation_id}/stream")))

    clients = [threading.Thread(target=follow) for _ in range(20)]
    for client in clients:
        client.start()
    live.run(counting(at_each=lambda number, held: rest(threading.Event(), 0.001)), operation_id)
    for client in clients:
        client.join()
    assert len(results) == 20
    assert all(result == list(range(1, len(results[0]) + 1)) for result in results)


def test_a_client_that_never_reads_delays_nobody(live: Live) -> None:
    operation_id = live.submit(Count(up_to=300))
    where = urlsplit(live.url)
    stuck = socket.create_connection((str(where.hostname), where.port or 0))
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    request = f"GET /v1/operations/{operation_id}/stream HTTP/1.1\r\nHost: x\r\nX-API-Key: {live.key}\r\n\r\n"
    stuck.sendall(request.encode())
    runner = threading.Thread(target=live.run, args=(counting(), operation_id))
    runner.start()
    events = read_all(live, f"/v1/operations/{operation_id}/stream")
    runner.join()
    stuck.close()
    assert events[-2].event == "operation_completed"


def test_an_unknown_operation_is_a_plain_404(live: Live) -> None:
    response = live.client.get("/v1/operations/op_nope/stream")
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "OperationNotFound"


def test_the_organization_stream_tells_of_all_operations(live: Live) -> None:
    with live.client.stream("GET", "/v1/events") as response:
        events = heard(response)
        first, second = live.submit(Count(up_to=1)), live.submit(Count(up_to=1))
        live.run(counting(), first)
        live.run(counting(), second)
        ended: set[object] = set()
        seen = set()
        for event in events:
            seen.add((event.data["operation_id"], event.data["sequence_number"]))
            if event.event == "operation_completed":
                ended.add(event.data["operation_id"])
            if ended == {first, second}:
                break
    assert seen == {(operation, number) for operation in (first, second) for number in (1, 2, 3, 4)}


def test_the_organization_stream_goes_on_where_it_broke(live: Live) -> None:
    with live.client.stream("GET", "/v1/events") as response:
        events = heard(response)
        first = live.submit(Count(up_to=1))
        at = next(events).id
    live.run(counting(), first)
    with live.client.stream("GET", "/v1/events", headers={"Last-Event-ID": str(at)}) as response:
        types = []
        for event in heard(response):
            types.append(event.event)
            if event.event == "operation_completed":
                break
    assert types[-3:] == ["operation_started", "operation_progress", "operation_completed"]


def test_an_event_too_large_for_a_notification_arrives_all_the_same(live: Live) -> None:
    operation_id = live.submit(Count(up_to=1))
    long = "x" * 20_000
    with live.client.stream("GET", f"/v1/operations/{operation_id}/stream") as response:
        events = heard(response)
        next(events)
        live.run(counting(message=long), operation_id)
        messages = [event.data.get("message") for event in events]
    assert long in messages
