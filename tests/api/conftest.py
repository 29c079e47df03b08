"""An application over a real database, spoken to over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy
from fastapi import FastAPI
from sqlalchemy.orm import Session, sessionmaker

from knowledger.api.app import create_app
from knowledger.api.deps import ApiDeps
from knowledger.settings import Settings
from tests.api.serving import serving


@pytest.fixture
def sessions(database_url: str) -> Iterator[sessionmaker[Session]]:
    engine = sqlalchemy.create_engine(database_url)
    yield sessionmaker(engine)
    engine.dispose()


@pytest.fixture
def app(sessions: sessionmaker[Session], tmp_path: Path) -> FastAPI:
    return create_app(ApiDeps(settings=Settings(home=tmp_path), sessions=sessions))


@pytest.fixture
def client(app: FastAPI) -> Iterator[httpx.Client]:
    with serving(app) as url, httpx.Client(base_url=url) as client:
        yield client
