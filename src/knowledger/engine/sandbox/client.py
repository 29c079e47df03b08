"""Starting jobs in the sandbox, from any process of this machine."""

import contextlib
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import cast

from knowledger.domain.operations.progress import Progress, Work
from knowledger.engine.sandbox.confinement import Confinement
from knowledger.engine.sandbox.errors import (
    EngineCrashed,
    EngineTimeout,
    SandboxUnavailable,
    error_from_json,
    memory_limit_exceeded,
)
from knowledger.engine.sandbox.frames import BrokenFrame, FrameBuffer, send_frame
from knowledger.engine.sandbox.jobs import JOBS, load
from knowledger.engine.sandbox.packets import receive_packet, send_packet
from knowledger.kernel.errors import KnowledgerError
from knowledger.kernel.json import JsonObject

_ANSWER_S = 10.0
_BURIAL_S = 5.0
_BEAT_S = 0.1


class Child:
    """A process at work on one job. Closing it ends it; so does the end of the process that started it."""

    def __init__(self, pid: int, pidfd: int, connection: socket.socket, control: socket.socket, limits: Confinement):
        self.pid = pid
        self.connection = connection
        self._pidfd = pidfd
        self._control = control
        self._limits = limits
        self._closing = threading.Lock()
        self._closed = False
        self._failure: KnowledgerError | None = None

    def kill(self) -> None:
        with self._closing:
            if not self._closed:
                _kill(self._pidfd)

    def alive(self) -> bool:
        with self._closing:
            return not self._closed and not _readable(self._pidfd, 0)

    def failure(self, within_s: float = _BURIAL_S) -> KnowledgerError:
        """Why the child ended, for one that went silent: out of memory, out of CPU time, or crashed."""
        if self._failure is None:
            self._failure = self._read_failure(within_s)
        return self._failure

    def close(self) -> None:
        """Kill the child, wait until it is gone, let go of everything. A second time does nothing."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
        _kill(self._pidfd)
        _readable(self._pidfd, _BURIAL_S)
        os.close(self._pidfd)
        self.connection.close()
        self._control.close()

    def __enter__(self) -> "Child":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read_failure(self, within_s: float) -> KnowledgerError:
        self._control.settimeout(within_s)
        try:
            end, _ = receive_packet(self._control)
        except OSError:
            end = None
        if end is None:
            return EngineCrashed()
        if end["out_of_memory"]:
            return memory_limit_exceeded(self._limits.memory_setting)
        if end["exit_code"] == -signal.SIGXCPU:
            return EngineTimeout("This took more CPU time than it may.")
        return EngineCrashed()


class Sandbox:
    """Any number of threads may use one."""

    def __init__(self, socket_path: Path, *, enabled: bool = True) -> None:
        self._socket_path = socket_path
        self._enabled = enabled

    def start(self, job: str, request: JsonObject, confinement: Confinement) -> Child:
        """A child that serves on its `connection` until it is closed. Raises SandboxUnavailable."""
        return self._start("serve", job, request, confinement)

    def run(
        self, job: str, request: JsonObject, confinement: Confinement, *, deadline: timedelta | None = None
    ) -> Work[JsonObject]:
        """Do a work job. Yields at least every tenth of a second; whatever is thrown in kills the child at once."""
        ends_at = None if deadline is None else time.monotonic() + deadline.total_seconds()
        last = Progress("Starting")
        with self._start("work", job, request, confinement) as child:
            for message in _messages(child):
                if isinstance(message.get("progress"), dict):
                    last = _progress(cast(JsonObject, message["progress"]))
                elif isinstance(message.get("error"), dict):
                    raise _error(cast(JsonObject, message["error"]), job, confinement)
                elif isinstance(message.get("result"), dict):
                    return cast(JsonObject, message["result"])
                if ends_at is not None and time.monotonic() >= ends_at:
                    raise EngineTimeout(f"This took longer than the {deadline} it may.")
                yield last
        raise EngineCrashed

    def _start(self, kind: str, job: str, request: JsonObject, confinement: Confinement) -> Child:
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                pid, pidfd = self._fork(control, theirs, job, confinement)
        except BaseException:
            control.close()
            ours.close()
            raise
        child = Child(pid, pidfd, ours, control, confinement)
        try:
            send_frame(ours, {"kind": kind, "request": request, "confinement": confinement.as_json()})
        except BrokenPipeError:
            pass  # it died at birth, and says why to whoever reads
        except BaseException:
            child.close()
            raise
        return child

    def _fork(
        self, control: socket.socket, theirs: socket.socket, job: str, confinement: Confinement
    ) -> tuple[int, int]:
        request: JsonObject = {"job": job, "memory_bytes": confinement.memory_bytes, "confined": self._enabled}
        control.settimeout(_ANSWER_S)
        try:
            control.connect(str(self._socket_path))
            send_packet(control, request, (theirs.fileno(),))
            answer, fds = receive_packet(control)
        except OSError as error:
            raise SandboxUnavailable from error
        if answer is None or len(fds) != 1:
            raise SandboxUnavailable
        control.settimeout(None)
        return int(str(answer["pid"])), fds[0]


def _messages(child: Child) -> Iterator[JsonObject]:
    """What the child says, and an empty object whenever it has been silent for a beat."""
    buffer = FrameBuffer()
    child.connection.settimeout(_BEAT_S)
    while True:
        try:
            received = child.connection.recv(2**20)
        except TimeoutError:
            yield {}
            continue
        except ConnectionResetError:
            received = b""
        if not received:
            raise child.failure()
        try:
            yield from buffer.feed(received)
        except BrokenFrame as error:
            raise EngineCrashed from error


def _error(body: JsonObject, job: str, confinement: Confinement) -> KnowledgerError:
    error = error_from_json(body, memory_setting=confinement.memory_setting)
    if error is None and job in JOBS:
        load(job)  # its module defines, or imports, the errors that it raises
        error = error_from_json(body, memory_setting=confinement.memory_setting)
    return error or EngineCrashed()


def _progress(body: JsonObject) -> Progress:
    known = {field.name: body[field.name] for field in fields(Progress) if field.name in body}
    return Progress(**cast("dict[str, str]", known))  # type: ignore[arg-type]  # sent by `asdict` of the same class


def _kill(pidfd: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        signal.pidfd_send_signal(pidfd, signal.SIGKILL)


def _readable(fd: int, within_s: float) -> bool:
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(within_s * 1000))
