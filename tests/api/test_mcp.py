"""The endpoint of the Model Context Protocol, as HTTP has it; the official clients test what is said there."""

from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from tests.api.serving import serving
from tests.api.world import World


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_who_looks_for_a_stream_or_a_session_is_told_that_there_is_none(
    deps: ApiDeps, world: World, tmp_path: Path, method: str
) -> None:
    """By 405, with the page behind the API too: clients take a 404 for a session that was lost, and give up."""
    (tmp_path / "index.html").write_text("<!doctype html>")
    endpoint = f"/v1/graphs/{world.own.graph_id}/mcp"
    with serving(create_app(replace(deps, web=tmp_path))) as url, httpx.Client(base_url=url) as client:
        answer = client.request(method, endpoint, headers={"X-API-Key": world.own.viewer.key})
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
        assert answer.json()["error"]["code"] == "MethodNotAllowed"
        assert client.request(method, endpoint).status_code == 401
