"""Open file descriptors of this process."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

_OPEN: Final = "/proc/self/fd" if sys.platform == "linux" else "/dev/fd"


def close_from(first: int) -> None:
    """Close every descriptor from this one on.

    Not `os.closerange`: where Python was built without close_range(2), or the kernel or a container's filter of system
    calls refuses it, that tries number by number, which takes minutes up to the greatest there may be.
    """
    try:
        numbers = [int(path.name) for path in [*Path(_OPEN).iterdir()]]  # its own is closed again by then
    except OSError:
        os.closerange(first, os.sysconf("SC_OPEN_MAX"))
        return
    for number in numbers:
        if number >= first:
            with suppress(OSError):
                os.close(number)
