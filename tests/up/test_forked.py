"""Programs of ours as forks of a supervisor, in a process of its own: a fork wants a parent with one thread."""

import subprocess
import sys
from pathlib import Path

import pytest

from knowledger.settings import Settings
from knowledger.up.environment import supervisor_environment
from knowledger.up.told import settings_environment

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere programs are started by their commands"),
]
PREPARING = """
import asyncio, os, sys
from knowledger.up.service import Service
from knowledger.up.stack import services
from knowledger.up.supervisor import Supervisor
def say(name, line, *, quietly=False):
    print(line, flush=True)
command = (sys.executable, "-m", "longer than the place for it" * 10)
step = Service("prepare", command, dict(os.environ), program="knowledger.up.prepare", once=True)
asyncio.run(Supervisor([step], say).start())
"""


def prepared(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PREPARING], env=environment, capture_output=True, check=False, text=True
    )


def test_a_fork_reads_its_settings_and_does_its_work(tmp_path: Path, empty_database_url: str) -> None:
    settings = Settings(home=tmp_path / "home", database_url=empty_database_url, dagster="off")
    done = prepared(supervisor_environment() | settings_environment(settings))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "#signin=" in (tmp_path / "home" / "signin-link").read_text()


def test_a_fork_that_fails_says_why_in_words(tmp_path: Path) -> None:
    failed = prepared(supervisor_environment() | {"KNOWLEDGER_HOME": str(tmp_path)})
    assert failed.stdout.startswith("KNOWLEDGER_DATABASE_URL is not set.\n")
    assert "`prepare` failed" in failed.stderr


def test_a_supervisor_without_an_output_of_its_own_hears_its_forks(tmp_path: Path) -> None:
    """As where it was started with `>&-`."""
    closed = PREPARING.replace("print(line, flush=True)", "os.write(2, line.encode() + b'\\n')").replace(
        "asyncio.run", "sys.stdout = None; asyncio.run"
    )
    failed = subprocess.run(
        [sys.executable, "-c", closed],
        env=supervisor_environment() | {"KNOWLEDGER_HOME": str(tmp_path)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert failed.stderr.startswith("KNOWLEDGER_DATABASE_URL is not set.\n")
    assert failed.stderr.count("ServiceNotStarted") == 1
