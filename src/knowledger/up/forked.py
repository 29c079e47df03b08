"""A program of ours as a fork of the supervisor, which has loaded its code: what neither writes to, both share."""

import gc
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from knowledger.kernel.descriptors import close_from
from knowledger.kernel.errors import KnowledgerError
from knowledger.up.identity import before_exec
from knowledger.up.programs import load_programs, run_program
from knowledger.up.service import Service
from knowledger.up.title import call_this_process


class Forked:
    """Like a `Popen` with its output in a pipe. To be made by a process with one thread, on Linux."""

    def __init__(self, service: Service) -> None:
        load_programs()
        output, theirs = os.pipe()
        self.stdout = os.fdopen(output, "rb")
        die_with_us = before_exec(service.identity, service.death_signal)
        # A signal that came before the child has its own handlers would be taken for one to the supervisor.
        blocked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _live(service, theirs, die_with_us)
        except OSError:
            self.stdout.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
            os.close(theirs)

    def send_signal(self, number: int) -> None:
        """Only before it is waited for: until then nobody else has its number."""
        os.kill(self.pid, number)

    def wait(self) -> int:
        """The exit code, negative for a signal."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def _live(service: Service, output: int, die_with_the_supervisor: Callable[[], None]) -> NoReturn:
    """Never returns, so that nothing of the supervisor, whose open files are closed beneath it, runs on in it."""
    code = 1
    try:
        gc.freeze()
        os.setsid()
        die_with_the_supervisor()
        _keep_only(output)
        _forget_signals()
        _take_on(service)
        run_program(service.program or "")
        code = 0
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except KnowledgerError as error:
        sys.stderr.write(f"{error.message}\n{error.hint or ''}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
        finally:
            os._exit(code)


def _keep_only(output: int) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    for descriptor, place in ((null, 0), (output, 1), (output, 2)):
        os.dup2(descriptor, place)
    close_from(3)
    # Not the supervisor's own, which may hold words of its own yet, or be None where it was started without.
    sys.stdout, sys.stderr = (
        os.fdopen(place, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)
        for place in (1, 2)
    )


def _forget_signals() -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _take_on(service: Service) -> None:
    os.environ.clear()
    os.environ.update(service.environment)
    sys.argv = [service.program or ""]
    call_this_process(f"kn-{service.name}", service.command)
