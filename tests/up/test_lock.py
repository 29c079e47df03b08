"""A second stack on the same directory, or on a taken port, is refused in words that help."""

import os
import socket
from pathlib import Path

import pytest

from knowledger.up.lock import AlreadyRunning, HomeNotOurs, RunningStack, home_lock, running_stack
from knowledger.up.port import PortTaken, check_port, free_port


def test_a_second_stack_is_refused_with_the_pid_and_url_of_the_first(tmp_path: Path) -> None:
    second = home_lock(tmp_path, "http://127.0.0.1:9000")
    with home_lock(tmp_path, "http://127.0.0.1:8000"), pytest.raises(AlreadyRunning) as refused, second:
        pass
    assert f"process {os.getpid()}, http://127.0.0.1:8000" in refused.value.message


def test_the_directory_is_free_again_afterwards(tmp_path: Path) -> None:
    for url in ("http://127.0.0.1:8000", "http://127.0.0.1:9000"):
        with home_lock(tmp_path, url):
            assert running_stack(tmp_path) == RunningStack(os.getpid(), url, ready=False)
    assert running_stack(tmp_path) is None


def test_a_stack_says_when_it_is_ready(tmp_path: Path) -> None:
    with home_lock(tmp_path, "http://127.0.0.1:8000") as now_ready:
        now_ready()
        assert running_stack(tmp_path) == RunningStack(os.getpid(), "http://127.0.0.1:8000", ready=True)


def test_what_a_killed_stack_wrote_into_its_lock_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / "lock").write_text('{"pid": 1, "url": "http://127.0.0.1:8000", "ready": true}')
    assert running_stack(tmp_path) is None
    with home_lock(tmp_path, "http://127.0.0.1:9000"):
        assert running_stack(tmp_path) is not None


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(HomeNotOurs, match="file/home cannot be used: Not a directory"),
        home_lock(tmp_path / "file" / "home", ""),
    ):
        pass


def test_a_taken_port_is_named_with_its_holder_and_the_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        with pytest.raises(PortTaken) as refused:
            check_port("127.0.0.1", port)
    assert refused.value.message.startswith(f"Port {port} is taken by process {os.getpid()} (")
    assert f"KNOWLEDGER_PORT={port + 1}" in (refused.value.hint or "")


def test_a_free_port_is_fine() -> None:
    check_port("127.0.0.1", free_port("127.0.0.1"))
