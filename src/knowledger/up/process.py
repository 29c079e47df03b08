"""One started program: its output as lines, its end, and the end of all it started.

Not asyncio's subprocesses: on Python 3.11 those wait in a thread each, and wait on for pipes that grandchildren hold.
"""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import suppress
from signal import SIGKILL, Signals

from knowledger.up.forked import Forked
from knowledger.up.identity import before_exec
from knowledger.up.service import Service

LONGEST_LINE_BYTES = 64 * 1024
POLL_S = 0.05


class Process:
    def __init__(self, service: Service) -> None:
        # Elsewhere than on Linux the system's own libraries do not outlive a fork.
        forked = service.program is not None and hasattr(os, "pidfd_open")
        self._started = Forked(service) if forked else _executed(service)
        self._ended = asyncio.create_task(self._wait_for_end())

    @property
    def pid(self) -> int:
        return self._started.pid

    @property
    def runs(self) -> bool:
        return not self._ended.done()

    async def wait(self) -> int:
        """The exit code, negative for a signal. By then its whole process group is gone."""
        return await asyncio.shield(self._ended)

    def signal(self, number: Signals) -> None:
        if self.runs:
            with suppress(ProcessLookupError):
                self._started.send_signal(number)

    def kill_group(self) -> None:
        if self.runs:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, SIGKILL)

    async def lines(self) -> AsyncIterator[str]:
        """Lines of any length, long ones in pieces, so that no output stops the reader."""
        assert self._started.stdout is not None
        reader = asyncio.StreamReader()
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), self._started.stdout)
        try:
            async for line in _split(reader):
                yield line.decode(errors="replace").rstrip("\r")
        finally:
            transport.close()

    async def _wait_for_end(self) -> int:
        if hasattr(os, "pidfd_open"):
            await _exit_of(self.pid)
        else:  # macOS
            assert isinstance(self._started, subprocess.Popen)
            while self._started.poll() is None:  # noqa: ASYNC110 - it has nothing to be told by
                await asyncio.sleep(POLL_S)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, SIGKILL)  # before it is reaped: until then nobody else has its number
        return self._started.wait()


def _executed(service: Service) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        service.command,
        env=dict(service.environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=before_exec(service.identity, service.death_signal),
    )


async def _exit_of(pid: int) -> None:
    """Returns once the process has exited, and leaves it to be reaped."""
    descriptor = os.pidfd_open(pid)
    exited = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, exited.set)
    try:
        await exited.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def _split(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    rest = b""
    while chunk := await reader.read(LONGEST_LINE_BYTES):
        *complete, rest = (rest + chunk).split(b"\n")
        for line in complete:
            yield line
        if len(rest) >= LONGEST_LINE_BYTES:
            yield rest
            rest = b""
    if rest:
        yield rest
