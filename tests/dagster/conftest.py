"""Dagster's jobs in this process, against a real database; what Dagster remembers is in memory."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy
from dagster import DagsterInstance, ExecuteInProcessResult
from pydantic import SecretStr

from knowledger.dagster.definitions import definitions
from knowledger.dagster.home import make_home, make_schema, variables
from knowledger.settings import Settings
from knowledger.up.postgres import EmbeddedPostgres
from knowledger.wiring import Wiring

DAGSTERS_OWN = "ignore:Parameter `owners`:dagster_shared.utils.warnings.BetaWarning"
"""Dagster warns of what it passes to itself when it resolves definitions with sensors."""

RunJob = Callable[..., ExecuteInProcessResult]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.filterwarnings(DAGSTERS_OWN))


@pytest.fixture
def wiring(emptied_database_url: str, broker_url: str, tmp_path: Path) -> Iterator[Wiring]:
    settings = Settings(home=tmp_path, database_url=SecretStr(emptied_database_url), broker_url=SecretStr(broker_url))
    made = Wiring(settings)
    yield made
    made.close()


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture(scope="session")
def stored_instance(
    postgres_server: EmbeddedPostgres, database_template: str, server_directory: Path
) -> Iterator[DagsterInstance]:
    """As `knowledger up` makes it, in PostgreSQL; what starts runs is not there."""
    settings = Settings(home=server_directory / "dagster")
    engine = sqlalchemy.create_engine(postgres_server.url("postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text("CREATE DATABASE dagsters"))
    engine.dispose()
    make_schema(postgres_server.url("dagsters"))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables(settings.dagster_home, postgres_server.url("dagsters")).items():
            patch.setenv(name, value)
        make_home(settings, postgres_server.url("dagsters"))
        with DagsterInstance.get() as made:
            yield made


@pytest.fixture
def run_job(wiring: Wiring, instance: DagsterInstance) -> RunJob:
    def run(name: str, **options: object) -> ExecuteInProcessResult:
        job = definitions.resolve_job_def(name)
        return job.execute_in_process(resources={"wiring": wiring}, instance=instance, **options)  # type: ignore[arg-type]

    return run
