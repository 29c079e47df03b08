"""A generation that lacks something is never read: its checks come before the swap."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from dagster import AssetCheckEvaluation, DagsterInstance, materialize
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from knowledger.dagster.assets.sec import sec_graph
from knowledger.domain.graphs.engine import BuildRequest, BuiltGeneration
from knowledger.domain.operations.progress import Work
from knowledger.domain.repositories.status import repository_status
from knowledger.engine.engine import SandboxedEngine
from knowledger.models.operations import Operation
from knowledger.settings import Settings
from knowledger.wiring import Wiring
from tests.repositories.archive import POTTERY, QUARTERS
from tests.repositories.mill import Mill

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SAID = "The next generation was refused: 1 of 2 staged filings have a report. Readers keep the one before."


class Careless(SandboxedEngine):
    """An engine that forgets the reports of one quarter."""

    def build(self, request: BuildRequest) -> Work[BuiltGeneration]:
        kept = tuple(file for file in request.files if file.file_name != "Report-2025-01-01.parquet")
        return (yield from super().build(replace(request, files=kept)))


@pytest.fixture
def read(mill: Mill) -> Mill:
    mill.fetch(POTTERY, forms=("10-K",))
    mill.read(QUARTERS)
    return mill


def careless(mill: Mill) -> Mill:
    return replace(mill, engine=Careless(mill.engine._sandbox, mill.engine._limits))


def test_a_generation_that_lacks_a_report_leaves_readers_where_they_were(read: Mill) -> None:
    read.build(QUARTERS[:1])
    before = read.digests()
    refused = careless(read).build(QUARTERS)[-1]
    assert (refused.status, (refused.error or {})["code"], (refused.error or {})["message"]) == (
        "failed",
        "GenerationRefused",
        SAID,
    )
    assert read.digests() == before
    with read.sessions() as session:
        status = repository_status(session)
        assert (status.problem, status.is_stale) == (SAID, True)
    assert [item.status for item in read.build(QUARTERS)] == ["completed"]
    assert read.digests() != before
    with read.sessions() as session:
        status = repository_status(session)
        assert (status.problem, status.is_stale) == (None, False)


def test_the_run_says_which_check_kept_the_generation_back(
    read: Mill, database_url: str, broker_url: str, tmp_path: Path
) -> None:
    read.stage(QUARTERS)
    settings = Settings(home=tmp_path / "home", database_url=SecretStr(database_url), broker_url=SecretStr(broker_url))
    with closing(Wiring(settings)) as wiring, DagsterInstance.ephemeral() as instance:

        def checked(mill: Mill) -> dict[str, bool]:
            with working(mill):
                run = materialize([sec_graph], resources={"wiring": wiring}, instance=instance, raise_on_error=False)
            said = (
                event.event_specific_data
                for event in run.all_events
                if event.event_type_value == "ASSET_CHECK_EVALUATION"
            )
            found = {one.check_name: one.passed for one in said if isinstance(one, AssetCheckEvaluation)}
            return {**found, "run": run.success}

        assert checked(careless(read)) == {"counts": False, "facts": True, "run": False}
        assert checked(read) == {"counts": True, "facts": True, "run": True}


@contextmanager
def working(mill: Mill) -> Iterator[None]:
    """A worker of this mill in a thread."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.05):
            with mill.sessions() as session:
                for operation in pending(session):
                    mill.run(operation)

    worker = threading.Thread(target=work)
    worker.start()
    yield
    done.set()
    worker.join()


def pending(session: Session) -> list[Operation]:
    return list(session.scalars(select(Operation).where(Operation.status == "pending")))
