from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Event

import httpx

import knowledger
from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps, Check
from tests.api.serving import serving


@contextmanager
def with_checks(deps: ApiDeps, **checks: Check) -> Iterator[httpx.Client]:
    with serving(create_app(replace(deps, checks=checks))) as url, httpx.Client(base_url=url) as client:
        yield client


def test_alive_and_which_version(client: httpx.Client) -> None:
    assert client.get("/livez").json() == {"status": "alive"}
    assert client.get("/version").json() == {"name": "knowledger", "version": knowledger.__version__}


def test_ready_when_every_check_is_well(deps: ApiDeps) -> None:
    with with_checks(deps, database=lambda: None) as client:
        answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["broken"]) == (200, [])


def test_not_ready_says_what_is_broken(deps: ApiDeps) -> None:
    def crash() -> None:
        raise RuntimeError("/secret/path")

    never = Event()
    with with_checks(
        deps,
        broker=lambda: "no answer on its socket",
        database=lambda: None,
        host=crash,
        migrations=lambda: "hung" if never.wait(3) else None,
    ) as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["broken"] == ["broker", "host", "migrations"]
    assert [check["problem"] for check in answer.json()["checks"]] == [
        "no answer on its socket",
        None,
        "the check failed; the server's log says why",
        "no answer within 2 seconds",
    ]
