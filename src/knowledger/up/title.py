"""What `ps` shows of a forked process, which would otherwise be its parent's name and command line."""

import ctypes
import os
from collections.abc import Sequence
from pathlib import Path

from knowledger.engine.sandbox.linux import prctl

_PR_SET_NAME = 15
_LONGEST_NAME = 15
_ARGUMENTS_BEGIN, _ARGUMENTS_END = 45, 46
"""Fields of /proc/self/stat (proc_pid_stat(5): arg_start, arg_end), counted from the one after the name."""


def call_this_process(name: str, command: Sequence[str]) -> None:
    """On Linux. What does not fit in the place of the former command line is cut off."""
    shown = ctypes.create_string_buffer(name.encode()[:_LONGEST_NAME])
    prctl(_PR_SET_NAME, ctypes.addressof(shown))
    fields = Path("/proc/self/stat").read_bytes().rpartition(b")")[2].split()
    begin, end = int(fields[_ARGUMENTS_BEGIN]), int(fields[_ARGUMENTS_END])
    room = end - begin
    if begin and room > 0:  # a hardened kernel tells nobody
        program, *arguments = command
        line = b"\0".join(map(os.fsencode, (Path(program).name, *arguments)))[: room - 1]
        ctypes.memmove(begin, line.ljust(room, b"\0"), room)
