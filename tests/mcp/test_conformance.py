"""The protocol's own conformance suite, and the inspector's command, against a graph's endpoint.

The suite asks most of its scenarios of tools, prompts and resources that a server made for it would have
(`test_simple_text` …), which no product has; these are the ones that it asks of any server. It can send no key, so a
relay adds it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from knowledger.kernel.json import JsonObject
from tests.mcp.conftest import Books
from tests.mcp.npm import needs_packages, run_package
from tests.mcp.relay import relayed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180), needs_packages]

SUITE = "@modelcontextprotocol/conformance/dist/index.js"
INSPECTOR = "@modelcontextprotocol/inspector/clients/launcher/build/index.js"

BOTH = (
    "completion-complete",
    "dns-rebinding-protection",
    "prompts-list",
    "resources-list",
    "tools-list",
)
SCENARIOS = {
    "2025-11-25": ("server-initialize", "ping", *BOTH),
    "2026-07-28": (
        "caching",
        "http-header-validation",
        "input-required-result-unsupported-methods",
        "sep-2164-resource-not-found",
        "server-sse-multiple-streams",
        "server-stateless",
        *BOTH,
    ),
}

WANTS_ITS_OWN_TOOL = "Not testable: server does not list the diagnostic tool"


@pytest.fixture(scope="module")
def endpoint(books: Books) -> Iterator[str]:
    place = urlsplit(books.url)
    assert place.hostname
    assert place.port
    with relayed((place.hostname, place.port), place.path, books.stack.api_key) as url:
        yield url


@pytest.mark.parametrize(
    ("revision", "scenario"), [(revision, scenario) for revision, all_of in SCENARIOS.items() for scenario in all_of]
)
def test_the_suite_finds_nothing_wrong(endpoint: str, tmp_path: Path, revision: str, scenario: str) -> None:
    asked = ("server", "--url", endpoint, "--scenario", scenario, "--spec-version", revision)
    ran = run_package(SUITE, *asked, "--output-dir", str(tmp_path / "results"), cwd=tmp_path)
    found = list((tmp_path / "results").rglob("checks.json"))
    assert len(found) == 1, ran.stdout + ran.stderr
    checks = json.loads(found[0].read_text())
    assert "SUCCESS" in {check["status"] for check in checks}
    wrong = [check["errorMessage"] for check in checks if check["status"] in ("FAILURE", "WARNING")]
    assert [told for told in wrong if WANTS_ITS_OWN_TOOL not in told] == []


def inspected(books: Books, cwd: Path, *asked: str) -> JsonObject:
    key = ("--header", f"X-API-Key: {books.stack.api_key}")
    ran = run_package(INSPECTOR, "--cli", books.url, "--transport", "http", *key, "--method", *asked, cwd=cwd)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    answer: JsonObject = json.loads(ran.stdout)
    return answer


def test_the_inspector_lists_tools(books: Books, tmp_path: Path) -> None:
    tools = inspected(books, tmp_path, "tools/list")["tools"]
    assert isinstance(tools, list)
    assert {"get_schema", "run_cypher"} <= {tool["name"] for tool in tools if isinstance(tool, dict)}


def test_the_inspector_calls_a_tool(books: Books, tmp_path: Path) -> None:
    query = "query=MATCH (a:Account) RETURN count(*) AS accounts"
    answer = inspected(books, tmp_path, "tools/call", "--tool-name", "run_cypher", "--tool-arg", query)
    told = answer["structuredContent"]
    assert isinstance(told, dict)
    assert told["rows"] == [{"accounts": 42}]
