"""The lines of a file, none of which can fill the memory."""

from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MOST_LINE_BYTES = 2_000_000
"""The longest line, and the longest record over several lines."""

_CHUNK = 1 << 20
# Small enough to stay in the processor's cache between the disk and the count.
_COUNTED_AT_ONCE = 1 << 17


@dataclass(frozen=True)
class Line:
    """One physical line with its end mark. One that `is_cut` was longer than allowed: this is how it begins."""

    number: int
    text: bytes
    is_cut: bool = False


class LineReader:
    """Reads lines one by one, numbers them, and takes back those that turn out to belong to the next record."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._number = 0
        self._returned: deque[Line] = deque()

    def next(self) -> Line | None:
        if self._returned:
            return self._returned.popleft()
        text = self._file.readline(MOST_LINE_BYTES + 2)
        if not text:
            return None
        self._number += 1
        if len(text) > MOST_LINE_BYTES and not text.endswith(b"\n"):
            self._skip_rest()
            return Line(self._number, text[:MOST_LINE_BYTES], is_cut=True)
        return Line(self._number, text)

    def give_back(self, lines: list[Line]) -> None:
        self._returned.extendleft(reversed(lines))

    @property
    def position(self) -> int:
        return self._file.tell()

    def _skip_rest(self) -> None:
        while (chunk := self._file.readline(_CHUNK)) and not chunk.endswith(b"\n"):
            pass


def count_line_ends(path: Path, newline: bytes) -> int:
    """The line ends of a file, and one more where its last line has none."""
    count, last, chunk = 0, newline[0], bytearray(_COUNTED_AT_ONCE)
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(chunk):
            count += chunk.count(newline, 0, size)
            last = chunk[size - 1]
    return count + (last != newline[0])


def with_newlines(path: Path, scratch: Path) -> Path:
    """A copy of a file whose lines end in a bare carriage return, with line feeds in their place."""
    copy = scratch / "newlines"
    with path.open("rb") as source, copy.open("wb") as target:
        while chunk := source.read(_CHUNK):
            target.write(chunk.replace(b"\r", b"\n"))
    return copy
