"""The domain of repositories over a real database, real files and a stand-in for EDGAR."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.adapters.edgar import EdgarClient
from knowledger.domain.repositories.pace import SharedPace
from knowledger.domain.repositories.pages import Pages
from tests.repositories.archive import small_archive
from tests.stand_ins.edgar import EdgarStandIn

CONTACT = "Ada Example ada@example.org"


@pytest.fixture
def edgar() -> Iterator[EdgarStandIn]:
    with EdgarStandIn(small_archive()) as standing_in:
        yield standing_in


@pytest.fixture
def database(database_url: str) -> Iterator[sqlalchemy.Engine]:
    engine = sqlalchemy.create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sessions(database: sqlalchemy.Engine) -> sessionmaker[Session]:
    return sessionmaker(database, expire_on_commit=False)


@pytest.fixture
def objects(tmp_path: Path) -> DirectoryStore:
    return DirectoryStore(tmp_path / "objects", tmp_path / "scratch")


@pytest.fixture
def pages(
    edgar: EdgarStandIn, database: sqlalchemy.Engine, sessions: sessionmaker[Session], objects: DirectoryStore
) -> Iterator[Pages]:
    unhurried = database.execution_options(isolation_level="AUTOCOMMIT")
    client = EdgarClient(edgar.url, edgar.url, CONTACT, SharedPace(unhurried, "edgar", 1000), timedelta(seconds=10))
    with closing(client):
        yield Pages(lambda: client, sessions, objects)
