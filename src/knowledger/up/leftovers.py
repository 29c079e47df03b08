"""Servers and files that an earlier, killed start left behind."""

import os
import subprocess
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals

PATIENCE = timedelta(seconds=8)


def end_leftover(pid_file: Path, *, program: str, argument: str, stop_with: Signals = SIGTERM) -> None:
    """Stop the server that a pid file names, if it still runs, and remove the file.

    Process ids are given out again, so a process counts only when its command line shows `program` and `argument`.
    """
    pid = _first_number(pid_file)
    if pid is not None and _runs(pid, program, argument):
        _stop(pid, program, argument, stop_with)
    pid_file.unlink(missing_ok=True)


def _stop(pid: int, program: str, argument: str, stop_with: Signals) -> None:
    for signal_number in (stop_with, SIGKILL):
        with suppress(ProcessLookupError):
            os.kill(pid, signal_number)
        deadline = time.monotonic() + PATIENCE.total_seconds()
        while _runs(pid, program, argument):
            if time.monotonic() > deadline:
                break
            time.sleep(0.02)
        else:
            return


def _runs(pid: int, program: str, argument: str) -> bool:
    line = command_line(pid)
    return program in line and argument in line


def command_line(pid: int) -> str:
    """The command line of a running process; empty for one that is gone or a zombie."""
    if not Path("/proc/self").exists():
        shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False, text=True)
        return shown.stdout.strip()
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return ""
    return b" ".join(words).decode(errors="replace").strip()


def _first_number(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
