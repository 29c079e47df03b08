"""What tests ask about processes."""

import psutil


def lives(process: psutil.Process) -> bool:
    """A dead one stays in the table until the machine's first process has looked at it."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
