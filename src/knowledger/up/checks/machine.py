"""What the machine lends us: Python, disk, memory, descriptors, a kernel that confines."""

import os
import resource
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from knowledger.engine.sandbox import confinement_report
from knowledger.kernel.errors import KnowledgerError
from knowledger.settings import Settings
from knowledger.up.addresses import public_url
from knowledger.up.checks.check import Check, fail, ok, warn
from knowledger.up.directories import make_directories
from knowledger.up.lock import running_stack
from knowledger.up.port import check_port
from knowledger.up.stack import embedded_postgres, embedded_valkey

OLDEST_PYTHON = (3, 11)
LITTLE_DISK_BYTES, NO_DISK_BYTES = 5 * 2**30, 2**29
SOCKET_PATH_BYTES = 104  # what every system takes; Linux itself takes 108
FEW_DESCRIPTORS, ENOUGH_DESCRIPTORS = 1024, 8192


def python_version(_: Settings) -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return fail("Python", f"{version} is too old", "apt-get install python3.11 python3.11-venv")
    return ok("Python", version)


def data_directory(settings: Settings) -> Check:
    try:
        make_directories(settings)
    except KnowledgerError as error:
        return fail("data directory", error.message, error.hint or "")
    return ok("data directory", str(settings.home))


def disk_space(settings: Settings) -> Check:
    place = next(path for path in (settings.home, *settings.home.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    finding = f"{_gigabytes(free)} free for {settings.home}"
    remedy = "Free some space, or set KNOWLEDGER_HOME to a directory on a larger disk."
    if free < NO_DISK_BYTES:
        return fail("disk space", finding, remedy)
    return warn("disk space", finding, remedy) if free < LITTLE_DISK_BYTES else ok("disk space", finding)


def socket_paths(settings: Settings) -> Check:
    sockets = [settings.host_socket, settings.sandbox_socket, settings.dagster_code_socket]
    with suppress(KnowledgerError):  # a missing server has a check of its own
        sockets += [embedded_postgres(settings).socket_path, embedded_valkey(settings).socket_path]
    longest = max(sockets, key=lambda path: len(os.fsencode(path)))
    length = len(os.fsencode(longest))
    if length >= SOCKET_PATH_BYTES:
        return fail("socket paths", f"{longest} is {length} bytes long", "Set KNOWLEDGER_HOME to a shorter path.")
    return ok("socket paths", f"in {settings.run_directory}, {length} of {SOCKET_PATH_BYTES} bytes at most")


def port(settings: Settings) -> Check:
    running = running_stack(settings.home)
    if running is not None and running.url == public_url(settings):
        return ok("port", f"{settings.port} is held by the stack that runs on this data directory")
    try:
        check_port(settings.host, settings.port)
    except KnowledgerError as error:
        return fail("port", error.message, error.hint or "")
    return ok("port", f"{settings.port} is free")


def memory(settings: Settings) -> Check:
    available = _available_memory()
    if available is None:
        return ok("memory", "this system does not say how much is available")
    wanted = settings.engine_memory * settings.worker_processes + settings.query_memory
    finding = f"{_gigabytes(available)} available; {_gigabytes(wanted)} may be used at the busiest"
    if available < wanted:
        remedy = "Lower KNOWLEDGER_ENGINE_MEMORY, KNOWLEDGER_QUERY_MEMORY or KNOWLEDGER_WORKER_PROCESSES."
        return warn("memory", finding, remedy)
    return ok("memory", finding)


def descriptors(_: Settings) -> Check:
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if limit == resource.RLIM_INFINITY or limit >= ENOUGH_DESCRIPTORS:
        return ok("open files", "enough descriptors")
    finding = f"at most {limit} descriptors a process; every live stream takes one"
    remedy = "Raise it: `ulimit -Hn 65536`, or LimitNOFILE=65536 in the systemd unit."
    return fail("open files", finding, remedy) if limit < FEW_DESCRIPTORS else warn("open files", finding, remedy)


def confinement(settings: Settings) -> Check:
    if not settings.sandbox:
        return fail("sandbox", "is turned off", "Unset KNOWLEDGER_SANDBOX: queries can read every file that we can.")
    report = confinement_report()
    missing = [what.replace("_", " ") for what, lent in report.items() if not lent]
    if not missing:
        return ok("sandbox", f"Landlock {report['landlock_abi']}, network namespace, system call filter")
    if not report["files"]:
        remedy = "Use Linux ≥ 5.13 with Landlock on (`lsm=landlock,…`); until then let only people you trust query."
        return fail("sandbox", "the kernel has no Landlock: a query could read files of other graphs", remedy)
    remedy = "The other layers stand. Linux ≥ 6.12, and a container that allows user namespaces, give the rest."
    return warn("sandbox", f"this machine does not lend it: {', '.join(missing)}", remedy)


def _available_memory() -> int | None:
    """Of the machine, or what is left of the control group's limit where that is less."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    machine = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)
    return min((amount for amount in (machine, _left_in_control_group()) if amount is not None), default=None)


def _left_in_control_group() -> int | None:
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text().strip()
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
    except (OSError, ValueError):
        return None
    return None if limit == "max" else max(int(limit) - used, 0)


def _gigabytes(count: int) -> str:
    return f"{count / 2**30:.1f} GB"
