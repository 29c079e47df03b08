"""`knowledger up` as a process: the whole stack, its first start, kills, its end."""

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from signal import SIGINT, SIGKILL, SIGTERM

import httpx
import psutil
import pytest

from knowledger.settings import Settings
from knowledger.up.background import StackNotStarted, stack
from knowledger.up.environment import INHERITED
from knowledger.up.lock import running_stack
from knowledger.up.port import free_port
from tests.processes import lives

PARTS = ("postgres", "valkey", "sandbox", "host", "worker", "api")
MARKS = {"postgres": "bin/postgres", "valkey": "valkey-server", "sandbox": "sandbox.zygote", "worker": "tasks.worker"}
STOPS_WITHIN_S = 10


class Up:
    """A running `knowledger up`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port("127.0.0.1")
        self.process = self.start()

    def start(self) -> subprocess.Popen[bytes]:
        settings = {"KNOWLEDGER_HOME": str(self.home), "KNOWLEDGER_PORT": str(self.port), "KNOWLEDGER_DAGSTER": "off"}
        command = [str(Path(sys.executable).with_name("knowledger")), "up"]
        return subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def part(self, name: str) -> psutil.Process:
        mark = MARKS.get(name, f"knowledger.{name}")
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):
                if any(mark in word for word in child.cmdline()):
                    return child
        raise LookupError(name)

    def runs(self, name: str) -> bool:
        with suppress(LookupError, psutil.NoSuchProcess):
            return self.part(name).is_running()
        return False

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def has_started(self) -> bool:
        """All of it, while the API alone may answer before."""
        stack = running_stack(self.home)
        return stack is not None and stack.ready

    def settings(self) -> Settings:
        return Settings(home=self.home, port=self.port, dagster="off")

    def end(self) -> str:
        self.process.send_signal(SIGTERM)
        said, _ = self.process.communicate(timeout=STOPS_WITHIN_S)
        return said.decode()


def until(condition: Callable[[], bool], patience_s: float = 30) -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def up(server_directory: Path) -> Iterator[Up]:
    running = Up(server_directory / "up")
    until(running.has_started)
    yield running
    if running.process.poll() is None:
        running.end()


def test_the_first_user_can_act_with_the_kept_key(up: Up) -> None:
    kept = up.home / "credentials.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    credentials = json.loads(kept.read_text())
    user = httpx.get(f"{credentials['url']}/v1/user", headers={"X-API-Key": credentials["api_key"]}).json()
    assert user["email"] == credentials["email"]


def test_the_printed_link_signs_in_once(up: Up) -> None:
    url, token = (up.home / "signin-link").read_text().split("/#signin=")
    first, second = (httpx.post(f"{url}/v1/auth/link", json={"token": token}, headers={"Origin": url}) for _ in "12")
    assert (first.status_code, second.status_code) == (200, 401)


def test_a_second_start_on_the_same_directory_is_refused(up: Up) -> None:
    said, _ = up.start().communicate(timeout=15)
    assert f"process {up.process.pid}, http://127.0.0.1:{up.port}" in said.decode()


def test_a_second_stack_on_the_same_port_is_refused(up: Up, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", port=up.port)
    with pytest.raises(StackNotStarted, match=f"Port {up.port} is taken by process"), stack(settings):
        pass


def test_a_program_shares_the_running_stack(up: Up) -> None:
    with stack(up.settings()) as shared:
        assert (shared.url, shared.ours) == (f"http://127.0.0.1:{up.port}", None)
    assert up.is_ready()


def test_every_socket_is_ours_alone(up: Up) -> None:
    sockets = [path for path in up.settings().run_directory.rglob("*") if path.is_socket()]
    assert len(sockets) == 4
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in sockets} == {0}


def test_children_get_no_variable_that_they_do_not_need(up: Up) -> None:
    names = {name for part in PARTS for name in up.part(part).environ()}
    unexpected = {name for name in names if not name.startswith(("KNOWLEDGER_", "PYTHON", "MALLOC_", "JE_", "AWS_"))}
    assert unexpected <= {*INHERITED, "LC_ALL"} | {name for name in os.environ if name.lower().endswith("_proxy")} | {
        "PG_GRANDPARENT_PID",
        "PGDATA",
    }
    assert not any(name.startswith("KNOWLEDGER_") for name in up.part("sandbox").environ())


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere programs are started by their commands")
@pytest.mark.parametrize("part", ["api", "host", "worker"])
def test_a_program_shares_most_of_its_memory(up: Up, part: str) -> None:
    used = up.part(part).memory_full_info()
    assert used.uss < used.rss / 2


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS)
def test_a_killed_part_comes_back(up: Up, part: str) -> None:
    killed = up.part(part)
    killed.send_signal(SIGKILL)
    killed.wait(5)
    until(lambda: up.runs(part) and up.is_ready())


def test_it_stops_within_ten_seconds_and_leaves_nothing(up: Up) -> None:
    family = psutil.Process(up.process.pid).children(recursive=True)
    said = up.end()
    assert [process for process in family if lives(process)] == []
    assert up.process.returncode == 0
    assert "stopped in" in said


@pytest.mark.slow
def test_the_next_start_keeps_the_user_and_survives_its_own_death(up: Up) -> None:
    if up.process.poll() is None:
        up.end()
    before = json.loads((up.home / "credentials.json").read_text())
    with stack(up.settings()) as again:
        assert again.credentials.api_key == before["api_key"]
        assert again.ours is not None
        family = psutil.Process(again.ours.pid).children(recursive=True)
        again.ours.send_signal(SIGKILL)
        until(lambda: not any(lives(process) for process in family))
    with stack(up.settings()) as once_more:
        assert once_more.credentials.api_key == before["api_key"]
        assert once_more.ours is not None
        once_more.ours.send_signal(SIGINT)
        once_more.wait()
