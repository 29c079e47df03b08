"""Landlock: the kernel's own list of what a process may open. See the kernel's `userspace-api/landlock`."""

import ctypes
import errno
import os
import stat
import struct
from collections.abc import Iterable
from enum import IntFlag
from pathlib import Path

from knowledger.engine.sandbox import linux

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH = 1
_NET_BIND_AND_CONNECT_TCP = 0b11
_SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 0b11


class Access(IntFlag):
    """Rights on files and directories, numbered as the kernel does."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    REFER = 1 << 13
    TRUNCATE = 1 << 14


READ = Access.READ_FILE | Access.READ_DIR
# No special files and no symbolic links: whoever works unconfined on these files later must not be led elsewhere.
WRITE = (
    READ
    | Access.WRITE_FILE
    | Access.REMOVE_DIR
    | Access.REMOVE_FILE
    | Access.MAKE_DIR
    | Access.MAKE_REG
    | Access.REFER
    | Access.TRUNCATE
)
_OF_A_FILE = Access.READ_FILE | Access.WRITE_FILE | Access.TRUNCATE


def landlock_abi() -> int:
    """The version of Landlock that this kernel speaks; 0 where it is missing or switched off."""
    try:
        return linux.syscall(_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION)
    except OSError:
        return 0


def restrict_files_and_tcp(readable: Iterable[Path], writable: Iterable[Path]) -> None:
    """From here on this thread and its children open nothing but these paths and what lies beneath them.

    Paths that do not exist are passed over: opening them says so. `no_new_privs` must be set.
    """
    abi = landlock_abi()
    handled = _rights_known_to(abi)
    ruleset = _create_ruleset(abi, handled)
    try:
        for path in readable:
            _allow(ruleset, path, READ & handled)
        for path in writable:
            _allow(ruleset, path, WRITE & handled)
        linux.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _rights_known_to(abi: int) -> int:
    """Everything the kernel can refuse is refused unless allowed: 13 rights at first, then one more now and then."""
    rights = 13 + (abi >= 2) + (abi >= 3) + (abi >= 5)
    return (1 << rights) - 1


def _create_ruleset(abi: int, handled: int) -> int:
    network = _NET_BIND_AND_CONNECT_TCP if abi >= 4 else 0
    scoped = _SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if abi >= 6 else 0
    size = 24 if abi >= 6 else 16 if abi >= 4 else 8
    attributes = struct.pack("=QQQ", handled, network, scoped)[:size]
    return linux.syscall(_CREATE_RULESET, ctypes.create_string_buffer(attributes, size), size, 0)


def _allow(ruleset: int, path: Path, access: int) -> None:
    try:
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.EACCES):
            return
        raise
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            access &= _OF_A_FILE
        rule = struct.pack("=Qi", access, opened)
        linux.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, ctypes.create_string_buffer(rule, len(rule)), 0)
    finally:
        os.close(opened)
