"""Sentences that agree with their counts, and commands that can be typed as they are shown."""

import shlex
from collections.abc import Mapping


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 row`, `2 rows`, `1,200 rows`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def command(*words: str) -> str:
    return shlex.join(("knowledger", *words))
