"""What a sandboxed child is held to, and how it puts itself under it."""

import os
import resource
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from pathlib import Path
from typing import cast

from knowledger.engine.sandbox import landlock, linux, seccomp
from knowledger.kernel.json import JsonObject

OPEN_FILES = 4096


@dataclass(frozen=True)
class Confinement:
    """What one child may touch and use.

    A writable directory is readable too; the first one is the child's TMPDIR and working directory. `memory_bytes`
    bounds the resident memory of the whole process, of which the engines' code is some 50 MB.
    """

    readable: tuple[Path, ...]
    writable: tuple[Path, ...]
    memory_bytes: int
    cpu: timedelta | None = None
    memory_setting: str = "KNOWLEDGER_ENGINE_MEMORY"

    @property
    def scratch(self) -> Path | None:
        return next((path for path in self.writable if path.is_dir()), None)

    def as_json(self) -> JsonObject:
        return {
            "readable": [str(path.absolute()) for path in self.readable],
            "writable": [str(path.absolute()) for path in self.writable],
            "memory_bytes": self.memory_bytes,
            "cpu_s": None if self.cpu is None else self.cpu.total_seconds(),
        }

    @classmethod
    def from_json(cls, body: JsonObject) -> "Confinement":
        cpu_s = body["cpu_s"]
        return cls(
            readable=tuple(Path(path) for path in cast("list[str]", body["readable"])),
            writable=tuple(Path(path) for path in cast("list[str]", body["writable"])),
            memory_bytes=cast(int, body["memory_bytes"]),
            cpu=timedelta(seconds=cpu_s) if isinstance(cpu_s, int | float) else None,
        )


def confine(confinement: Confinement) -> None:
    """Put this process under `confinement`, for good. It must have one thread.

    Memory is not held by an rlimit: LadybugDB reserves tens of gigabytes of addresses that it never touches, and those
    count for RLIMIT_AS and RLIMIT_DATA alike. The zygote watches what is resident instead.
    """
    _limit_resources(confinement)
    _leave_the_network()
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    if landlock.landlock_abi():
        readable = (*SYSTEM_READABLE, Path("/proc/self"), *confinement.readable)
        landlock.restrict_files_and_tcp(readable, (Path("/dev/null"), *confinement.writable))
    linux.drop_capabilities()


def deny_system_calls() -> None:
    """The last step: what it denies is needed before."""
    if seccomp.has_filter():
        seccomp.deny_system_calls()


def confinement_report() -> dict[str, int | bool]:
    """What this machine's kernel lends the sandbox, each tried in a process of its own."""
    abi = landlock.landlock_abi()
    return {
        "landlock_abi": abi,
        "files": abi >= 1,
        "tcp": abi >= 4,
        "signals": abi >= 6,
        "network_namespace": _works(lambda: linux.unshare(linux.CLONE_NEWUSER | linux.CLONE_NEWNET))
        or _works(lambda: linux.unshare(linux.CLONE_NEWNET)),
        "system_calls": seccomp.has_filter() and _works(_deny_system_calls_unprivileged),
    }


def _deny_system_calls_unprivileged() -> None:
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.deny_system_calls()


def _limit_resources(confinement: Confinement) -> None:
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES)
    if confinement.cpu is not None:
        seconds = ceil(confinement.cpu.total_seconds())
        _lower(resource.RLIMIT_CPU, seconds, seconds + 1)  # SIGXCPU, then SIGKILL


def _lower(limit: int, soft: int, hard: int) -> None:
    highest = resource.getrlimit(limit)[1]
    if highest != resource.RLIM_INFINITY:
        soft, hard = min(soft, highest), min(hard, highest)
    resource.setrlimit(limit, (soft, hard))


def _leave_the_network() -> None:
    """Where containers refuse namespaces, Landlock and the system call filter still stand."""
    for flags in (linux.CLONE_NEWUSER | linux.CLONE_NEWNET, linux.CLONE_NEWNET):
        try:
            linux.unshare(flags)
        except OSError:
            continue
        return


def _works(attempt: Callable[[], None]) -> bool:
    child = os.fork()
    if child == 0:
        try:
            attempt()
            os._exit(0)
        except BaseException:
            os._exit(1)
    return os.waitpid(child, 0)[1] == 0


def _system_readable() -> tuple[Path, ...]:
    """What Python and the engines read of the machine: code, shared libraries, time zones, its size."""
    code = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    code += [entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")]
    libraries = [f"{sys.base_prefix}/lib", "/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache"]
    times = ["/etc/localtime", "/usr/share/zoneinfo"]
    devices = ["/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"]
    machine = ["/proc/meminfo", "/proc/cpuinfo", "/sys/devices/system/cpu", "/sys/fs/cgroup"]
    ours = [str(Path(__file__).parents[2])]
    return tuple(Path(path) for path in dict.fromkeys([*code, *ours, *libraries, *times, *devices, *machine]))


SYSTEM_READABLE = _system_readable()
