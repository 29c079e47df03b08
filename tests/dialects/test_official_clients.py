"""Answers read by the clients that the dialects were made for, unmodified, from a running stack and a slow model."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.mcp.npm import needs_packages, run_package
from tests.stack import Stack, running_stack
from tests.stand_ins.model_server import ModelServer, Turn, Wish, in_turn

pytestmark = [pytest.mark.slow, needs_packages, pytest.mark.timeout(180)]

SCRIPTS = "../asking"
WORDS = ("The ", "balance ", "is ", "1,200.00 ", "as ", "of ", "today.")
TEXT = "".join(WORDS)
ANSWERS = in_turn(Turn(wishes=[Wish("get_schema", {})]), Turn(words=WORDS, pace_s=0.1))


@dataclass
class Asked:
    stack: Stack
    graph_id: str
    api: httpx.Client

    def by(self, script: str, directory: Path) -> Any:
        ran = run_package(
            f"{SCRIPTS}/{script}",
            *(self.stack.url, self.stack.api_key, self.graph_id, "What is the balance?"),
            cwd=directory,
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    def ended(self, operation_id: str) -> str:
        while True:
            status = str(self.api.get(f"/operations/{operation_id}").json()["status"])
            if status not in ("pending", "running"):
                return status
            time.sleep(0.05)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    home = tmp_path_factory.mktemp("home")
    with running_stack(home, dagster="off") as stack, ModelServer(ANSWERS) as server, api_of(stack) as api:
        made = Asked(stack, "", api)
        graph = api.post("/graphs", json={"name": "Books", "extensions": ["ledger"]}).json()
        assert made.ended(graph["operation_id"]) == "completed"
        made.graph_id = graph["graph_id"]
        organization_id = api.get("/orgs").json()["orgs"][0]["org_id"]
        choice = {"provider": "anthropic", "model": "claude-sonnet-4-6", "base_url": server.url, "key": "sk-test"}
        api.put(f"/orgs/{organization_id}/model", json=choice).raise_for_status()
        yield made


def api_of(stack: Stack) -> httpx.Client:
    return httpx.Client(base_url=f"{stack.url}/v1", headers={"X-API-Key": stack.api_key}, timeout=60)


def test_vercels_ai_sdk_reads_resumes_and_aborts(asked: Asked, tmp_path: Path) -> None:
    seen = asked.by("ai_sdk.mjs", tmp_path)
    parts = {part["type"]: part for part in seen["answer"]["parts"]}
    assert parts["text"]["text"] == TEXT
    assert (parts["text"]["state"], parts["dynamic-tool"]["state"]) == ("done", "output-available")
    assert parts["data-usage"]["data"]["model"] == "claude-sonnet-4-6"
    assert seen["again"]["parts"] == seen["answer"]["parts"]
    assert asked.ended(seen["abandoned"]) == "cancelled"


def test_ag_uis_agent_reads_resumes_and_aborts(asked: Asked, tmp_path: Path) -> None:
    seen = asked.by("ag_ui.mjs", tmp_path)
    types = [event["type"] for event in seen["answer"]["events"]]
    assert (types[0], types[-1]) == ("RUN_STARTED", "RUN_FINISHED")
    assert seen["answer"]["messages"][-1]["content"] == TEXT
    assert seen["again"]["messages"] == seen["answer"]["messages"]
    newest = asked.api.get("/operations?kind=analyze").json()["operations"][0]["operation_id"]
    assert asked.ended(newest) == "cancelled"


def test_openais_client_reads_resumes_and_cancels(asked: Asked, tmp_path: Path) -> None:
    seen = asked.by("openai.mjs", tmp_path)
    assert [event["sequence_number"] for event in seen["events"]] == list(range(len(seen["events"])))
    deltas = [event["delta"] for event in seen["events"] if event["type"] == "response.output_text.delta"]
    assert "".join(deltas) == seen["text"] == TEXT
    assert seen["events"][-1]["type"] == "response.completed"
    assert [item["type"] for item in seen["whole"]["output"]] == ["mcp_call", "message"]
    assert seen["cancelled"]["status"] == "cancelled"
