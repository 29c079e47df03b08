"""The domain of repositories over a real database, real files and a stand-in for EDGAR."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.orm import Session, sessionmaker

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.adapters.edgar import EdgarClient
from knowledger.domain.repositories.pace import SharedPace
from knowledger.domain.repositories.pages import Pages
from knowledger.engine.engine import SandboxedEngine
from knowledger.engine.sandbox import Sandbox
from knowledger.engine.xbrl.engine import SandboxedFilingEngine
from tests.engine.conftest import sandbox, sandbox_socket, zygote
from tests.engine.test_sandboxed_engine import Limits
from tests.repositories.archive import shipped_archive, small_archive
from tests.repositories.mill import Mill
from tests.stand_ins.edgar import EdgarStandIn

__all__ = ["sandbox", "sandbox_socket", "zygote"]

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
def shipped() -> Iterator[EdgarStandIn]:
    with EdgarStandIn(shipped_archive()) as standing_in:
        yield standing_in


@pytest.fixture
def mill(
    shipped: EdgarStandIn,
    database: sqlalchemy.Engine,
    sessions: sessionmaker[Session],
    objects: DirectoryStore,
    sandbox: Sandbox,
) -> Iterator[Mill]:
    with _pages(shipped, database, sessions, objects) as pages:
        filings, engine = SandboxedFilingEngine(sandbox, Limits()), SandboxedEngine(sandbox, Limits())
        made = Mill(pages, sessions, database, objects, engine, filings)
        made.make_repository()
        yield made


@pytest.fixture
def pages(
    edgar: EdgarStandIn, database: sqlalchemy.Engine, sessions: sessionmaker[Session], objects: DirectoryStore
) -> Iterator[Pages]:
    with _pages(edgar, database, sessions, objects) as made:
        yield made


@contextmanager
def _pages(
    edgar: EdgarStandIn, database: sqlalchemy.Engine, sessions: sessionmaker[Session], objects: DirectoryStore
) -> Iterator[Pages]:
    unhurried = database.execution_options(isolation_level="AUTOCOMMIT")
    client = EdgarClient(edgar.url, edgar.url, CONTACT, SharedPace(unhurried, "edgar", 1000), timedelta(seconds=10))
    with closing(client):
        yield Pages(lambda: client, sessions, objects)


def pages_of(edgar: EdgarStandIn, mill: Mill) -> AbstractContextManager[Pages]:
    """The pages of another server, kept where the mill keeps its own."""
    return _pages(edgar, mill.database, mill.sessions, mill.objects)
