"""A scratch file of whole, numbered records that DuckDB reads without a doubt, beside those that are not whole.

Where a file is not clean, its records are told apart here and not by DuckDB: only so does every one of them, good or
bad, keep its row and its line, and is counted once.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from knowledger.engine.staging.lines import MOST_LINE_BYTES
from knowledger.engine.staging.rejects import Reject, RejectsFile
from knowledger.engine.staging.sql import literal, path_literal

_BATCH_RECORDS = 5_000
_CRLF = "\r\n"


@dataclass(frozen=True)
class Sieved:
    """`rows_read` records, of which `rejected` stand in `rejects_path` and the others in `path`."""

    path: Path
    rejects_path: Path
    rows_read: int
    rejected: int
    relation: str


class Sieve:
    """Takes records one by one. Bytes pass through as they are, so an encoding is never guessed."""

    def __init__(self, scratch: Path, delimiter: str, width: int) -> None:
        self._path, self._rejects_path = scratch / "sieved.csv", scratch / "sieved.rejects.parquet"
        self._delimiter, self._width = delimiter, width
        self._file = self._path.open("wb", buffering=1 << 20)
        self._rejects = RejectsFile(self._rejects_path)
        self._prefix = b"%d" + delimiter.encode() + b"%d" + delimiter.encode() + b"%b\n"
        self._batch: list[bytes] = []
        self._text = io.StringIO()
        # Before Python 3.13 the writer quotes a lone line break only where it is part of its own.
        self._writer = csv.writer(self._text, delimiter=delimiter, lineterminator=_CRLF)
        self.rows_read = 0

    def add_plain(self, row: int, line: int, record: bytes) -> None:
        """A record without quotes and line breaks, as it stands in the file."""
        self.rows_read += 1
        self._batch.append(self._prefix % (row, line, record))
        if len(self._batch) >= _BATCH_RECORDS:
            self._flush()

    def add_cells(self, row: int, line: int, cells: list[bytes]) -> None:
        self.rows_read += 1
        # Latin-1 maps each byte to one character and back.
        self._writer.writerow([row, line, *(cell.decode("latin-1") for cell in cells)])
        self._batch.append(self._text.getvalue().removesuffix(_CRLF).encode("latin-1") + b"\n")
        self._text.seek(0)
        self._text.truncate()
        if len(self._batch) >= _BATCH_RECORDS:
            self._flush()

    def reject(self, reject: Reject) -> None:
        self.rows_read += 1
        self._rejects.add(reject)

    def result(self) -> Sieved:
        return Sieved(self._path, self._rejects_path, self.rows_read, self._rejects.count, self._relation())

    def __enter__(self) -> Self:
        self._rejects.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._rejects.__exit__(kind, error, at)
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        self._file.write(b"".join(self._batch))
        self._batch = []

    def _relation(self) -> str:
        cells = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(self._width))
        return (
            f"read_csv({path_literal(self._path)}, auto_detect = false, header = false, compression = 'none', "
            f"delim = {literal(self._delimiter)}, quote = '\"', escape = '\"', new_line = '\\n', "
            # Quotes that are written twice can double a record.
            f"max_line_size = {2 * MOST_LINE_BYTES + 1000}, "
            f"columns = {{'_row': 'BIGINT', '_line': 'BIGINT', {cells}}})"
        )
