"""The embedded servers start, stop, and come back after `kill -9`."""

import os
import stat
from pathlib import Path
from signal import SIGKILL

import psycopg
import pytest
import redis

from knowledger.up.postgres import EmbeddedPostgres
from knowledger.up.valkey import EmbeddedValkey

HASTY = {"fsync": "off", "full_page_writes": "off"}


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def test_each_test_gets_an_empty_database(database_url: str) -> None:
    rows(database_url, "CREATE TABLE only_here (x int)")
    assert rows(database_url, "SELECT count(*) FROM only_here") == [(0,)]


def test_the_next_test_does_not_see_it(database_url: str) -> None:
    assert rows(database_url, "SELECT to_regclass('only_here')") == [(None,)]


def test_text_is_utf_8_and_times_are_utc(database_url: str) -> None:
    assert rows(
        database_url, "SELECT lower('ÉTÉ'), current_setting('server_encoding'), current_setting('timezone')"
    ) == [("été", "UTF8", "UTC")]


def test_postgres_listens_on_no_port(postgres_server: EmbeddedPostgres) -> None:
    assert rows(postgres_server.url(), "SHOW listen_addresses") == [("",)]


def test_nobody_else_enters_the_socket_directory(postgres_server: EmbeddedPostgres) -> None:
    assert stat.S_IMODE(postgres_server.run.stat().st_mode) == 0o700


@pytest.fixture(scope="module")
def cluster(server_directory: Path) -> EmbeddedPostgres:
    """Made once; each test starts it and leaves it stopped."""
    return EmbeddedPostgres(server_directory / "cluster", server_directory / "own", HASTY)


def test_a_commit_survives_kill_9_of_postgres(cluster: EmbeddedPostgres) -> None:
    cluster.start()
    rows(cluster.url(), "CREATE TABLE kept AS SELECT 1 AS x")
    assert cluster.process is not None
    os.kill(cluster.process.pid, SIGKILL)
    cluster.process.wait()
    cluster.start()
    assert rows(cluster.url(), "SELECT x FROM kept") == [(1,)]
    cluster.stop()


def test_a_postgres_left_running_is_stopped_before_the_next_start(cluster: EmbeddedPostgres) -> None:
    cluster.start()
    following = EmbeddedPostgres(cluster.data, cluster.run, HASTY)
    following.start()
    assert cluster.process is not None
    assert cluster.process.wait(5) == 0
    assert following.is_ready()
    following.stop()


def test_a_lock_file_naming_another_process_is_removed(cluster: EmbeddedPostgres) -> None:
    cluster.ensure_initialized()
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n{cluster.data}\n")
    cluster.start()
    assert cluster.is_ready()
    cluster.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home that others may not enter")
def test_root_runs_postgres_as_nobody(postgres_server: EmbeddedPostgres) -> None:
    assert postgres_server.process is not None
    assert Path(f"/proc/{postgres_server.process.pid}").stat().st_uid == 65534


def test_the_broker_is_empty_and_answers(broker_url: str, valkey_server: EmbeddedValkey) -> None:
    assert broker_url.startswith("redis+socket:///")
    with redis.Redis(unix_socket_path=str(valkey_server.socket_path)) as connection:
        assert connection.dbsize() == 0


def test_valkey_comes_back_after_kill_9(tmp_path: Path, server_directory: Path) -> None:
    server = EmbeddedValkey(tmp_path / "data", server_directory / "valkey-killed")
    server.start()
    assert server.process is not None
    os.kill(server.process.pid, SIGKILL)
    server.process.wait()
    server.start()
    assert server.is_ready()
    server.stop()
