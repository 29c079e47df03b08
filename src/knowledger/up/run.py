"""`knowledger up`: the whole stack in the foreground, from its start to a signal that ends it."""

import asyncio
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from signal import SIGINT, SIGTERM
from typing import TextIO

from knowledger.settings import Settings
from knowledger.up.addresses import local_host, public_url, signin_link_path
from knowledger.up.directories import make_directories
from knowledger.up.kept_keys import with_kept_keys
from knowledger.up.lock import home_lock
from knowledger.up.log import Log
from knowledger.up.port import check_port, free_port
from knowledger.up.stack import services
from knowledger.up.supervisor import Supervisor

OURS_ALONE = 0o077
DESCRIPTORS = 65536


def up(settings: Settings, terminal: TextIO | None = sys.stderr) -> None:
    """Blocks until SIGINT or SIGTERM. Raises a KnowledgerError that says what kept the stack from starting."""
    if settings.port == 0:
        settings = settings.model_copy(update={"port": free_port(local_host(settings))})
    os.umask(OURS_ALONE)
    _allow_many_descriptors()
    with home_lock(settings.home, public_url(settings)) as now_ready:
        check_port(settings.host, settings.port)
        make_directories(settings)
        settings = with_kept_keys(settings)
        with _log(settings, terminal) as log:
            asyncio.run(_run(settings, log, now_ready))


async def _run(settings: Settings, log: Log, now_ready: Callable[[], None]) -> None:
    began = time.monotonic()
    supervisor = Supervisor(services(settings), log.say)
    asked_to_stop = _stop_on_signals(supervisor)
    try:
        starting = asyncio.ensure_future(supervisor.start())
        waiting = asyncio.ensure_future(asked_to_stop.wait())
        await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            starting.result()
            now_ready()
            _announce(settings, supervisor, log, time.monotonic() - began)
            await waiting
        log.say("up", "stopping")
        starting.cancel()
    finally:
        began = time.monotonic()
        await supervisor.stop()
        log.say("up", f"stopped in {time.monotonic() - began:.1f} s")


def _stop_on_signals(supervisor: Supervisor) -> asyncio.Event:
    """The first signal asks, a second one kills."""
    asked = asyncio.Event()

    def stop() -> None:
        if asked.is_set():
            supervisor.kill()
        asked.set()

    for number in (SIGINT, SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return asked


def _announce(settings: Settings, supervisor: Supervisor, log: Log, seconds: float) -> None:
    times = ", ".join(f"{name} {taken.total_seconds():.1f}" for name, taken in supervisor.start_times.items())
    log.say("up", f"ready in {seconds:.1f} s ({times})")
    log.say("up", f"open {signin_link_path(settings).read_text()}")
    log.say("up", f"which signs you in once; later it is {public_url(settings)}. Ctrl-C stops everything.")


def _allow_many_descriptors() -> None:
    """Each live stream takes one; the usual soft limit of 1024 is there for programs that use select()."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


@contextmanager
def _log(settings: Settings, terminal: TextIO | None) -> Iterator[Log]:
    log = Log(settings.home / "logs", terminal)
    try:
        yield log
    finally:
        log.close()
