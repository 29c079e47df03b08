"""A zygote for the tests of the engines, with the tests' own jobs beside the product's."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledger.engine.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
ZYGOTE = [sys.executable, "-m", "knowledger.engine.sandbox.zygote"]


@pytest.fixture(scope="session")
def zygote() -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    directory = Path(tempfile.mkdtemp(prefix="kn-", dir="/tmp"))
    path = directory / "sandbox.sock"
    options = ["--parent", str(os.getpid()), "--jobs", "tests.engine.sandbox_jobs", "--outspoken"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "KNOWLEDGER_DATABASE_URL": "postgresql://a:secret@b/c"}
    with subprocess.Popen([*ZYGOTE, str(path), *options], cwd=ROOT, env=environment) as process:
        while not path.exists():
            assert process.poll() is None, "the zygote did not start"
            time.sleep(0.02)
        yield process, path
        process.kill()
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def sandbox_socket(zygote: tuple[subprocess.Popen[bytes], Path]) -> Path:
    return zygote[1]


@pytest.fixture(scope="session")
def sandbox(sandbox_socket: Path) -> Sandbox:
    return Sandbox(sandbox_socket)
