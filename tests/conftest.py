"""Real servers for every test: one PostgreSQL and one Valkey a run; a database without rows a test."""

import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql

from knowledger.logs import configure_logs
from knowledger.models import Base
from knowledger.models.migrate import upgrade
from knowledger.settings import Settings
from knowledger.up.postgres import SOCKET_PORT, USER, EmbeddedPostgres
from knowledger.up.valkey import EmbeddedValkey

TEMPLATE = "template_of_tests"
HASTY = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}

_database_numbers = count(1)

_EMPTY = sql.SQL(";").join(
    [
        sql.SQL("SET LOCAL session_replication_role = replica"),  # nothing refuses, nothing is checked
        *(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)) for table in Base.metadata.tables),
    ]
)


@pytest.fixture(scope="session", autouse=True)
def logs(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Once a process: a logger keeps the configuration under which it first spoke."""
    configure_logs(Settings(home=tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def server_directory() -> Iterator[Path]:
    """Below /tmp and short: a unix socket's path has to fit 108 bytes."""
    directory = Path(tempfile.mkdtemp(prefix="kn-", dir="/tmp"))
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(server_directory: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(server_directory / "postgres", server_directory / "run" / "postgres", HASTY)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def database_template(postgres_server: EmbeddedPostgres) -> str:
    """A database that holds the schema and no rows; each test gets a copy of it."""
    _execute(postgres_server, "CREATE DATABASE {}", TEMPLATE)
    upgrade(postgres_server.url(TEMPLATE))
    return TEMPLATE


@pytest.fixture
def database_url(postgres_server: EmbeddedPostgres, database_template: str) -> Iterator[str]:
    """A database of this test's own, with the schema and no rows, for SQLAlchemy."""
    name = f"test_{next(_database_numbers)}"
    _execute(postgres_server, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, database_template)
    yield postgres_server.url(name)
    _execute(postgres_server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def reused_database_url(postgres_server: EmbeddedPostgres, database_template: str) -> str:
    """For `emptied_database_url` and for engines over it that are worth keeping."""
    name = f"reused_{next(_database_numbers)}"
    _execute(postgres_server, "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, database_template)
    return postgres_server.url(name)


@pytest.fixture
def emptied_database_url(reused_database_url: str) -> Iterator[str]:
    """With the schema and no rows, as `database_url`, at a tenth of its cost: emptied after each test.

    For tests that leave nothing behind which still works on it.
    """
    yield reused_database_url
    with psycopg.connect(reused_database_url.replace("postgresql+psycopg", "postgresql")) as link:
        link.execute(_EMPTY)


@pytest.fixture
def empty_database_url(postgres_server: EmbeddedPostgres) -> Iterator[str]:
    """A database without anything in it."""
    name = f"empty_{next(_database_numbers)}"
    _execute(postgres_server, "CREATE DATABASE {}", name)
    yield postgres_server.url(name)
    _execute(postgres_server, "DROP DATABASE {} WITH (FORCE)", name)


@pytest.fixture(scope="session")
def valkey_server(server_directory: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(server_directory / "valkey", server_directory / "run" / "valkey")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def broker_url(valkey_server: EmbeddedValkey) -> str:
    """An empty broker, for Celery."""
    with redis.Redis(unix_socket_path=str(valkey_server.socket_path)) as connection:
        connection.flushall()
    return valkey_server.url()


def _execute(server: EmbeddedPostgres, statement: str, *names: str) -> None:
    query = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
    with psycopg.connect(host=str(server.run), port=SOCKET_PORT, user=USER, dbname="postgres", autocommit=True) as link:
        link.execute(query)
