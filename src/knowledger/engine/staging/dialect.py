"""How a delimited text file is written: its delimiter, its quotes, its header."""

import contextlib
import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from knowledger.domain.graphs.engine import UnreadableFile
from knowledger.engine.staging.formats import DataFile, DataFormat
from knowledger.engine.staging.lines import MOST_LINE_BYTES

_SAMPLE_BYTES = 1 << 20
_DELIMITERS = (",", "\t", ";", "|")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Dialect:
    """`quote` is empty where a quotation mark is a character like any other."""

    delimiter: str
    quote: str
    headers: tuple[str, ...]
    newline: bytes = b"\n"

    @property
    def width(self) -> int:
        return len(self.headers)


def read_dialect(file: DataFile) -> Dialect:
    """Tell the dialect from the first megabyte. Raises UnreadableFile when there is no header to read."""
    sample = _sample(file.path).removeprefix(_BOM)
    newline = b"\r" if b"\n" not in sample and b"\r" in sample else b"\n"
    if newline not in sample and len(sample) > MOST_LINE_BYTES:
        raise UnreadableFile(f"{file.name}: line 1 is longer than {MOST_LINE_BYTES:,} bytes.")
    if b"\0" in sample[:_SAMPLE_BYTES].split(newline, 1)[0]:
        raise UnreadableFile(f"{file.name}: line 1 holds a null character, so it is not the header of a text file.")
    lines = _whole_lines(sample, newline)
    delimiter = _delimiter(file.format, lines)
    quote = "" if delimiter == "\t" and not _is_quoted(lines, delimiter) else '"'
    return Dialect(delimiter, quote, _headers(file.name, lines, delimiter, quote), newline)


def split(lines: list[str], delimiter: str, quote: str) -> list[list[str]]:
    """The cells of a few lines, as leniently as can be, up to the first that is not CSV at all."""
    csv.field_size_limit(2 * MOST_LINE_BYTES)
    if not quote:
        return [line.rstrip("\r\n").split(delimiter) for line in lines]
    rows = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    cells: list[list[str]] = []
    with contextlib.suppress(csv.Error):
        cells.extend(row for row in rows if row)
    return cells


def _sample(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(max(_SAMPLE_BYTES, MOST_LINE_BYTES + 1))


def _whole_lines(sample: bytes, newline: bytes) -> list[str]:
    """The sample's lines without its last one where that may be cut, as text in which a bad byte is kept apart."""
    lines = sample.decode("utf-8", "surrogateescape").split(newline.decode())
    kept = lines[:-1] if len(lines) > 1 else lines
    return [line + "\n" for line in kept if line.strip()]


def _delimiter(data_format: DataFormat, lines: list[str]) -> str:
    """The one that cuts most lines into the same number of cells as the header; in doubt what the name says."""
    usual = "\t" if data_format is DataFormat.TSV else ","
    best, best_score = usual, 0
    for delimiter in (usual, *_DELIMITERS):
        widths = Counter(len(row) for row in split(lines[:200], delimiter, '"'))
        header = split(lines[:1], delimiter, '"')
        width = len(header[0]) if header else 0
        score = widths[width] * (width - 1)
        if width > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _is_quoted(lines: list[str], delimiter: str) -> bool:
    """Whether a tab-separated file quotes its cells. The format has no quotes of its own, but spreadsheets write them.

    It does when some cell is quoted from end to end and every line still has as many cells as the header.
    """
    cells = [cell for line in lines for cell in line.rstrip("\r\n").split(delimiter) if cell.startswith('"')]
    if not any(len(cell) > 1 and cell.endswith('"') for cell in cells):
        return False
    # The sample may end inside the last record.
    return len({len(row) for row in split(lines, delimiter, '"')[:-1]}) == 1


def _headers(name: str, lines: list[str], delimiter: str, quote: str) -> tuple[str, ...]:
    rows = split(lines[:100], delimiter, quote)
    if not rows:
        raise UnreadableFile(f"{name} has no header line.")
    try:
        "".join(rows[0]).encode()
    except UnicodeEncodeError:
        raise UnreadableFile(f"{name}: line 1 is not UTF-8 text.", hint="Save the file as UTF-8.") from None
    return tuple(header.strip() for header in rows[0])
