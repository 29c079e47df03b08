"""Kill what answers, at any moment of an answer: what was asked is answered, said and billed once."""

import random
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.faults.parts import Parts
from tests.stack import Stack
from tests.stand_ins.model_server import ModelServer, Turn, Wish, in_turn

KILLS = 12
WORDS = tuple(f"word{number} " for number in range(30))
TEXT = "".join(WORDS)
ANSWERS = in_turn(
    Turn(words=("First ", "I ", "look. "), wishes=[Wish("get_schema", {})], pace_s=0.05),
    Turn(words=("Then ", "again. "), wishes=[Wish("list_operations", {})], pace_s=0.05),
    Turn(words=WORDS, pace_s=0.05),
)


@pytest.fixture
def provider() -> Iterator[ModelServer]:
    with ModelServer(ANSWERS) as server:
        yield server


@pytest.fixture
def api(stack: Stack, provider: ModelServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{stack.url}/v1", headers={"X-API-Key": stack.api_key}, timeout=60) as api:
        organization_id = api.get("/orgs").json()["orgs"][0]["org_id"]
        choice = {"provider": "anthropic", "model": "claude-sonnet-4-6", "base_url": provider.url, "key": "sk-test"}
        api.put(f"/orgs/{organization_id}/model", json=choice).raise_for_status()
        yield api


def new_graph(api: httpx.Client) -> str:
    created = api.post("/graphs", json={"name": "Books", "extensions": ["ledger"]}).json()
    assert ended(api, created["operation_id"])["status"] == "completed"
    return str(created["graph_id"])


def asked(api: httpx.Client, graph_id: str) -> str:
    return str(api.post(f"/graphs/{graph_id}/agent", json={"message": "What is there?"}).json()["operation_id"])


def ended(api: httpx.Client, operation_id: str) -> dict[str, object]:
    while True:
        record: dict[str, object] = api.get(f"/operations/{operation_id}").json()
        if record["status"] not in ("pending", "running"):
            return record
        time.sleep(0.05)


def said(api: httpx.Client, operation_id: str, name: str) -> list[dict[str, object]]:
    events = api.get(f"/operations/{operation_id}/events").json()["events"]
    return [event["data"] for event in events if event["event"] == name]


def test_an_answer_survives_kills_at_any_moment(
    stack: Stack, parts: Parts, api: httpx.Client, provider: ModelServer
) -> None:
    chance = random.Random(20090630)
    graph_id = new_graph(api)
    killed = 0
    while killed < KILLS:
        operation_id = asked(api, graph_id)
        for _ in range(3):
            parts.wait_for("worker")
            time.sleep(chance.uniform(0.1, 5))
            killed += parts.kill("worker")
        record = ended(api, operation_id)
        assert record["status"] == "completed", record
        texts: dict[int, str] = {}
        for delta in said(api, operation_id, "text_delta"):
            step = int(str(delta["step"]))
            assert delta["offset"] == len(texts.get(step, ""))
            texts[step] = texts.get(step, "") + str(delta["text"])
        assert list(texts.values()) == ["First I look. ", "Then again. ", TEXT]
        assert [call["tool"] for call in said(api, operation_id, "tool_call")] == ["get_schema", "list_operations"]
        assert len(said(api, operation_id, "tool_result")) == 2
        used = said(api, operation_id, "usage")
        assert [item["step"] for item in used] == [1, 3, 5]
        assert used[-1]["total_microcredits"] == sum(int(str(item["microcredits"])) for item in used)


def test_a_cancelled_answer_hangs_up_on_its_provider(api: httpx.Client, provider: ModelServer) -> None:
    operation_id = asked(api, new_graph(api))
    while len(said(api, operation_id, "text_delta")) < 8:
        time.sleep(0.02)
    api.delete(f"/operations/{operation_id}").raise_for_status()
    assert ended(api, operation_id)["status"] == "cancelled"
    while not provider.hung_up_at:
        time.sleep(0.02)
    assert said(api, operation_id, "usage")[-1]["is_estimated"] is True
