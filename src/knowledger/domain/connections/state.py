"""The state: all transactions of a connection as of its cursor, a line each, in a file that never changes."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import zstandard

from knowledger.domain.banking.values import BankTransaction
from knowledger.kernel.json import JsonObject

_LEVEL = 1
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def read_state(path: Path | None) -> Iterator[BankTransaction]:
    if path is None:
        return
    with path.open("rb") as packed, zstandard.ZstdDecompressor().stream_reader(packed) as plain:
        for line in io.TextIOWrapper(plain, "utf-8"):
            yield BankTransaction.parse(json.loads(line))


@contextmanager
def lines_to(path: Path) -> Iterator[TextIO]:
    """A packed file to write lines to."""
    compressor = zstandard.ZstdCompressor(level=_LEVEL)
    with path.open("wb") as packed, compressor.stream_writer(packed) as plain, io.TextIOWrapper(plain, "utf-8") as text:
        yield text


def write_line(lines: TextIO, body: JsonObject) -> None:
    lines.write(_json(body) + "\n")
