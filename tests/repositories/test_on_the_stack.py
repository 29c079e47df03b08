"""Filings on the whole stack: a person loads them, watches, and asks; and no killed worker takes anything along."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from sqlalchemy import text

from knowledger.client import ApiError, Client, OperationFailed, Progress, Started
from knowledger.client.sec import FilingsLoaded
from knowledger.domain.operations.progress import result_of
from knowledger.domain.repositories.sec import sec_schema
from tests.cli.conftest import COMMAND, environment
from tests.repositories.archive import POTTERY, QUARTERS, shipped_archive
from tests.repositories.mill import Mill
from tests.stack import Stack, running_stack
from tests.stand_ins.edgar import EdgarStandIn, cut, rate_page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PATIENCE_S = 300
REVENUE = "MATCH (f:Fact {concept_id: 'us-gaap:Revenues'}) RETURN count(*) AS facts"


@pytest.fixture(scope="module")
def edgar() -> Iterator[EdgarStandIn]:
    with EdgarStandIn(shipped_archive()) as standing_in:
        yield standing_in


@pytest.fixture(scope="module")
def stack(server_directory: Path, edgar: EdgarStandIn) -> Iterator[Stack]:
    chosen = {"edgar_url": edgar.url, "edgar_data_url": edgar.url, "edgar_contact": "Ada ada@example.org"}
    with running_stack(server_directory / "sec", dagster="on", **chosen) as running:
        with httpx.Client(base_url=running.url, headers={"X-API-Key": running.api_key}, timeout=PATIENCE_S) as http:
            until(lambda: http.get("/v1/pipelines").status_code == 200)
        yield running


@pytest.fixture
def client(stack: Stack) -> Iterator[Client]:
    with Client(stack.url, stack.api_key) as connected:
        yield connected


def until(condition: Callable[[], Any]) -> Any:
    """What the condition gives, once it gives something."""
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
    return found


def kill_workers(stack: Stack) -> None:
    for process in psutil.Process(stack.supervisor_pid).children(recursive=True):
        with suppress(psutil.Error):
            if "knowledger.tasks.worker" in " ".join(process.cmdline()):
                process.kill()


def kill_runs(stack: Stack) -> bool:
    """Whether there was one."""
    killed = False
    for process in psutil.Process(stack.supervisor_pid).children(recursive=True):
        with suppress(psutil.Error):
            if process.name() == "kn-run":
                process.kill()
                killed = True
    return killed


def generation_file(stack: Stack) -> Path:
    query = text("SELECT object_key FROM generations g JOIN graphs ON generation_id = g.id WHERE graphs.id = 'sec'")
    with stack.database.connect() as connection:
        return stack.settings.objects_directory / str(connection.execute(query).scalar_one())


def test_a_worker_killed_in_the_middle_leaves_what_a_clean_run_does(
    stack: Stack, client: Client, edgar: EdgarStandIn, mill: Mill, tmp_path: Path
) -> None:
    """The first load of this stack; on its way it is cut off and turned away, and the run that fetches is killed."""
    document = next(path for path in edgar.documents if path.endswith("bnb-20250201.htm"))
    edgar.trouble(document, cut, rate_page)
    operation = client.sec.load("BNB", years="2023-2025")
    percents, killed, run_killed = [0.0], False, False
    for event in operation.events():
        if isinstance(event, Started):
            percents = [0.0]
        if isinstance(event, Progress):
            percents.append(event.progress_percent or percents[-1])
            assert percents[-1] >= percents[-2]
            if event.step == "fetch" and not run_killed:
                run_killed = kill_runs(stack)
            if event.step in ("gather", "check", "load") and not killed:
                kill_workers(stack)
                killed = True
    assert killed
    assert run_killed
    loaded = operation.result(timeout=PATIENCE_S)
    assert (loaded.filings, loaded.read, loaded.refused, loaded.missing) == (3, 2, 1, 0)
    mill.fetch(POTTERY)
    mill.read(QUARTERS)
    mill.build(QUARTERS)
    assert result_of(mill.engine.digest(generation_file(stack), sec_schema(), tmp_path)).digests == mill.digests()


def test_loading_again_fetches_nothing_and_keeps_the_generation(client: Client, edgar: EdgarStandIn) -> None:
    first = client.sec.load("bnb", years="2023-2025").result(timeout=PATIENCE_S)
    asked = len(edgar.asked)
    again = client.sec.load("9999901", years="2023-2025").result(timeout=PATIENCE_S)
    assert again.generation_id == first.generation_id is not None
    assert [path for path in edgar.asked[asked:] if path.startswith("/Archives")] == []


def test_what_is_not_there_is_said(client: Client) -> None:
    with pytest.raises(OperationFailed, match="BNX") as unknown:
        client.sec.load("BNX", years="2024").result(timeout=PATIENCE_S)
    assert unknown.value.code == "UnknownTicker"
    assert "BNB" in str(unknown.value.hint)
    none: FilingsLoaded = client.sec.load("BNB", years="2015-2016").result(timeout=PATIENCE_S)
    assert (none.filings, none.companies) == (0, ())
    with pytest.raises(ApiError, match="before 2009"):
        client.sec.load("BNB", years="2001-2002")


def test_everybody_reads_the_graph_and_nobody_writes_it(stack: Stack, client: Client) -> None:
    person = {"email": "stranger@example.org", "password": "not of your house", "name": "Stranger"}
    with httpx.Client(base_url=f"{stack.url}/v1/", headers={"Origin": stack.url}, timeout=60) as browser:
        browser.post("auth/register", json=person).raise_for_status()
        key = browser.post("user/api-keys", json={"name": "tests"}).raise_for_status().json()["key"]
    with Client(stack.url, key) as stranger:
        for anybody in (client, stranger):
            graph = anybody.graphs.get("sec")
            assert graph.query(REVENUE).rows[0]["facts"] == 8
            assert "Fact" in str(graph.info())
            assert len(graph.sql("SELECT * FROM Report").rows) == 2
            with pytest.raises(ApiError, match="shared"):
                graph.update(name="Mine")
            with pytest.raises(ApiError, match="shared"):
                graph.materialize()
        with pytest.raises(ApiError, match="not have it load more"):
            stranger.sec.load("BNB", years="2024")
        assert [item.status for item in stranger.sec.filings(company="BNB")] == ["read", "refused", "read"]
        assert stranger.sec.status().staged == 2


def test_what_arelle_reads_otherwise_is_told_in_words(stack: Stack, client: Client) -> None:
    client.sec.load("BNB", years="2023-2025").result(timeout=PATIENCE_S)
    accession, said = "0009999901-25-000001", "Only Arelle has KilnFuelExpense of 2024-02-04/2025-02-01: 7 iso4217:USD."
    differing = """UPDATE filing_readings SET second_opinion = jsonb_build_array(CAST(:said AS text)),
                   findings = findings || '{"second_opinion": 1}' WHERE accession = :accession"""
    with stack.database.begin() as connection:
        connection.execute(text(differing), {"said": said, "accession": accession})
    told = {filing.accession: filing.second_opinion for filing in client.sec.filings(company="BNB")}
    assert told[accession] == (said,)
    assert client.sec.status().differing == 1
    told_here, asked = environment(stack.settings.home), [*COMMAND, "sec", "filings", "BNB"]
    listed = subprocess.run(asked, env=told_here, capture_output=True, text=True, timeout=120, check=True)
    assert accession in listed.stdout
    assert listed.stderr.splitlines() == [f"{accession}: {said}"]
