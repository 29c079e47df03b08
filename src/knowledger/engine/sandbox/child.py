"""The life of a forked child: take its order, put itself under confinement, do the one job, end."""

import contextlib
import os
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NoReturn, cast

from knowledger.domain.operations.progress import Progress
from knowledger.engine.sandbox import linux
from knowledger.engine.sandbox.confinement import Confinement, confine, deny_system_calls
from knowledger.engine.sandbox.errors import error_to_json
from knowledger.engine.sandbox.frames import receive_frame, send_frame
from knowledger.engine.sandbox.jobs import load
from knowledger.kernel.descriptors import close_from
from knowledger.kernel.json import JsonObject

_CONNECTION = 3
_SIGKILL = 9

ServeJob = Callable[[JsonObject, socket.socket], None]
WorkJob = Callable[[JsonObject, Callable[[Progress], None]], JsonObject]


@dataclass(frozen=True)
class Birth:
    """What the zygote hands to a child. `confined=False` and `outspoken` are for finding faults."""

    job: str
    jobs: Mapping[str, str]
    zygote: int
    confined: bool
    outspoken: bool


def live(birth: Birth, connection_fd: int) -> NoReturn:
    """Never returns, so that nothing of the zygote, whose open files are closed beneath it, runs on in the child."""
    status = 1
    try:
        connection = _keep_only(connection_fd)
        order = receive_frame(connection)
        if order is not None:
            _obey(order, birth, connection)
        status = 0
    except BaseException as error:
        _log(birth, error)
    finally:
        os._exit(status)


def _keep_only(connection_fd: int) -> socket.socket:
    os.setsid()
    os.dup2(connection_fd, _CONNECTION, inheritable=False)
    close_from(_CONNECTION + 1)
    return socket.socket(fileno=_CONNECTION)


def _obey(order: JsonObject, birth: Birth, connection: socket.socket) -> None:
    confinement = Confinement.from_json(cast(JsonObject, order["confinement"]))
    request = cast(JsonObject, order["request"])
    job = load(birth.job, birth.jobs)
    _offer_to_the_oom_killer()
    _settle_in(confinement.scratch)
    if birth.confined:
        confine(confinement)
    _die_with(birth.zygote)
    if birth.confined:
        deny_system_calls()
    if order["kind"] == "serve":
        cast(ServeJob, job)(request, connection)
    else:
        _work(cast(WorkJob, job), request, connection, birth)


def _work(job: WorkJob, request: JsonObject, connection: socket.socket, birth: Birth) -> None:
    def report(progress: Progress) -> None:
        send_frame(connection, {"progress": asdict(progress)})

    try:
        answer: JsonObject = {"result": job(request, report)}
    except BrokenPipeError:
        return
    except BaseException as error:
        answer = {"error": error_to_json(error)}
        _log(birth, error)
    send_frame(connection, answer)


def _settle_in(scratch: Path | None) -> None:
    os.environ.clear()
    os.umask(0o077)
    if scratch is not None:
        os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    os.chdir(scratch or "/")


def _offer_to_the_oom_killer() -> None:
    with contextlib.suppress(OSError):  # some containers mount /proc read-only
        Path("/proc/self/oom_score_adj").write_text("1000")


def _die_with(zygote: int) -> None:
    """After the change of namespace, which forgets it."""
    linux.prctl(linux.PR_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != zygote:
        os._exit(1)


def _log(birth: Birth, error: BaseException) -> None:
    """Where it happened and what kind of error: its text may quote a tenant's data."""
    if birth.outspoken:
        traceback.print_exception(error)
        return
    places = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)]
    sys.stderr.write(f"sandbox.job_failed job={birth.job} error={type(error).__name__} at={'>'.join(places)}\n")
    sys.stderr.flush()
