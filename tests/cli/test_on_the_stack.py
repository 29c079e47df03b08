"""The commands and the client on the whole stack, with real files."""

import json
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledger.cli.examples import FSDS, LEDGER, shipped_files
from knowledger.client import Client, Completed, Progress, Started
from tests.cli.conftest import COMMAND, environment
from tests.stack import Stack, running_stack

pytestmark = pytest.mark.slow

Kn = Callable[..., subprocess.CompletedProcess[str]]
FSDS_ARCHIVE = Path(__file__).parents[2] / "../shared/fsds/2009q3.zip"


@pytest.fixture(scope="module")
def home(server_directory: Path) -> Path:
    return server_directory / "cli"


@pytest.fixture(scope="module")
def stack(home: Path) -> Iterator[Stack]:
    with running_stack(home) as started:
        yield started


@pytest.fixture
def kn(home: Path, stack: Stack, tmp_path: Path) -> Kn:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments], env=environment(home), capture_output=True, text=True, timeout=120, cwd=tmp_path,
            check=False,
        )  # fmt: skip

    return run


@pytest.fixture
def graph(kn: Kn) -> str:
    created = kn("graph", "create", "Ledger", "--schema", str(LEDGER.directory / "schema.json"))
    return created.stdout.strip()


@pytest.mark.timeout(180)
def test_files_become_answers(kn: Kn, graph: str) -> None:
    loaded = kn("table", "load", *(str(file.path) for file in shipped_files()), "--graph", graph, "--json")
    counts = {item["staged"]["table_name"]: item["staged"] for item in json.loads(loaded.stdout)["files"]}
    assert loaded.returncode == 3
    assert {name: item["rows_rejected"] for name, item in counts.items() if item["rows_rejected"]} == {
        "Company": 4,
        "Payment": 2,
        "Person": 2,
    }
    assert all(item["rows_read"] == item["rows_accepted"] + item["rows_rejected"] for item in counts.values())
    built = kn("materialize", "--graph", graph, "--json")
    assert json.loads(built.stdout)["counts"]["Company"] == 76
    asked = kn(
        "query", "MATCH (c:Company) WHERE c.company_id = $id RETURN c.name AS name", "-p", "id=C001", "-g", graph
    )
    assert asked.stdout.splitlines()[0] == "name"
    assert len(asked.stdout.splitlines()) == 2


@pytest.mark.timeout(180)
def test_a_graph_is_backed_up_restored_and_exported(kn: Kn, graph: str, tmp_path: Path) -> None:
    company = next(file.path for file in shipped_files() if file.path.name == "Company.csv")
    kn("table", "load", str(company), "--graph", graph)
    kn("materialize", "--graph", graph)
    made = kn("backup", "create", "--graph", graph, "--verify")
    backup = made.stdout.strip()
    assert (made.returncode, "sound" in made.stderr) == (0, True)
    assert kn("backup", "verify", backup, "-g", graph).returncode == 0
    restored = json.loads(kn("backup", "restore", backup, "-g", graph, "--to", "Again", "--json").stdout)
    assert (restored["in_place"], restored["counts"]["Company"]) == (False, 76)
    in_place = kn("backup", "restore", backup, "-g", graph, "--in-place", "--confirm", "Another")
    assert (in_place.returncode, "has to be confirmed" in in_place.stderr) == (4, True)
    assert kn("backup", "download", backup, "-g", graph, "-o", "ledger.knbackup").returncode == 0
    assert kn("backup", "export", "-g", graph, "-f", "csv", "-o", "ledger.zip").returncode == 0
    assert "Company.csv" in zipfile.ZipFile(tmp_path / "ledger.zip").namelist()
    listed = json.loads(kn("backup", "list", "-g", graph, "--json").stdout)
    assert [item["kind"] for item in listed] == ["export", "full"]
    assert kn("backup", "delete", backup, "-g", graph, "--yes").returncode == 0
    assert kn("backup", "verify", backup, "-g", graph).returncode != 0


def test_a_graph_says_how_it_is_and_what_it_uses(kn: Kn, graph: str) -> None:
    company = next(file.path for file in shipped_files() if file.path.name == "Company.csv")
    kn("table", "load", str(company), "--graph", graph)
    kn("materialize", "--graph", graph)
    info = kn("graph", "info", graph).stdout.splitlines()
    assert "files\t1" in info
    assert any(line.startswith("Company\tnode\t") and "\t76\t" in line for line in info)
    limits = kn("graph", "limits", graph).stdout.splitlines()
    assert limits[0] == "limit\tused\tallowed\tshare"
    assert [line.split("\t")[:3] for line in limits if line.startswith("backups")] == [["backups", "0", "50"]]
    usage = kn("graph", "usage", graph).stdout
    assert "\nstaged_rows\t76\n" in usage
    assert "materialize\tcompleted\t1" in usage
    health = kn("graph", "health", graph)
    assert (health.returncode, "status\thealthy" in health.stdout) == (0, True)
    assert any(line.startswith(f"{graph}\tLedger\t76\t1\t") for line in kn("usage").stdout.splitlines())
    assert json.loads(kn("graph", "health", graph, "--json").stdout)["findings"] == []


@pytest.mark.timeout(180)
def test_a_deleted_graph_comes_back_or_its_last_backup_does(kn: Kn, graph: str) -> None:
    assert kn("graph", "delete", graph, "--yes").returncode == 0
    assert graph in kn("graph", "list", "--deleted").stdout
    assert kn("graph", "undelete", graph).returncode == 0
    assert kn("graph", "show", graph).returncode == 0
    kn("subgraph", "create", "trial", "--fork", "-g", graph)
    assert kn("subgraph", "delete", "trial", "-g", graph, "--backup", "--yes").returncode == 0
    assert kn("graph", "delete", graph, "--backup", "--keep-days", "2", "--yes").returncode == 0
    restored = json.loads(kn("graph", "undelete", graph, "--last-backup", "--to", "Once more", "--json").stdout)
    assert restored["name"] == "Once more"
    unknown = kn("graph", "undelete", "Nowhere")
    assert (unknown.returncode, "graph list --deleted" in unknown.stderr) == (2, True)


@pytest.mark.timeout(180)
def test_a_downloaded_backup_is_imported(kn: Kn, graph: str, tmp_path: Path) -> None:
    backup = kn("backup", "create", "-g", graph).stdout.strip()
    kn("backup", "download", backup, "-g", graph, "-o", "ledger.knbackup")
    kn("backup", "delete", backup, "-g", graph, "--yes")
    imported = kn("backup", "import", "ledger.knbackup", "-g", graph)
    assert imported.returncode == 0
    assert kn("backup", "verify", imported.stdout.strip(), "-g", graph, "--deep").returncode == 0
    (tmp_path / "cut.knbackup").write_bytes((tmp_path / "ledger.knbackup").read_bytes()[:-1])
    cut = kn("backup", "import", "cut.knbackup", "-g", graph)
    assert (cut.returncode, "cut or changed" in cut.stderr) == (4, True)


def test_rejected_rows_say_where_and_why(kn: Kn, graph: str, tmp_path: Path) -> None:
    (tmp_path / "Account.csv").write_text("iban,company_id,currency,opened\nXX1,C1,EUR,2020-01-01\nXX2,C1,EUR,soon\n")
    assert kn("table", "load", "Account.csv", "-g", graph).returncode == 3
    shown = kn("table", "rejects", "Account", "-g", graph)
    assert shown.stdout.splitlines()[1].split("\t")[:5] == ["Account.csv", "3", "opened", "soon", "wrong_type"]


def test_types_are_proposed_shown_and_taken(kn: Kn, tmp_path: Path) -> None:
    graph = kn("graph", "create", "Empty").stdout.strip()
    rows = "".join(f"T{number},{number}.5\n" for number in range(100))
    (tmp_path / "trades.csv").write_text("trade_id,amount\n" + rows)
    tried = kn("table", "load", "trades.csv", "-g", graph, "--dry-run")
    assert "trade_id\tstring\tkey" in tried.stdout
    assert kn("table", "list", "-g", graph).stdout.count("\n") == 1
    refused = kn("table", "load", "trades.csv", "-g", graph)
    assert (refused.returncode, "--yes" in refused.stderr) == (2, True)
    loaded = kn("table", "load", "trades.csv", "-g", graph, "--yes", "--map", "trades=Trade")
    assert loaded.stdout.splitlines()[-1] == "trades.csv\tTrade\t100\t100\t0"


def test_what_a_killed_load_has_left_is_taken_up_and_what_is_not_in_the_graph_yet_is_said(
    kn: Kn, stack: Stack, tmp_path: Path
) -> None:
    graph = kn("graph", "create", "Begun").stdout.strip()
    (tmp_path / "trades.csv").write_text("trade_id,amount\nT1,1.5\nT2,2.5\n")
    with Client(stack.url, stack.api_key) as client:
        left = client.graphs.get(graph).files.upload(tmp_path / "trades.csv", stage=False).file
    assert f"file delete {left.file_id} --graph {graph}" in kn("file", "list", "-g", graph).stderr
    assert "1 file has no table" in kn("materialize", "-g", graph).stderr
    kn("table", "load", "trades.csv", "-g", graph, "--yes")
    listed = kn("file", "list", "-g", graph)
    assert [line.split("\t")[:3] for line in listed.stdout.splitlines()[1:]] == [[left.file_id, "trades.csv", "Trades"]]
    asked = kn("query", "-g", graph, "MATCH (t:Trades) RETURN t.amount")
    assert asked.stderr.splitlines()[1].endswith(f"Bring them in: knowledger materialize --graph {graph}")
    assert "Bring them in:" in kn("query", "-g", graph, "MATCH (n) RETURN count(*)").stderr
    kn("materialize", "-g", graph)
    assert kn("query", "-g", graph, "MATCH (t:Trades) RETURN count(*) AS n").stdout == "n\n2\n"


def test_a_name_taken_twice_is_said(kn: Kn) -> None:
    first, second = (kn("graph", "create", "Twice") for _ in range(2))
    assert "graphs are called Twice" not in first.stderr
    assert first.stdout.strip() in second.stderr
    assert "name them by id" in second.stderr


def test_a_dry_run_shows_the_rows_that_types_not_there_yet_would_refuse(kn: Kn, tmp_path: Path) -> None:
    graph = kn("graph", "create", "Untouched").stdout.strip()
    rows = "".join(f"T{number},{number}.5\n" for number in range(100))
    (tmp_path / "trades.csv").write_text("trade_id,amount\n" + rows + "T100,1.5,2.5\n")
    tried = kn("table", "load", "trades.csv", "-g", graph, "--dry-run", "--map", "trades=Trade")
    assert (tried.returncode, tried.stdout.splitlines()[-1]) == (3, "trades.csv\tTrade\t101\t100\t1")
    assert "trades.csv\t102\t" in tried.stderr
    assert kn("table", "list", "-g", graph).stdout.count("\n") == 1
    assert kn("file", "list", "-g", graph).stdout.count("\n") == 1


def test_an_archive_goes_to_the_mapped_tables(kn: Kn, graph: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a/accounts.csv", "iban,company_id\nXX1,C1\n")
        archive.writestr("readme.htm", "<p>")
    done = kn("table", "load", "all.zip", "-g", graph, "--map", "accounts=Account")
    assert done.stdout.splitlines()[1] == "accounts.csv\tAccount\t1\t1\t0"


def test_sql_asks_the_staging_tables(kn: Kn, graph: str, tmp_path: Path) -> None:
    (tmp_path / "Account.csv").write_text("iban,company_id\nXX1,C1\nXX2,C2\n")
    kn("table", "load", "Account.csv", "-g", graph)
    assert kn("table", "sql", "SELECT count(*) AS n FROM Account", "-g", graph).stdout == "n\n2\n"


def test_a_mistake_in_a_query_is_said_without_a_trace(kn: Kn, graph: str) -> None:
    done = kn("query", "MATCH (c:Compnay) RETURN c", "-g", graph)
    assert done.returncode == 4
    assert done.stderr.startswith("✗ ")
    assert "Traceback" not in done.stderr


def test_the_client_does_it_in_a_few_lines(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("iban,company_id\n" + "".join(f"XX{n},C1\n" for n in range(1000)))
    with Client(stack.url, stack.api_key) as client:
        graph = client.graphs.create("Ledger", schema=LEDGER.schema).result(timeout=30)
        operation = graph.tables["Account"].load(tmp_path / "accounts.csv")
        kinds = [type(event) for event in operation.events(timeout=30)]
        assert {Started, Progress, Completed} <= set(kinds)
        assert operation.result().rows_accepted == 1000
        assert graph.materialize().result(timeout=30).counts["Account"] == 1000
        answer = graph.query("MATCH (a:Account) RETURN a.iban AS iban ORDER BY iban LIMIT 2")
        assert answer.rows == ({"iban": "XX0"}, {"iban": "XX1"})
        assert sum(1 for _ in graph.query("MATCH (a:Account) RETURN a.iban AS iban")) == 1000
        assert graph.query("MATCH (a:Account) RETURN a.iban AS iban").to_arrow().num_rows == 1000


@pytest.mark.timeout(300)
@pytest.mark.skipif(not FSDS_ARCHIVE.exists(), reason="the SEC's data sets are not on this machine")
def test_the_secs_data_sets_load_whole(kn: Kn) -> None:
    graph = kn("graph", "create", "fsds", "--schema", str(FSDS.directory / "schema.json")).stdout.strip()
    mapping = str(FSDS.directory / "tables.json")
    loaded = kn("table", "load", str(FSDS_ARCHIVE), "-g", graph, "--map", mapping)
    assert sorted(line.split("\t", 1)[1] for line in loaded.stdout.splitlines()[1:]) == [
        "Fact\t126650\t126650\t0",
        "Filing\t435\t435\t0",
        "PRESENTS\t47958\t47958\t0",
        "Tag\t8820\t8820\t0",
    ]
    built = json.loads(kn("materialize", "-g", graph, "--json").stdout)
    assert built["counts"] == {
        "Filing": 435,
        "Tag": 8820,
        "Fact": 126650,
        "REPORTED_IN": 126650,
        "OF_TAG": 126650,
        "PRESENTS": 47958,
    }


@pytest.mark.timeout(180)
def test_the_demo_tells_its_story_and_leaves_nothing(server_directory: Path) -> None:
    home = server_directory / "demo"
    done = subprocess.run(
        [*COMMAND, "demo", "--exit", "--port", "0"], env=environment(home), capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "975 rows read, 8 rejected." in done.stderr
    for question in LEDGER.questions:
        assert question.title in done.stdout
    assert "#signin=" not in done.stdout  # nothing would answer there
    assert (home / "lock").read_text() == ""
