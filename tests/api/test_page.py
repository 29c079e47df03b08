from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from tests.api.serving import serving


@pytest.fixture
def visitor(deps: ApiDeps, tmp_path: Path) -> Iterator[httpx.Client]:
    web = tmp_path / "web"
    web.mkdir()
    (web / "index.html").write_text("<!doctype html><title>Knowledger</title>")
    (web / "app.js").write_text("export {}")
    (tmp_path / "secret.txt").write_text("secret")
    with serving(create_app(replace(deps, web=web))) as url, httpx.Client(base_url=url) as client:
        yield client


def test_the_page_may_load_only_what_is_ours_and_nobody_frames_it(visitor: httpx.Client) -> None:
    page = visitor.get("/")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] == "no-referrer"
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == "'self'"


def test_a_file_is_asked_for_again_but_sent_once(visitor: httpx.Client) -> None:
    script = visitor.get("/app.js")
    assert script.headers["Cache-Control"] == "no-cache"
    again = visitor.get("/app.js", headers={"If-None-Match": script.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/nothing.js"])
def test_what_is_not_of_the_page_is_not_there(visitor: httpx.Client, path: str) -> None:
    assert visitor.get(path).json()["error"]["code"] == "NotFound"


def test_the_api_is_not_hidden_by_the_page(visitor: httpx.Client) -> None:
    assert visitor.get("/livez").json() == {"status": "alive"}
    assert visitor.get("/v1/nowhere").json()["error"]["code"] == "NotFound"
