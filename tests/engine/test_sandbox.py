"""How jobs run in the sandbox, and how they end."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from threading import Thread

import pytest

from knowledger.domain.operations.progress import Progress
from knowledger.engine.sandbox import (
    Confinement,
    EngineCrashed,
    EngineTimeout,
    MemoryLimitExceeded,
    Sandbox,
    SandboxUnavailable,
)
from knowledger.engine.sandbox.frames import receive_frame, send_frame
from knowledger.engine.sandbox.jobs import UnknownJob, load, preload
from knowledger.kernel.errors import DiskFull
from knowledger.kernel.json import JsonObject
from tests.engine.conftest import ROOT, ZYGOTE
from tests.engine.sandbox_jobs import TooSpicy
from tests.engine.sandbox_runs import MEMORY_BYTES, Run, result_of


@pytest.fixture
def confinement(tmp_path: Path) -> Confinement:
    return Confinement(readable=(), writable=(tmp_path,), memory_bytes=MEMORY_BYTES)


def wait_until_gone(pid: int) -> None:
    while Path(f"/proc/{pid}").exists():
        time.sleep(0.01)


def read_pid(path: Path) -> int:
    while not (path.exists() and path.read_text()):
        time.sleep(0.01)
    return int(path.read_text())


def test_a_job_answers_what_it_was_asked(sandbox: Sandbox, confinement: Confinement) -> None:
    request: JsonObject = {"text": "größer", "numbers": [1, 2.5, None], "long": "x" * 3_000_000}
    assert result_of(sandbox.run("echo", request, confinement)) == request


def test_progress_comes_as_it_is_reported(sandbox: Sandbox, confinement: Confinement) -> None:
    run = Run(sandbox.run("count_up", {}, confinement))
    told = [progress for progress in run if progress.step == "counting"]
    assert told[-1] == Progress("2 of 3", step="counting", percent=2 / 3 * 100, rows_done=2)
    assert [progress.rows_done for progress in dict.fromkeys(told)] == [0, 1, 2]
    assert run.result == {"counted": 3}


def test_a_silent_child_can_be_interrupted_all_the_same(sandbox: Sandbox, confinement: Confinement) -> None:
    work = sandbox.run("idle", {}, confinement)
    assert [progress.message for progress in islice(work, 3)] == ["Starting"] * 3
    work.close()


def test_closing_the_work_kills_the_child(sandbox: Sandbox, confinement: Confinement, tmp_path: Path) -> None:
    work = sandbox.run("idle", {"pid_path": str(tmp_path / "pid")}, confinement)
    next(work)
    pid = read_pid(tmp_path / "pid")
    work.close()
    wait_until_gone(pid)


def test_what_is_thrown_in_comes_out_and_kills_the_child(
    sandbox: Sandbox, confinement: Confinement, tmp_path: Path
) -> None:
    work = sandbox.run("idle", {"pid_path": str(tmp_path / "pid")}, confinement)
    next(work)
    pid = read_pid(tmp_path / "pid")
    with pytest.raises(KeyboardInterrupt):
        work.throw(KeyboardInterrupt())
    wait_until_gone(pid)


def test_an_error_of_ours_crosses_as_itself(sandbox: Sandbox, confinement: Confinement) -> None:
    with pytest.raises(TooSpicy, match=r"The soup is too spicy\.") as caught:
        result_of(sandbox.run("raise_known", {}, confinement))
    assert caught.value.hint == "Add cream."
    assert caught.value.details == {"scoville": 12_000}
    assert caught.value.status == 409


@pytest.mark.parametrize("job", ["raise_unknown", "abort", "no_such_job"])
def test_any_other_end_is_a_crash_that_gives_nothing_away(sandbox: Sandbox, confinement: Confinement, job: str) -> None:
    with pytest.raises(EngineCrashed) as caught:
        result_of(sandbox.run(job, {}, confinement))
    assert caught.value.retryable
    assert caught.value.as_json() == EngineCrashed().as_json()


def test_a_full_disk_is_told_as_such(sandbox: Sandbox, confinement: Confinement) -> None:
    with pytest.raises(DiskFull):
        result_of(sandbox.run("fill_disk", {}, confinement))


@pytest.mark.parametrize("job", ["hoard", "hoard_shared", "hoard_in_duckdb", "hoard_in_ladybug", "run_out_of_memory"])
def test_a_hoarder_of_memory_is_stopped(sandbox: Sandbox, confinement: Confinement, job: str) -> None:
    with pytest.raises(MemoryLimitExceeded) as caught:
        result_of(sandbox.run(job, {}, confinement))
    assert "KNOWLEDGER_ENGINE_MEMORY" in str(caught.value.hint)


def test_an_endless_loop_ends_at_its_deadline(sandbox: Sandbox, confinement: Confinement) -> None:
    with pytest.raises(EngineTimeout):
        result_of(sandbox.run("spin", {}, confinement, deadline=timedelta(seconds=0.3)))


def test_an_endless_loop_ends_with_its_cpu_time(sandbox: Sandbox, tmp_path: Path) -> None:
    one_second = Confinement((), (tmp_path,), MEMORY_BYTES, cpu=timedelta(seconds=1))
    with pytest.raises(EngineTimeout, match="CPU"):
        result_of(sandbox.run("spin", {}, one_second))


def test_a_serving_child_talks_until_it_is_closed(sandbox: Sandbox, confinement: Confinement) -> None:
    with sandbox.start("echo_frames", {"graph": "kg_1"}, confinement) as child:
        assert receive_frame(child.connection) == {"ready": {"graph": "kg_1"}}
        send_frame(child.connection, {"n": 1})
        assert receive_frame(child.connection) == {"echo": {"n": 1}}
        assert child.alive()
    assert not child.alive()
    wait_until_gone(child.pid)


def test_a_killed_child_goes_silent_and_is_known_as_crashed(sandbox: Sandbox, confinement: Confinement) -> None:
    with sandbox.start("echo_frames", {}, confinement) as child:
        receive_frame(child.connection)
        child.kill()
        assert receive_frame(child.connection) is None
        assert isinstance(child.failure(), EngineCrashed)


def test_a_child_that_breaks_the_protocol_is_a_crash(sandbox: Sandbox, confinement: Confinement) -> None:
    with pytest.raises(EngineCrashed):
        result_of(sandbox.run("talk_nonsense", {}, confinement))


def test_many_threads_use_one_sandbox(sandbox: Sandbox, confinement: Confinement) -> None:
    answers: list[object] = []
    threads = [
        Thread(target=lambda n=n: answers.append(result_of(sandbox.run("echo", {"n": n}, confinement))["n"]))
        for n in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, answers)) == sorted(map(str, range(20)))


CLIENT = """
import sys
from pathlib import Path
from knowledger.engine.sandbox import Confinement, Sandbox

socket, scratch = map(Path, sys.argv[1:])
for _ in Sandbox(socket).run("idle", {"pid_path": str(scratch / "pid")}, Confinement((), (scratch,), 2**29)):
    pass
"""


def test_a_child_dies_with_its_client_and_the_zygote_lives_on(
    sandbox: Sandbox, sandbox_socket: Path, confinement: Confinement, tmp_path: Path
) -> None:
    with subprocess.Popen([sys.executable, "-c", CLIENT, str(sandbox_socket), str(tmp_path)]) as client:
        pid = read_pid(tmp_path / "pid")
        client.send_signal(signal.SIGKILL)
    wait_until_gone(pid)
    assert result_of(sandbox.run("echo", {"still": "here"}, confinement)) == {"still": "here"}


@pytest.mark.parametrize("packet", [b"nonsense", b"[]", b"{}", b'{"job": "echo", "memory_bytes": "x"}', b"x" * 50_000])
def test_the_zygote_shrugs_at_nonsense(
    sandbox: Sandbox, sandbox_socket: Path, confinement: Confinement, packet: bytes
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.connect(str(sandbox_socket))
        socket.send_fds(client, [packet], [0])
        assert client.recv(100) == b""
    assert result_of(sandbox.run("echo", {"still": "here"}, confinement)) == {"still": "here"}


def test_a_client_that_says_nothing_holds_nobody_up(
    sandbox: Sandbox, sandbox_socket: Path, confinement: Confinement
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.connect(str(sandbox_socket))
        assert result_of(sandbox.run("echo", {"still": "here"}, confinement)) == {"still": "here"}


@pytest.fixture
def own_zygote(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    path = tmp_path / "z.sock"
    options = ["--parent", str(os.getpid()), "--jobs", "tests.engine.sandbox_jobs"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen([*ZYGOTE, str(path), *options], cwd=ROOT, env=environment) as process:
        while not path.exists():
            time.sleep(0.01)
        yield process
        process.kill()


def test_children_die_with_the_zygote(
    own_zygote: subprocess.Popen[bytes], tmp_path: Path, confinement: Confinement
) -> None:
    sandbox = Sandbox(tmp_path / "z.sock")
    work = sandbox.run("idle", {"pid_path": str(tmp_path / "pid")}, confinement)
    next(work)
    pid = read_pid(tmp_path / "pid")
    own_zygote.kill()
    own_zygote.wait()
    with pytest.raises(EngineCrashed):
        result_of(work)
    wait_until_gone(pid)
    with pytest.raises(SandboxUnavailable):
        result_of(sandbox.run("echo", {}, confinement))


def test_the_zygote_dies_with_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "z.sock"
    parent = f"""
import os, subprocess, time
subprocess.Popen([*{ZYGOTE!r}, {str(path)!r}, "--parent", str(os.getpid())])
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", parent]) as process:
        while not path.exists():
            time.sleep(0.01)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.kill()
    for child in children:
        wait_until_gone(int(child))


def test_a_job_whose_module_is_missing_fails_alone(tmp_path: Path) -> None:
    jobs = {"here": "tests.engine.sandbox_jobs:echo", "gone": "tests.engine.nowhere:job"}
    assert preload(jobs) == ["gone"]
    with pytest.raises(UnknownJob):
        load("other", jobs)
