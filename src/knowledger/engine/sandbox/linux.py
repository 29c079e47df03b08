"""The few kernel calls that Python does not wrap."""

import ctypes
import os

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long


def syscall(number: int, *arguments: "int | ctypes.Array[ctypes.c_char] | ctypes.c_void_p | None") -> int:
    """A raw system call; integers are passed as longs. Raises OSError."""
    longs = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *longs))


def prctl(option: int, argument: int) -> None:
    _checked(_libc.prctl(option, ctypes.c_ulong(argument), 0, 0, 0))


def prctl_pointer(option: int, argument: int, pointed: "ctypes.Array[ctypes.c_char]") -> None:
    _checked(_libc.prctl(option, ctypes.c_ulong(argument), pointed, 0, 0))


def unshare(flags: int) -> None:
    _checked(_libc.unshare(flags))


def drop_capabilities() -> None:
    """Give up every capability, those of root and those that a new user namespace gives."""
    header = ctypes.create_string_buffer(_CAPABILITY_VERSION_3.to_bytes(4, "little") + bytes(4), 8)
    _checked(_libc.capset(header, ctypes.create_string_buffer(24)))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
