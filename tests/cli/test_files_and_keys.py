"""Files, keys and ways in, by the commands on the whole stack."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from knowledger.client import Client
from tests.cli.conftest import COMMAND, environment
from tests.stack import Stack, running_stack

pytestmark = pytest.mark.slow

Kn = Callable[..., subprocess.CompletedProcess[str]]
SCHEMA = {
    "name": "books",
    "nodes": [
        {"name": "Customer", "key": ["id"], "properties": [{"name": "id", "type": "string"}]},
        {
            "name": "Invoice",
            "key": ["id"],
            "properties": [
                {"name": "id", "type": "int"},
                {"name": "customer", "type": "string"},
                {"name": "amount", "type": "double"},
            ],
        },
    ],
    "relationships": [
        {"name": "BILLED_TO", "from": "Invoice", "to": "Customer", "source": "Invoice", "to_columns": ["customer"]}
    ],
}


@pytest.fixture(scope="module")
def home(server_directory: Path) -> Path:
    return server_directory / "files"


@pytest.fixture(scope="module")
def stack(home: Path) -> Iterator[Stack]:
    with running_stack(home) as started:
        yield started


@pytest.fixture
def kn(home: Path, stack: Stack, tmp_path: Path) -> Kn:
    (tmp_path / "schema.json").write_text(json.dumps(SCHEMA))

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], env=environment(home, **more), capture_output=True, text=True, timeout=120,
            cwd=tmp_path, check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def graph(kn: Kn) -> str:
    return kn("graph", "create", "Books", "--schema", "schema.json").stdout.strip()


def test_a_load_that_stops_a_materialization_is_mended_by_the_commands_it_names(
    kn: Kn, graph: str, tmp_path: Path
) -> None:
    (tmp_path / "strict.csv").write_text("id,customer,amount\n1,C1,2.5\n2,C1,ten\n")
    assert kn("table", "load", "strict.csv", "-t", "Invoice", "-g", graph, "--on-error", "fail").returncode == 3
    refused = kn("materialize", "-g", graph)
    assert refused.returncode == 4
    for named in (
        "file show strict.csv",
        "file stage strict.csv",
        "file delete strict.csv",
        "materialize --ignore-errors",
    ):
        assert f"knowledger {named} --graph {graph}" in refused.stderr
    shown = dict(line.split("\t", 1) for line in kn("file", "show", "strict.csv", "-g", graph).stdout.splitlines())
    assert (shown["staged"], shown["graph"]) == ("failed", "none")
    assert "line 3" in shown["  error"]
    staged = kn("file", "stage", "strict.csv", "-g", graph)
    assert (staged.returncode, staged.stdout.splitlines()[1]) == (3, "strict.csv\tInvoice\t2\t1\t1")
    built = kn("materialize", "-g", graph)
    assert built.returncode == 3
    assert (
        f"1 row was left out (1 dangling_end). See why:\n  knowledger table rejects Invoice --graph {graph}\n"
        in built.stderr
    )


def test_files_are_listed_with_their_layers_and_deleted_when_meant(kn: Kn, graph: str, tmp_path: Path) -> None:
    (tmp_path / "customer.csv").write_text("id\nC1\nC2\n")
    kn("table", "load", "customer.csv", "-g", graph)
    kn("materialize", "-g", graph)
    header, row = (line.split("\t") for line in kn("file", "list", "-g", graph).stdout.splitlines())
    found = dict(zip(header, row, strict=True))
    assert (found["name"], found["table"], found["size"]) == ("customer.csv", "Customer", "9")
    assert [found[layer] for layer in ("uploaded", "staged", "graph")] == ["complete", "ready", "current"]
    assert (found["accepted"], found["rejected"]) == ("2", "0")
    unasked = kn("file", "delete", "customer.csv", "-g", graph)
    assert (unasked.returncode, "and its rows?" in unasked.stderr) == (5, True)
    deleted = kn("file", "delete", found["file"], "-g", graph, "--yes")
    assert f"until knowledger materialize --graph {graph}" in deleted.stderr
    assert kn("file", "list", "-g", graph, "--json").stdout.strip() == "[]"
    gone = kn("file", "show", "customer.csv", "-g", graph)
    assert (gone.returncode, gone.stderr.splitlines()[0]) == (2, "✗ The graph has no file 'customer.csv'.")


def test_two_files_of_one_name_are_told_apart_by_id(kn: Kn, graph: str, tmp_path: Path) -> None:
    (tmp_path / "customer.csv").write_text("id\nC1\n")
    for _ in range(2):
        kn("table", "load", "customer.csv", "-g", graph)
    assert "2 files are named 'customer.csv'." in kn("file", "show", "customer.csv", "-g", graph).stderr


def test_a_key_is_made_used_listed_and_revoked(kn: Kn) -> None:
    made = kn("key", "create", "reports", "--scope", "read", "--expires", "90d")
    key = made.stdout.strip()
    assert key.startswith("kn_")
    assert "It may read, until " in made.stderr
    assert kn("graph", "list", KNOWLEDGER_API_KEY=key).returncode == 0
    assert kn("graph", "create", "X", KNOWLEDGER_API_KEY=key).returncode == 4
    listed = [line.split("\t") for line in kn("key", "list").stdout.splitlines()]
    assert [row[1:4] for row in listed if row[1] == "reports"] == [["reports", f"{key[:11]}…", "read"]]
    assert kn("key", "revoke", "reports", "--yes").returncode == 0
    assert kn("graph", "list", KNOWLEDGER_API_KEY=key).returncode == 4
    assert kn("key", "revoke", "reports", "--yes").returncode == 2


def test_login_on_the_stacks_machine_prints_a_fresh_way_in(kn: Kn, stack: Stack) -> None:
    links = {kn("login").stdout.strip() for _ in range(2)}
    assert len(links) == 2
    for link in links:
        token = link.removeprefix(f"{stack.url}/#signin=")
        assert httpx.post(f"{stack.url}/v1/auth/link", json={"token": token}).status_code == 200


def test_the_client_without_arguments_finds_the_stack_of_this_machine(
    stack: Stack, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOWLEDGER_HOME", str(home))
    for name in ("KNOWLEDGER_URL", "KNOWLEDGER_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    with Client() as client:
        assert (client.url, client.user()["id"]) == (stack.url, stack.user_id)


def test_a_kept_key_goes_to_no_other_server(home: Path, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    from knowledger.client import environment as taken

    monkeypatch.setenv("KNOWLEDGER_HOME", str(home))
    monkeypatch.delenv("KNOWLEDGER_API_KEY", raising=False)
    monkeypatch.setenv("KNOWLEDGER_URL", "http://elsewhere.example")
    assert taken.server() == ("http://elsewhere.example", None)
