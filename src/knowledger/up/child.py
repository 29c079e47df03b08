"""Keeps one service alive: started, waited for, restarted with growing pauses, stopped."""

import asyncio
import time
from collections import deque
from contextlib import suppress
from datetime import timedelta
from signal import Signals
from typing import Protocol

from knowledger.kernel.errors import KnowledgerError
from knowledger.up.process import Process
from knowledger.up.service import Service

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
HEALTHY_AFTER_S = 3.0
POLL_S = 0.05
ATTEMPTS_BEFORE_READY = 3
START_PATIENCE = timedelta(seconds=60)


class Say(Protocol):
    def __call__(self, name: str, line: str, *, quietly: bool = False) -> None: ...


class ServiceNotStarted(KnowledgerError):
    """A part of Knowledger did not start."""


class Child:
    """A service from `start` to `stop`. `say(service, line)` gets its output and what happens to it."""

    def __init__(self, service: Service, say: Say) -> None:
        self.service = service
        self.restarts = 0
        self._say = say
        self._process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._stopping = asyncio.Event()
        self._last_lines: deque[str] = deque(maxlen=12)

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> timedelta:
        """Returns once the service answers, or has ended well if it runs once; how long that took."""
        began = time.monotonic()
        if self.service.once:
            if await self._live() != 0 and not self._stopping.is_set():
                raise self._not_started("failed")
        else:
            self._keeping = asyncio.create_task(self._keep(), name=self.service.name)
            await self._first_answer()
        return timedelta(seconds=time.monotonic() - began)

    async def stop(self) -> None:
        """Politely, then not. Returns when the process and its process group are gone."""
        self._stopping.set()
        if self._process is not None:
            self._process.signal(self.service.stop_signal)
            with suppress(TimeoutError):
                async with asyncio.timeout(self.service.patience.total_seconds()):
                    await self._process.wait()
            self._process.kill_group()
            await self._process.wait()
        if self._keeping is not None:
            await asyncio.wait([self._keeping])

    def kill(self) -> None:
        """At once, with everything in its process group."""
        self._stopping.set()
        if self._process is not None:
            self._process.kill_group()

    async def _keep(self) -> None:
        pause_s = FIRST_PAUSE_S
        while not self._stopping.is_set():
            began = time.monotonic()
            ending = await self._ending()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > HEALTHY_AFTER_S:
                pause_s = FIRST_PAUSE_S
            self._say(self.service.name, f"{ending}; starting it again in {pause_s:.1f} s")
            await self._pause(pause_s)
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            self.restarts += 1

    async def _ending(self) -> str:
        """One life of the process, and how it ended."""
        try:
            code = await self._live()
        except OSError as error:  # out of memory or of processes, which passes
            self._last_lines.append(str(error))
            return f"could not be started: {error.strerror}"
        return f"was ended by {Signals(-code).name}" if code < 0 else f"ended with exit code {code}"

    async def _live(self) -> int:
        """One life of the process; its exit code."""
        if self.service.before_start is not None:
            self.service.before_start()
        process = self._process = Process(self.service)
        relaying = asyncio.create_task(self._relay_output(process))
        code = await process.wait()
        await asyncio.wait([relaying], timeout=1)
        relaying.cancel()
        return code

    async def _pause(self, pause_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._stopping.wait()

    async def _first_answer(self) -> None:
        deadline = time.monotonic() + START_PATIENCE.total_seconds()
        while not self._stopping.is_set():
            if self._keeping is not None and self._keeping.done():
                self._keeping.result()  # raises what kept it from being started at all
            if self._process is not None and self._process.runs and await self._answers():
                return
            if self.restarts >= ATTEMPTS_BEFORE_READY:
                raise self._not_started("ended again and again")
            if time.monotonic() > deadline:
                raise self._not_started(f"did not answer within {START_PATIENCE.total_seconds():.0f} s")
            await asyncio.sleep(POLL_S)

    async def _answers(self) -> bool:
        return self.service.is_ready is None or await self.service.is_ready()

    async def _relay_output(self, process: Process) -> None:
        async for line in process.lines():
            self._last_lines.append(line)
            self._say(self.service.name, line, quietly=self.service.quiet)

    def _not_started(self, what_happened: str) -> ServiceNotStarted:
        said = "\n".join(f"    {line}" for line in self._last_lines)
        return ServiceNotStarted(
            f"`{self.service.name}` {what_happened}." + (f" It said:\n{said}" if said else " It said nothing."),
            hint=f"`knowledger doctor` checks what it needs; all it said is in `logs/{self.service.name}.log`.",
        )
