"""The memory of a stack that has nothing to do."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping

import psutil

from benchmarks.figure import Bench, Line
from benchmarks.units import MIB, mib
from tests.stack import running_stack

MARK_BYTES = 350 * MIB
QUIET_S = 10
NAMES = {
    "knowledger.up": "supervisor",
    "knowledger.api": "API",
    "knowledger.tasks.worker": "worker",
    "knowledger.host": "host",
    "knowledger.engine.sandbox.zygote": "sandbox",
}


def measure(bench: Bench) -> Iterator[Line]:
    with running_stack(bench.directory / "home") as stack:
        time.sleep(QUIET_S)
        shares, resident = _memory(psutil.Process(stack.supervisor_pid))
    whole = shares.total()
    reached = whole <= MARK_BYTES
    what = "idle stack without Dagster: memory, pages that processes share counted once (PSS)"
    yield Line(what, mib(whole), wanted=f"≤ {mib(MARK_BYTES)}", reached=reached)
    yield Line("idle stack: by process (PSS)", _listed(shares))
    yield Line("idle stack: the sum of what is resident (RSS), shared pages counted each time", mib(resident.total()))


def _memory(supervisor: psutil.Process) -> tuple[Counter[str], Counter[str]]:
    """PSS and RSS in bytes, by what the process is."""
    shares: Counter[str] = Counter()
    resident: Counter[str] = Counter()
    for process in (supervisor, *supervisor.children(recursive=True)):
        name, used = _name(process), process.memory_full_info()
        shares[name] += used.pss
        resident[name] += used.rss
    return shares, resident


def _name(process: psutil.Process) -> str:
    words = process.cmdline()
    module = next((word for word in words if word in NAMES), None)
    return NAMES[module] if module else process.name().removesuffix("-server")


def _listed(sizes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {size / MIB:.0f}" for name, size in sorted(sizes.items(), key=lambda item: -item[1]))
