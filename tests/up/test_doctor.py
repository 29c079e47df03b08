"""The doctor finds what is wrong and says what mends it."""

import os
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from knowledger.settings import Settings
from knowledger.up.checks import machine, parts
from knowledger.up.checks.check import Verdict
from knowledger.up.doctor import run_checks
from knowledger.up.port import free_port
from knowledger.up.postgres import EmbeddedPostgres

REFUSED = "postgresql://127.0.0.1:1/knowledger"


@pytest.fixture
def settings(server_directory: Path) -> Settings:
    return Settings(home=server_directory / "home", port=free_port("127.0.0.1"))


def test_a_sound_machine_fails_nothing(settings: Settings) -> None:
    failed = [check for check in run_checks(settings) if check.verdict is Verdict.FAIL]
    assert failed == []


def test_whatever_is_not_well_has_a_remedy(settings: Settings) -> None:
    checks = run_checks(settings.model_copy(update={"database_url": SecretStr(REFUSED), "sandbox": False}))
    assert {check.name for check in checks if check.verdict is Verdict.FAIL} == {"database", "sandbox"}
    assert all(check.remedy for check in checks if check.verdict is not Verdict.OK)


def test_a_migrated_database_and_a_broker_answer(settings: Settings, database_url: str, broker_url: str) -> None:
    external = settings.model_copy(
        update={"database_url": SecretStr(database_url), "broker_url": SecretStr(broker_url)}
    )
    database, broker = parts.database(external), parts.broker(external)
    assert (database.verdict, broker.verdict) == (Verdict.OK, Verdict.OK)
    assert database.finding.endswith(", migrated")


def test_a_database_without_a_schema_is_to_be_migrated(settings: Settings, postgres_server: EmbeddedPostgres) -> None:
    empty = settings.model_copy(update={"database_url": SecretStr(postgres_server.url("postgres"))})
    assert parts.database(empty).remedy == "`knowledger up` migrates it."


def test_a_dead_broker_is_named_with_its_setting(settings: Settings) -> None:
    check = parts.broker(settings.model_copy(update={"broker_url": SecretStr("redis://127.0.0.1:1/0")}))
    assert check.verdict is Verdict.FAIL
    assert "KNOWLEDGER_BROKER_URL" in (check.remedy or "")


def test_a_taken_port_fails(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        check = machine.port(settings.model_copy(update={"port": holder.getsockname()[1]}))
    assert check.verdict is Verdict.FAIL
    assert f"process {os.getpid()}" in check.finding


def test_a_data_directory_that_is_a_file_fails(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    assert machine.data_directory(settings.model_copy(update={"home": tmp_path / "home"})).verdict is Verdict.FAIL


def test_a_long_data_directory_still_gets_short_sockets(settings: Settings, tmp_path: Path) -> None:
    assert machine.socket_paths(settings.model_copy(update={"home": tmp_path / ("deep" * 30)})).verdict is Verdict.OK
