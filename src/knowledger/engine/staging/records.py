"""The records of a delimited file, told apart one by one."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from knowledger.engine.staging.dialect import Dialect
from knowledger.engine.staging.lines import MOST_LINE_BYTES, Line, LineReader
from knowledger.engine.staging.rejects import Reject, printable
from knowledger.engine.staging.sieve import Sieve

_TICK_ROWS = 20_000
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class _Broken:
    """Why a record is not whole."""

    rule: str
    reason: str


def sift(path: Path, dialect: Dialect, needed: tuple[int, ...], sieve: Sieve, tick: Callable[[int, int], None]) -> None:
    """Put every record of a file into the sieve. `tick` hears bytes and rows done.

    `needed` are the places of the columns that are used: what the others hold is nobody's concern.
    """
    with path.open("rb", buffering=1 << 20) as file:
        records = _Records(LineReader(file), dialect, needed, sieve)
        for row in records.sift():
            if row % _TICK_ROWS == 0:
                tick(file.tell(), row)


class _Records:
    def __init__(self, lines: LineReader, dialect: Dialect, needed: tuple[int, ...], sieve: Sieve) -> None:
        self._lines, self._dialect, self._sieve, self._needed = lines, dialect, sieve, needed
        self._delimiter = dialect.delimiter.encode()
        self._quote = dialect.quote.encode()
        csv.field_size_limit(2 * MOST_LINE_BYTES)

    def sift(self) -> Iterator[int]:
        """Sift record by record; gives the number of each."""
        self._skip_header()
        row, width, delimiter = 0, self._dialect.width, self._delimiter
        while (line := self._lines.next()) is not None:
            record = line.text.rstrip(b"\r\n")
            if width > 1 and (not record or record.isspace()) and delimiter not in record:
                continue
            row += 1
            is_plain = b'"' not in record and b"\r" not in record and not line.is_cut
            if is_plain and record.isascii() and record.count(delimiter) == width - 1:
                self._sieve.add_plain(row, line.number, record)
            else:
                self._sift_slowly(row, line)
            yield row

    def _skip_header(self) -> None:
        """Skip to the end of the first record that is not blank, which is the header."""
        while (line := self._lines.next()) is not None:
            if line.text.removeprefix(_BOM).strip():
                self._cells(Line(line.number, line.text.removeprefix(_BOM), line.is_cut))
                return

    def _sift_slowly(self, row: int, line: Line) -> None:
        cells = self._cells(line)
        problem = cells if isinstance(cells, _Broken) else None
        if isinstance(cells, list):
            bad = next((place for place in self._needed if not _is_utf8(cells[place])), None)
            if bad is None:
                self._sieve.add_cells(row, line.number, [_as_utf8(cell) for cell in cells])
                return
            header = self._dialect.headers[bad]
            reason = f"{header}: is not UTF-8 text; save the file as UTF-8"
            self._reject(row, line, _Broken("bad_encoding", reason), header, printable(cells[bad]))
        elif problem is not None:
            self._reject(row, line, problem)

    def _reject(
        self, row: int, line: Line, problem: _Broken, column: str | None = None, value: str | None = None
    ) -> None:
        self._sieve.reject(Reject(row, line.number, problem.rule, problem.reason, printable(line.text), column, value))

    def _cells(self, first: Line) -> list[bytes] | _Broken:
        """The cells of the record that begins with this line, as many as the header has.

        Of a broken record that goes over several lines only the first is given up, and the next record begins with
        the line after it: a stray quotation mark costs one row, not all up to the next.
        """
        if first.is_cut:
            return _Broken("line_too_long", f"the line is longer than {MOST_LINE_BYTES:,} bytes")
        if not self._quote or self._quote not in first.text:
            return self._of_right_width(first.text.rstrip(b"\r\n").split(self._delimiter))
        taken = [first]
        cells = self._quoted_cells(taken)
        found = self._of_right_width(cells) if isinstance(cells, list) else cells
        if isinstance(found, _Broken):
            self._lines.give_back(taken[1:])
        return found

    def _quoted_cells(self, taken: list[Line]) -> list[bytes] | _Broken:
        reader = csv.reader(self._feed(taken), delimiter=self._dialect.delimiter, quotechar='"', strict=True)
        try:
            return [cell.encode("latin-1") for cell in next(reader)]
        except (csv.Error, StopIteration):
            return _Broken("bad_quoting", "a quotation mark is not closed, or text follows the closing one")

    def _feed(self, taken: list[Line]) -> Iterator[str]:
        """The lines of one record as the reader asks for them, each kept in `taken`, up to what a record may hold."""
        yield taken[0].text.decode("latin-1")
        size = len(taken[0].text)
        while (line := self._lines.next()) is not None:
            taken.append(line)
            size += len(line.text)
            if line.is_cut or size > MOST_LINE_BYTES:
                return
            yield line.text.decode("latin-1")

    def _of_right_width(self, cells: list[bytes]) -> list[bytes] | _Broken:
        width = self._dialect.width
        if len(cells) > width and not any(cells[width:]):
            return cells[:width]  # as the engine reads a file of which all fits
        if len(cells) != width:
            return _Broken("ragged_line", f"has {len(cells)} cells where the header has {width} columns")
        return cells


def _is_utf8(cell: bytes) -> bool:
    try:
        cell.decode()
    except UnicodeDecodeError:
        return False
    return True


def _as_utf8(cell: bytes) -> bytes:
    return cell if cell.isascii() else cell.decode("utf-8", "replace").encode()
