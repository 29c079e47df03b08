"""An application over a real database, spoken to over HTTP. Its graph host and its sandbox are down."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from knowledger.api.live.hub import Hub
from knowledger.logs import configure_logs
from knowledger.settings import Settings
from tests.api.down import EngineThatIsDown, HostThatIsDown
from tests.api.serving import serving
from tests.api.world import World, make_world


@pytest.fixture(scope="session", autouse=True)
def logs(tmp_path_factory: pytest.TempPathFactory) -> None:
    configure_logs(Settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    engine = sqlalchemy.create_engine(database_url)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


@pytest.fixture
def deps(sessions: sessionmaker[Session], database_url: str, tmp_path: Path) -> ApiDeps:
    settings = Settings(home=tmp_path)
    return ApiDeps(
        settings=settings,
        sessions=sessions,
        hub=Hub(database_url.replace("postgresql+psycopg", "postgresql")),
        objects=DirectoryStore(settings.objects_directory, settings.scratch_directory),
        reader=HostThatIsDown(),
        engine=EngineThatIsDown(),
    )


@pytest.fixture
def app(deps: ApiDeps) -> FastAPI:
    return create_app(deps)


@pytest.fixture
def client(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture
def world(sessions: sessionmaker[Session]) -> World:
    with sessions.begin() as session:
        return make_world(session)
