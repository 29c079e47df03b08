"""The processes of a stack, started one by one on a machine where nothing was before."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from knowledger.settings import Settings
from knowledger.up.prepare import prepare


def test_prepare_makes_the_data_directory_and_a_sign_in_link(tmp_path: Path, empty_database_url: str) -> None:
    home = tmp_path / "not" / "there"
    prepare(Settings(home=home, database_url=SecretStr(empty_database_url)))
    assert "#signin=" in (home / "signin-link").read_text()


def test_the_sandbox_starts_by_the_bare_name_of_python(sandbox_by_name: subprocess.Popen[str]) -> None:
    """It starts anew without its environment, and then without the PATH that led to the Python it was started by."""
    assert sandbox_by_name.stderr is not None
    assert "sandbox.ready" in sandbox_by_name.stderr.readline()


@pytest.fixture
def sandbox_by_name(server_directory: Path) -> Iterator[subprocess.Popen[str]]:
    socket = server_directory / "by-name" / "run" / "sandbox.sock"
    command = ["python", "-m", "knowledger.engine.sandbox.zygote", str(socket)]
    path = {"PATH": str(Path(sys.executable).parent)}
    with subprocess.Popen(command, env=path, stderr=subprocess.PIPE, text=True) as started:
        yield started
        started.kill()
