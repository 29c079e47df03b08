"""Numbers as people read them, and what stands for many of them."""

from collections.abc import Sequence
from statistics import median

MIB = 2**20


def seconds(value: float) -> str:
    return f"{value:.2f} s"


def mib(count: float) -> str:
    return f"{count / MIB:,.0f} MiB"


def count(value: int) -> str:
    """1 M, 10 k."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if value >= size:
            return f"{value / size:g} {unit}"
    return str(value)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that this share of them does not exceed."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def delays(values_s: Sequence[float]) -> str:
    return f"p50 {1e3 * median(values_s):.2f} ms, p99 {1e3 * percentile(values_s, 0.99):.2f} ms"
