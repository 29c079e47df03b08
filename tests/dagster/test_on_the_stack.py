"""Pipelines on the whole stack: the clock really starts them, people do, and no killed process takes them along."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from signal import SIGKILL
from typing import Any

import httpx
import psutil
import pytest
import sqlalchemy
from dagster import DagsterInstance
from dagster._core.scheduler.instigation import InstigatorState, ScheduleInstigatorData
from sqlalchemy import text
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from knowledger.dagster.home import variables
from knowledger.domain.operations.mirror import OPERATION_TAG
from tests.processes import lives
from tests.stack import Stack, running_stack

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PATIENCE_S = 120
LOOK_S, AT_REST_S = 0.1, 15
PARTS = ("kn-code", "kn-daemon", "kn-web")


@pytest.fixture(scope="module")
def stack(server_directory: Path) -> Iterator[Stack]:
    with running_stack(server_directory / "pipelines", dagster="on") as running:
        with httpx.Client(base_url=running.url, headers={"X-API-Key": running.api_key}, timeout=60) as http:
            until(lambda: http.get("/v1/pipelines").status_code == 200)
        yield running


@pytest.fixture
def http(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.url, headers={"X-API-Key": stack.api_key}, timeout=60) as client:
        yield client


def until(condition: Callable[[], Any], patience_s: float = PATIENCE_S) -> Any:
    """What the condition gives, once it gives something."""
    deadline = time.monotonic() + patience_s
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
    return found


def part(stack: Stack, name: str) -> psutil.Process | None:
    """Dagster's processes carry names of their own."""
    family = psutil.Process(stack.supervisor_pid).children(recursive=True)
    return next((process for process in family if process.name() == name), None)


def kill(stack: Stack, name: str) -> psutil.Process:
    killed: psutil.Process = until(lambda: part(stack, name))
    killed.send_signal(SIGKILL)
    killed.wait(5)
    return killed


@contextmanager
def held_up(stack: Stack) -> Iterator[None]:
    """Cleaning up waits in the middle of its work for as long as this lasts."""
    with stack.database.begin() as connection:
        connection.execute(text("LOCK TABLE login_attempts IN ACCESS EXCLUSIVE MODE"))
        yield


def waits_for_us(stack: Stack) -> bool:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'DELETE%'")
    with stack.database.connect() as connection:
        return bool(connection.scalar(waiting))


def run(http: httpx.Client, job: str) -> str:
    answer = http.post(f"/v1/pipelines/{job}/run")
    assert answer.status_code == 202, answer.text
    operation_id: str = answer.json()["operation_id"]
    return operation_id


def ended(http: httpx.Client, operation_id: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        operation: dict[str, Any] = http.get(f"/v1/operations/{operation_id}").json()
        return operation if operation["ended_at"] else None

    found: dict[str, Any] = until(look)
    return found


def test_a_run_that_a_person_starts_is_an_operation_with_its_own_report(http: httpx.Client) -> None:
    operation = ended(http, run(http, "database_upkeep"))
    assert operation["status"] == "completed", operation
    (run_id,) = operation["result"]["runs"]
    reports = http.get("/v1/pipelines/reports", params={"job": "database_upkeep"}).json()["reports"]
    assert [report["key"] for report in reports] == [run_id]


def addresses_called(stack: Stack) -> set[str]:
    """Who is at the other end of the stack's sockets, of all its processes, that are not Unix sockets."""
    supervisor, called = psutil.Process(stack.supervisor_pid), set[str]()
    for process in (supervisor, *supervisor.children(recursive=True)):
        with suppress(psutil.Error):  # it has just ended, or is in a sandbox, which has no network
            called |= {item.raddr.ip for item in process.net_connections("inet") if len(item.raddr)}
    return called


def test_a_stack_with_its_pipelines_calls_nobody(stack: Stack, http: httpx.Client) -> None:
    """Nobody but this test, which is seen: while Dagster's page is opened, pipelines run, and afterwards."""
    called, over = set[str](), threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_S):
            called.update(addresses_called(stack))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        assert http.get("/dagster/").status_code == 200
        for job in ("cleanup", "plaid_sync", "usage_collection"):
            assert ended(http, run(http, job))["status"] == "completed"
        over.wait(AT_REST_S)
    finally:
        over.set()
        watcher.join()
    assert called == {"127.0.0.1"}


def test_a_pipeline_that_is_not_there_is_refused_at_once(http: httpx.Client) -> None:
    answer = http.post("/v1/pipelines/alchemy/run")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "PipelineNotFound")


def test_a_range_of_a_pipeline_without_partitions_is_refused_at_once(http: httpx.Client) -> None:
    answer = http.post("/v1/pipelines/cleanup/run", json={"first": "2026-01", "last": "2026-02"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "RunRefused")


def test_a_tick_that_was_missed_is_made_up_for_once(
    stack: Stack, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after a stop: the clock began three hours ago, and has looked at nothing since."""
    settings = stack.settings
    for name, value in variables(settings.dagster_home, str(_url(stack))).items():
        monkeypatch.setenv(name, value)
    with DagsterInstance.get() as instance:
        state: InstigatorState = until(lambda: _state(instance, "backup_verification_schedule"))
        since = (datetime.now(UTC) - timedelta(hours=3)).timestamp()
        instance.update_instigator_state(state.with_data(ScheduleInstigatorData("40 * * * *", since)))
    kill(stack, "kn-daemon")

    def reports() -> list[str]:
        answer = http.get("/v1/pipelines/reports", params={"job": "backup_verification"}).json()
        return [report["key"] for report in answer["reports"]]

    until(reports)
    (due_at,) = reports()
    assert datetime.fromisoformat(due_at).minute == 40


@pytest.mark.parametrize("name", PARTS)
def test_a_killed_part_comes_back_and_the_run_under_way_is_done(stack: Stack, http: httpx.Client, name: str) -> None:
    with held_up(stack):
        operation_id = run(http, "cleanup")
        until(lambda: waits_for_us(stack))
        kill(stack, name)
        until(lambda: http.get("/v1/pipelines").status_code == 200)
    assert ended(http, operation_id)["status"] == "completed"
    until(lambda: part(stack, name))


def test_a_killed_run_starts_anew_and_its_operation_ends_well(stack: Stack, http: httpx.Client) -> None:
    with held_up(stack):
        operation_id = run(http, "cleanup")
        until(lambda: waits_for_us(stack))
        killed = kill(stack, "kn-run")
    operation = ended(http, operation_id)
    assert operation["status"] == "completed", operation
    assert not lives(killed)


def test_a_run_survives_no_death_of_its_nursery_and_starts_anew(stack: Stack, http: httpx.Client) -> None:
    with held_up(stack):
        operation_id = run(http, "cleanup")
        until(lambda: waits_for_us(stack))
        nursery = part(stack, "kn-run")
        assert nursery is not None
        parent = nursery.parent()
        assert parent is not None
        family = parent.children()
        parent.send_signal(SIGKILL)
        until(lambda: not any(lives(process) for process in family))
    assert ended(http, operation_id)["status"] == "completed"


def test_cancelling_the_operation_ends_the_run(stack: Stack, http: httpx.Client) -> None:
    with held_up(stack):
        operation_id = run(http, "cleanup")
        until(lambda: waits_for_us(stack))
        assert http.delete(f"/v1/operations/{operation_id}").status_code == 202
        assert ended(http, operation_id)["status"] == "cancelled"
    until(lambda: part(stack, "kn-run") is None)


def test_dagsters_page_lets_nobody_in_but_operators(stack: Stack, http: httpx.Client) -> None:
    stranger = httpx.post(
        f"{stack.url}/v1/auth/register",
        json={"email": "eve@example.org", "name": "Eve", "password": "correct horse battery"},
        headers={"Origin": stack.url},
    )
    cookie = {"Cookie": f"knowledger_session={stranger.cookies['knowledger_session']}"}
    assert httpx.get(f"{stack.url}/dagster/").status_code == 401
    assert httpx.get(f"{stack.url}/dagster/", headers={"Accept": "text/html"}).headers["location"] == "/"
    assert httpx.get(f"{stack.url}/dagster/", headers=cookie).status_code == 403
    page = http.get("/dagster/")
    assert page.status_code == 200
    assert "connect-src 'self'" in page.headers["content-security-policy"]


def test_another_sites_page_cannot_use_the_operators_session(stack: Stack) -> None:
    token = stack.signin_link().partition("#signin=")[2]
    signed_in = httpx.post(f"{stack.url}/v1/auth/link", json={"token": token}, headers={"Origin": stack.url})
    session = f"knowledger_session={signed_in.cookies['knowledger_session']}"
    graphql = f"{stack.url}/dagster/graphql"
    question = {"query": "{version}"}
    for origin, status in ((stack.url, 200), ("https://elsewhere.example", 403)):
        headers = {"Cookie": session, "Origin": origin}
        assert httpx.post(graphql, json=question, headers=headers).status_code == status
        assert httpx.get(graphql, params=question, headers=headers).status_code == status
    assert httpx.get(graphql, params=question, headers={"Cookie": session}).status_code == 403


def test_news_come_over_a_websocket_to_operators_only(stack: Stack) -> None:
    address = stack.url.replace("http", "ws") + "/dagster/graphql"
    with pytest.raises(InvalidStatus):
        connect(address, subprotocols=["graphql-ws"])  # type: ignore[list-item]
    with connect(
        address,
        subprotocols=["graphql-ws"],  # type: ignore[list-item]
        additional_headers={"X-API-Key": stack.api_key},
    ) as link:
        link.send('{"type": "connection_init", "payload": {}}')
        assert '"connection_ack"' in str(link.recv(timeout=20))


def test_runs_are_told_which_operation_they_belong_to(
    stack: Stack, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = ended(http, run(http, "watchdog"))
    for name, value in variables(stack.settings.dagster_home, str(_url(stack))).items():
        monkeypatch.setenv(name, value)
    with DagsterInstance.get() as instance:
        found = instance.get_run_by_id(operation["result"]["runs"][0])
    assert found is not None
    assert found.tags[OPERATION_TAG] == operation["operation_id"]


def _url(stack: Stack) -> sqlalchemy.URL:
    return stack.database.url


def _state(instance: DagsterInstance, schedule: str) -> InstigatorState | None:
    states = instance.all_instigator_state()
    return next((state for state in states if state.instigator_name == schedule and state.instigator_data), None)
