"""A forked process: a function's whole life, ended by its parent's death as by its own end."""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from knowledger.engine.sandbox.linux import PR_SET_PDEATHSIG, prctl

_PR_SET_NAME = 15
_LONGEST_NAME = 15


@dataclass(frozen=True)
class Forked:
    name: str
    pid: int
    since: float = field(default_factory=monotonic)

    def signal(self, number: signal.Signals) -> None:
        """Only before it is reaped: until then nobody else has its number."""
        os.kill(self.pid, number)


def fork(name: str, work: Callable[[], object]) -> Forked:
    """The child has the parent's memory, and shares what neither writes; the parent may have but one thread."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return Forked(name, pid)
    code = 1
    try:
        _settle(name, parent)
        work()
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


def _settle(name: str, parent: int) -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if sys.platform == "linux":
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        shown = ctypes.create_string_buffer(name.encode()[:_LONGEST_NAME])
        prctl(_PR_SET_NAME, ctypes.addressof(shown))
    if os.getppid() != parent:
        os._exit(1)
