"""The supervisor with small stand-in processes: order, restarts, clean and rude ends."""

import asyncio
import errno
import os
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL

import pytest

from knowledger.up.child import ServiceNotStarted
from knowledger.up.leftovers import command_line
from knowledger.up.postgres import DatabaseNotMade
from knowledger.up.readiness import http_says_ready
from knowledger.up.service import Service
from knowledger.up.supervisor import Supervisor

IDLE = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)


def python(name: str, program: str, *, needs: tuple[str, ...] = (), once: bool = False) -> Service:
    return Service(name, (sys.executable, "-c", program), {"PATH": os.environ["PATH"]}, needs=needs, once=once)


class Heard(list[tuple[str, str]]):
    """What services said, in order."""

    def say(self, name: str, line: str, *, quietly: bool = False) -> None:
        self.append((name, line))

    def lines(self, name: str) -> list[str]:
        return [line for who, line in self if who == name]


@asynccontextmanager
async def supervised(*services: Service) -> AsyncIterator[tuple[Supervisor, Heard]]:
    heard = Heard()
    supervisor = Supervisor(services, heard.say)
    try:
        await supervisor.start()
        yield supervisor, heard
    finally:
        await supervisor.stop()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(15):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in other processes
            await asyncio.sleep(0.01)


def run(test: Awaitable[None]) -> None:
    async def main() -> None:
        await test

    asyncio.run(main())


def test_a_service_starts_after_what_it_needs() -> None:
    async def test() -> None:
        first = python("first", "import time; time.sleep(0.3); print('done')", once=True)
        second = python("second", f"print('started', flush=True); {IDLE}", needs=("first",))
        async with supervised(second, first) as (_, heard):
            await until(lambda: ("second", "started") in heard)
            assert heard.index(("first", "done")) < heard.index(("second", "started"))

    run(test())


def test_a_killed_service_comes_back() -> None:
    async def test() -> None:
        async with supervised(python("service", IDLE)) as (supervisor, heard):
            child = supervisor.children["service"]
            pid = child.pid
            assert pid is not None
            os.kill(pid, SIGKILL)
            await until(lambda: child.pid not in (None, pid))
            assert heard.lines("service") == ["was ended by SIGKILL; starting it again in 0.2 s"]

    run(test())


def test_pauses_between_restarts_grow() -> None:
    async def test() -> None:
        async with supervised(python("service", "raise SystemExit(3)")) as (supervisor, heard):
            await until(lambda: supervisor.children["service"].restarts == 2)
            assert heard.lines("service")[:2] == [
                "ended with exit code 3; starting it again in 0.2 s",
                "ended with exit code 3; starting it again in 0.4 s",
            ]

    run(test())


def test_a_service_that_never_answers_ends_the_start_with_what_it_said() -> None:
    async def never() -> bool:
        return False

    async def test() -> None:
        program = (sys.executable, "-c", "raise SystemExit('no such table')")
        with pytest.raises(ServiceNotStarted, match="no such table"):
            async with supervised(Service("api", program, is_ready=never)):
                pass

    run(test())


def test_what_keeps_a_service_from_being_started_ends_the_start_at_once() -> None:
    def refuse() -> None:
        raise DatabaseNotMade("There is no room for it.")

    async def test() -> None:
        with pytest.raises(DatabaseNotMade, match="no room"):
            async with supervised(replace(python("postgres", IDLE), before_start=refuse)):
                pass

    run(test())


def test_a_service_that_the_machine_has_no_room_for_is_tried_again() -> None:
    troubles = iter([OSError(errno.EAGAIN, "Resource temporarily unavailable")])

    def begin() -> None:
        for trouble in troubles:
            raise trouble

    async def test() -> None:
        async with supervised(replace(python("service", IDLE), before_start=begin)) as (_, heard):
            await until(lambda: bool(heard.lines("service")))
            said = "could not be started: Resource temporarily unavailable; starting it again in 0.2 s"
            assert heard.lines("service") == [said]

    run(test())


def test_a_failed_step_ends_the_start() -> None:
    async def test() -> None:
        step = python("migrate", "print('no such revision'); raise SystemExit(1)", once=True)
        with pytest.raises(ServiceNotStarted, match="no such revision"):
            async with supervised(step, python("api", IDLE, needs=("migrate",))):
                pass

    run(test())


def test_a_stubborn_service_is_stopped_within_its_patience_and_leaves_nothing() -> None:
    async def test() -> None:
        stubborn = replace(python("stubborn", STUBBORN, needs=("needed",)), patience=timedelta(milliseconds=300))
        async with supervised(python("needed", IDLE), stubborn) as (all_, heard):
            await until(lambda: bool(heard.lines("stubborn")))
            pids = [child.pid for child in all_.children.values()]
            async with asyncio.timeout(5):
                await all_.stop()
            assert [command_line(pid) for pid in pids if pid is not None] == ["", ""]

    run(test())


def test_what_a_killed_service_had_started_goes_with_it() -> None:
    async def test() -> None:
        program = (
            "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
            "print(child.pid, flush=True); child.wait()"
        )
        async with supervised(python("parent", program)) as (supervisor, heard):
            await until(lambda: bool(heard.lines("parent")))
            grandchild, parent = int(heard.lines("parent")[0]), supervisor.children["parent"].pid
            assert parent is not None
            os.kill(parent, SIGKILL)
            await until(lambda: not command_line(grandchild))

    run(test())


def test_a_line_of_a_megabyte_stops_nothing() -> None:
    async def test() -> None:
        program = f"print('x' * 2**20); print('after', flush=True); {IDLE}"
        async with supervised(python("loud", program)) as (_, heard):
            await until(lambda: ("loud", "after") in heard)
            assert sum(line.count("x") for line in heard.lines("loud")) == 2**20

    run(test())


@pytest.mark.skipif(sys.platform != "linux", reason="PDEATHSIG is Linux's")
def test_nothing_is_left_when_the_supervisor_itself_is_killed(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    service = f"import os, pathlib; pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid())); {IDLE}"
    program = (
        "import asyncio, sys\n"
        "from knowledger.up.service import Service\n"
        "from knowledger.up.supervisor import Supervisor\n"
        "def silent(*_, **__): pass\n"
        "async def main():\n"
        f"    supervisor = Supervisor([Service('service', (sys.executable, '-c', {service!r}))], silent)\n"
        "    await supervisor.start()\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )

    async def test() -> None:
        supervisor = await asyncio.create_subprocess_exec(sys.executable, "-c", program)
        await until(lambda: pid_file.exists() and pid_file.read_text() != "")
        supervisor.kill()
        await supervisor.wait()
        await until(lambda: not command_line(int(pid_file.read_text())))

    run(test())


def test_asking_by_name_whether_the_api_answers_takes_no_thread() -> None:
    """A supervisor with a second thread could not fork."""

    async def test() -> None:
        before = set(threading.enumerate())
        assert not await http_says_ready("localhost", 1)()
        assert set(threading.enumerate()) <= before

    run(test())
