"""What a child of the sandbox cannot reach, whatever its engine is talked into."""

import os
import socket
from pathlib import Path
from typing import cast

import pytest

from knowledger.domain.operations.progress import Work
from knowledger.engine.sandbox import Confinement, Sandbox, confinement_report, landlock_abi
from knowledger.engine.sandbox.landlock import restrict_files_and_tcp
from knowledger.engine.sandbox.linux import PR_SET_NO_NEW_PRIVS, prctl
from knowledger.kernel.json import JsonObject
from tests.engine.sandbox_runs import MEMORY_BYTES, result_of

needs_landlock = pytest.mark.skipif(not landlock_abi(), reason="this kernel has no Landlock")


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    directory = tmp_path / "scratch"
    directory.mkdir()
    return directory


def touch_files(sandbox: Sandbox, tmp_path: Path, scratch: Path) -> Work[JsonObject]:
    listed, other = tmp_path / "listed", tmp_path / "other"
    listed.write_text("ours")
    other.write_text("theirs")
    request: JsonObject = {"readable": str(listed), "scratch": str(scratch), "other": str(other)}
    return sandbox.run("touch_files", request, Confinement((listed,), (scratch,), MEMORY_BYTES))


@needs_landlock
def test_only_listed_files_can_be_opened(sandbox: Sandbox, tmp_path: Path, scratch: Path) -> None:
    assert result_of(touch_files(sandbox, tmp_path, scratch)) == {
        "read listed": "done: ours",
        "write listed": "PermissionError",
        "write scratch": "done: 3",
        "read scratch": "done: abc",
        "rename in scratch": "done: renamed",
        "link in scratch": "PermissionError",
        "read other": "PermissionError",
        "write other": "PermissionError",
        "list other": "PermissionError",
        "read passwd": "PermissionError",
        "read zygote": "PermissionError",
    }


def test_without_confinement_other_files_can_be_opened(sandbox_socket: Path, tmp_path: Path, scratch: Path) -> None:
    outcomes = result_of(touch_files(Sandbox(sandbox_socket, enabled=False), tmp_path, scratch))
    assert outcomes["read other"] == "done: theirs"


def reach_out(sandbox: Sandbox, sandbox_socket: Path, scratch: Path) -> JsonObject:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        request: JsonObject = {"port": listener.getsockname()[1], "zygote": str(sandbox_socket), "pid": os.getpid()}
        return result_of(sandbox.run("reach_out", request, Confinement((), (scratch,), MEMORY_BYTES)))


def test_nothing_outside_the_process_can_be_reached(sandbox: Sandbox, sandbox_socket: Path, scratch: Path) -> None:
    outcomes = reach_out(sandbox, sandbox_socket, scratch)
    assert set(outcomes) == {"tcp", "udp", "unix", "program", "fork", "signal"}
    assert set(outcomes.values()) == {"PermissionError"}


def test_without_confinement_everything_can_be_reached(sandbox_socket: Path, scratch: Path) -> None:
    outcomes = reach_out(Sandbox(sandbox_socket, enabled=False), sandbox_socket, scratch)
    assert all(str(outcome).startswith("done") for outcome in outcomes.values())


def test_a_child_inherits_neither_environment_nor_open_files(sandbox: Sandbox, scratch: Path) -> None:
    found = result_of(sandbox.run("surroundings", {}, Confinement((), (scratch,), MEMORY_BYTES)))
    assert found["environment"] == {"TMPDIR": str(scratch)}
    assert "secret" not in cast(str, found["raw_environment"])
    assert found["open_files"] == ["0", "1", "2", "3", "4"]  # the connection, and the list being read
    assert found["temporary"] == found["working"] == str(scratch)
    assert found["session_leader"]
    assert found["ladybug_ready"]


@needs_landlock
def test_the_engines_work_inside_and_cannot_look_outside(sandbox: Sandbox, tmp_path: Path, scratch: Path) -> None:
    graph, outside = scratch / "graph.lbug", tmp_path / "outside.csv"
    result_of(sandbox.run("make_graph", {"graph": str(graph)}, Confinement((), (scratch,), MEMORY_BYTES)))
    sealed = graph.rename(tmp_path / "graph.lbug")
    request: JsonObject = {"graph": str(sealed), "scratch": str(scratch), "outside": str(outside)}
    answer = result_of(sandbox.run("read_a_graph", request, Confinement((sealed,), (scratch,), MEMORY_BYTES)))
    assert answer == {
        "banks": [[2]],
        "rows": "done: [(45,)]",
        "ladybug passwd": "RuntimeError",
        "ladybug copy out": "RuntimeError",
        "duckdb passwd": "IOException",
        "duckdb copy out": "IOException",
    }
    assert not outside.exists()


def test_the_doctor_is_told_what_the_kernel_lends() -> None:
    report = confinement_report()
    assert report["landlock_abi"] == landlock_abi()
    assert report["files"] == (landlock_abi() > 0)
    assert report["system_calls"] is True


@pytest.mark.skipif(landlock_abi() < 4, reason="this kernel's Landlock does not know TCP")
def test_landlock_alone_refuses_tcp() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        child = os.fork()
        if child == 0:
            prctl(PR_SET_NO_NEW_PRIVS, 1)
            restrict_files_and_tcp((), ())
            with socket.socket() as tcp:
                os._exit(tcp.connect_ex(listener.getsockname()))
        _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 13  # EACCES
