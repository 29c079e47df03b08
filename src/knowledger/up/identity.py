"""Who an embedded server runs as. PostgreSQL refuses to run as root, so root lends it the identity `nobody`."""

import ctypes
import os
import pwd
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM, Signals

from knowledger.kernel.errors import KnowledgerError

PR_SET_PDEATHSIG, PR_SET_SECUREBITS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 28, 47, 2
NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


class DirectoryOutOfReach(KnowledgerError):
    """The embedded PostgreSQL cannot reach its files."""


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySet(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


@dataclass(frozen=True)
class Identity:
    """An unprivileged user, and the one capability it keeps where its files lie below directories closed to it."""

    uid: int
    gid: int
    capability: int | None = None

    def own(self, directory: Path) -> None:
        os.chown(directory, self.uid, self.gid)

    def assume(self) -> None:
        """Become this user. Runs between fork and exec: system calls only."""
        if self.capability is not None:
            # Keeps capabilities over the change of user, and lets access(2) count them: initdb looks for postgres so.
            _prctl(PR_SET_SECUREBITS, NO_SETUID_FIXUP)
        os.setgroups([])
        os.setresgid(self.gid, self.gid, self.gid)
        os.setresuid(self.uid, self.uid, self.uid)
        if self.capability is not None:
            _keep_only(self.capability)


def unprivileged_identity(data: Path, *directories: Path) -> Identity | None:
    """Whom a server that refuses root runs as, so that it can enter these directories; None when we are not root.

    The owner of the data where there is one, so that root may start what an ordinary user has made; else `nobody`.
    """
    if os.geteuid() != 0:
        return None
    uid, gid = _unprivileged_owner(data) or pwd.getpwnam("nobody")[2:4]
    closed = _first_closed_directory(data, *directories)
    if closed is None:
        return Identity(uid, gid)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        if _have(capability):
            return Identity(uid, gid, capability)
    raise DirectoryOutOfReach(
        f"PostgreSQL does not run as root, and an unprivileged user may not enter {closed}.",
        hint=f"Run as an ordinary user, or let others pass: `chmod o+x {closed}`.",
    )


def before_exec(identity: Identity | None = None, death_signal: Signals = SIGTERM) -> Callable[[], None]:
    """For `Popen(preexec_fn=…)`: change identity, and get `death_signal` when the parent dies, however it dies."""
    parent = os.getpid()

    def prepare() -> None:
        if identity is not None:
            identity.assume()
        if sys.platform == "linux":
            _prctl(PR_SET_PDEATHSIG, death_signal)  # after the change of user, which clears it
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def _unprivileged_owner(data: Path) -> tuple[int, int] | None:
    if not data.exists():
        return None
    status = data.stat()
    return (status.st_uid, status.st_gid) if status.st_uid != 0 else None


def _first_closed_directory(*paths: Path) -> Path | None:
    """The outermost existing directory on the way to any of these that others may not enter."""
    for path in paths:
        for ancestor in reversed(path.absolute().parents):
            if ancestor.exists() and not ancestor.stat().st_mode & 0o001:
                return ancestor
    return None


def _have(capability: int) -> bool:
    if sys.platform != "linux":
        return False
    status = Path("/proc/self/status").read_text()
    permitted = next(line for line in status.splitlines() if line.startswith("CapPrm:"))
    return bool(int(permitted.split()[1], 16) >> capability & 1)


def _keep_only(capability: int) -> None:
    mask = 1 << capability
    header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
    sets = (_CapabilitySet * 2)(_CapabilitySet(mask, mask, mask), _CapabilitySet(0, 0, 0))
    if _libc.capset(ctypes.byref(header), sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0)


def _prctl(*arguments: int) -> None:
    if _libc.prctl(*(ctypes.c_ulong(argument) for argument in arguments)) != 0:
        raise OSError(ctypes.get_errno(), "prctl")
