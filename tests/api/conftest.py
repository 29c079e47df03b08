"""An application over a real database, spoken to over HTTP. Its graph host and its sandbox are down.

One database and one server serve all tests of a folder: each makes a world of its own, whose ids and emails nobody
else has.
"""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import httpx
import pytest
import sqlalchemy
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.dagster_runs import NoRuns
from knowledger.adapters.directory_store import DirectoryStore
from knowledger.adapters.model_prices import PriceTable
from knowledger.adapters.oauth import OAuthServer
from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from knowledger.api.live.hub import Hub
from knowledger.api.lookups import Lookups
from knowledger.domain.backups.keys import KeyRing
from knowledger.domain.connections.tokens import SecretKeys
from knowledger.kernel.ids import new_id
from knowledger.kernel.keys import new_key
from knowledger.settings import Settings
from knowledger.up.postgres import EmbeddedPostgres
from tests.api.down import EngineThatIsDown, HostThatIsDown
from tests.api.serving import serving
from tests.api.world import World, make_world
from tests.connections.feeds import made_up_banks

_numbers = count(1)


@pytest.fixture(scope="session")
def shared_database_url(postgres_server: EmbeddedPostgres, database_template: str) -> str:
    name = f"tests_of_api_{next(_numbers)}"
    server = sqlalchemy.create_engine(postgres_server.url("postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {database_template}"))
    server.dispose()
    return postgres_server.url(name)


@pytest.fixture(scope="session")
def sessions(shared_database_url: str) -> Iterator[sessionmaker[Session]]:
    engine = sqlalchemy.create_engine(shared_database_url, pool_size=10, max_overflow=30)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


@pytest.fixture(scope="session")
def make_deps(sessions: sessionmaker[Session], shared_database_url: str) -> Callable[[Path], ApiDeps]:
    """What one application needs; a second application needs its own."""

    def make(home: Path) -> ApiDeps:
        settings = Settings(home=home)
        conninfo = shared_database_url.replace("postgresql+psycopg", "postgresql")
        return ApiDeps(
            settings=settings,
            sessions=sessions,
            hub=Hub(conninfo),
            lookups=Lookups(conninfo),
            objects=DirectoryStore(settings.objects_directory, settings.scratch_directory),
            secret_keys=SecretKeys.parse(new_key("test")),
            prices=PriceTable(),
            readings=lambda *_: pytest.fail("no test here reads a graph through tools"),
            banks=made_up_banks(home),
            reader=HostThatIsDown(),
            engine=EngineThatIsDown(),
            pipelines=NoRuns(),
            authorization_server=OAuthServer("https://tokens.example.org", "https://knowledger.example.org"),
            backup_keys=KeyRing.parse(new_key("tests")),
        )

    return make


@pytest.fixture(scope="session")
def app(make_deps: Callable[[Path], ApiDeps], tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return create_app(make_deps(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def url(app: FastAPI) -> Iterator[str]:
    with serving(app) as url:
        yield url


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture
def deps(make_deps: Callable[[Path], ApiDeps], tmp_path: Path) -> ApiDeps:
    """For a test that makes its own application."""
    return make_deps(tmp_path)


@pytest.fixture
def world(sessions: sessionmaker[Session]) -> World:
    with sessions.begin() as session:
        return make_world(session)


@pytest.fixture
def email() -> str:
    """Nobody is registered with it."""
    return f"{new_id('ada')}@example.org"
