"""A filter on system calls: no sockets, no programs, no other process. See the kernel's `seccomp_filter`.

It closes what Landlock leaves open: unix sockets by path (the database, the broker, the zygote itself), UDP, processes
that would escape the watch on memory, and signals on kernels whose Landlock does not know them.
"""

import ctypes
import errno
import os
import struct
from dataclasses import dataclass
from typing import Final

from knowledger.engine.sandbox import linux

_PR_GET_SECCOMP, _PR_SET_SECCOMP, _MODE_FILTER = 21, 22, 2
_ALLOW, _ERRNO = 0x7FFF0000, 0x00050000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16  # offsets in struct seccomp_data, little-endian
_CLONE_THREAD = 0x10000
_X32 = 0x40000000


@dataclass(frozen=True)
class _Calls:
    machine: int
    denied: tuple[int, ...]
    own_process_only: tuple[int, ...]
    clone: int
    clone3: int = 435


# denied: socket connect bind listen execve execveat ptrace process_vm_readv process_vm_writev bpf userfaultfd
#         io_uring_setup pidfd_getfd pidfd_send_signal unshare setns mount keyctl add_key request_key perf_event_open
#         tkill rt_sigqueueinfo rt_tgsigqueueinfo memfd_create (its pages need no process that maps them)
# own process only: kill tgkill prlimit64
_BY_MACHINE: Final = {
    "x86_64": _Calls(
        machine=0xC000003E,
        denied=(
            *(41, 42, 49, 50, 59, 322, 101, 310, 311, 321, 323),
            *(425, 438, 424, 272, 308, 165, 250, 248, 249, 298),
            *(200, 129, 297, 319),
            *(57, 58),  # fork and vfork
        ),
        own_process_only=(62, 234, 302),
        clone=56,
    ),
    "aarch64": _Calls(
        machine=0xC00000B7,
        denied=(
            *(198, 203, 200, 201, 221, 281, 117, 270, 271, 280, 282),
            *(425, 438, 424, 97, 268, 40, 219, 217, 218, 241),
            *(130, 138, 240, 279),
        ),
        own_process_only=(129, 131, 261),
        clone=220,
    ),
}


def has_filter() -> bool:
    """Whether the kernel takes filters, and of this machine's kind. Nearly every one does."""
    try:
        linux.prctl(_PR_GET_SECCOMP, 0)
    except OSError:
        return False
    return os.uname().machine in _BY_MACHINE


def deny_system_calls() -> None:
    """For this thread and all that it starts. `no_new_privs` must be set."""
    program = b"".join(_program(_BY_MACHINE[os.uname().machine], os.getpid()))
    instructions = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("@HP", len(program) // 8, ctypes.addressof(instructions))
    linux.prctl_pointer(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.create_string_buffer(header, len(header)))


def _program(calls: _Calls, own: int) -> list[bytes]:
    program = [
        _instruction(_LOAD, _MACHINE),
        _instruction(_EQUAL, calls.machine, then=1),
        _refuse(errno.EPERM),
        _instruction(_LOAD, _NUMBER),
        _instruction(_AT_LEAST, _X32, otherwise=1),
        _refuse(errno.EPERM),
    ]
    for number in calls.denied:
        program += [_instruction(_EQUAL, number, otherwise=1), _refuse(errno.EPERM)]
    # clone3 hides its flags from a filter; the C library falls back to clone when told that there is no clone3.
    program += [_instruction(_EQUAL, calls.clone3, otherwise=1), _refuse(errno.ENOSYS)]
    program += [
        _instruction(_EQUAL, calls.clone, otherwise=4),
        _instruction(_LOAD, _FIRST_ARGUMENT),
        _instruction(_ANY_BIT, _CLONE_THREAD, then=1),
        _refuse(errno.EPERM),
        _instruction(_RETURN, _ALLOW),
    ]
    for number in calls.own_process_only:
        program += [
            _instruction(_EQUAL, number, otherwise=5),
            _instruction(_LOAD, _FIRST_ARGUMENT),
            _instruction(_EQUAL, 0, then=2),
            _instruction(_EQUAL, own, then=1),
            _refuse(errno.EPERM),
            _instruction(_RETURN, _ALLOW),
        ]
    return [*program, _instruction(_RETURN, _ALLOW)]


def _instruction(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One `struct sock_filter`; `then` and `otherwise` say how many instructions a comparison skips."""
    return struct.pack("=HBBI", code, then, otherwise, value)


def _refuse(number: int) -> bytes:
    return _instruction(_RETURN, _ERRNO | number)
