"""The command line as people run it: a process of its own, with its own data directory."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.stand_ins.http_server import HttpStandIn, Route

Run = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[[Route], HttpStandIn]
COMMAND = [sys.executable, "-m", "knowledger.cli.main"]


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "PYTHONUTF8": "1", "KNOWLEDGER_HOME": str(home), "TZ": "UTC", **more}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def run_command(*arguments: str, url: str = "http://127.0.0.1:9") -> subprocess.CompletedProcess[str]:
        told = environment(tmp_path / "home", KNOWLEDGER_URL=url, KNOWLEDGER_API_KEY="kn_test")
        return subprocess.run(
            [*COMMAND, *arguments],
            env=told,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            cwd=tmp_path,
            check=False,
        )

    return run_command


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as running:
        yield lambda route: running.enter_context(HttpStandIn(route))
