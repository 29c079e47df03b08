"""Sentences that agree with their counts, and commands that can be typed as they are shown."""

import shlex


def counted(count: int, one: str, many: str | None = None) -> str:
    """`1 row`, `2 rows`, `1,200 rows`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def command(*words: str) -> str:
    return shlex.join(("knowledger", *words))
