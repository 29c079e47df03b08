"""A function in a process of its own: what it took of time, and of memory at its peak.

    python -m benchmarks.fresh MODULE:FUNCTION ARGUMENTS-AS-JSON

The clock starts after the imports.
"""

import importlib
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Cost:
    seconds: float
    peak_bytes: int


def in_fresh_process(function: Callable[..., object], *arguments: str | int) -> Cost:
    """`function` is one of a module's own, so that another process can find it by name."""
    command = [sys.executable, "-m", __name__, f"{function.__module__}:{function.__name__}", json.dumps(arguments)]
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return Cost(**json.loads(answer.stdout))


def peak_bytes(process: str = "self") -> int:
    """The most memory that the process ever had resident; 0 when it is gone.

    Not getrusage: what that says at the start of a program is the peak of the one that started it.
    """
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


def main() -> None:
    module, _, name = sys.argv[1].partition(":")
    function = getattr(importlib.import_module(module), name)
    arguments = json.loads(sys.argv[2])
    began = time.perf_counter()
    function(*arguments)
    print(json.dumps({"seconds": time.perf_counter() - began, "peak_bytes": peak_bytes()}))


if __name__ == "__main__":
    main()
