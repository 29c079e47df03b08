"""Rejected rows: what is kept of them, and the Parquet file that holds them."""

from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import pyarrow as pa
import pyarrow.parquet as pq

MOST_VALUE_CHARS = 200
MOST_RAW_CHARS = 2000
_BATCH_ROWS = 10_000

COLUMNS = {
    "row": "BIGINT",
    "line": "BIGINT",
    "column": "VARCHAR",
    "value": "VARCHAR",
    "rule": "VARCHAR",
    "reason": "VARCHAR",
    "raw": "VARCHAR",
}
_SCHEMA = pa.schema([(name, pa.int64() if kind == "BIGINT" else pa.string()) for name, kind in COLUMNS.items()])


class Reject(NamedTuple):
    """One rejected row. `row` counts the data rows of the file from 1, `line` its physical lines."""

    row: int
    line: int | None
    rule: str
    reason: str
    raw: str
    column: str | None = None
    value: str | None = None


class RejectsFile:
    """Writes rejects as they are found."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, _SCHEMA, compression="zstd")
        self._batch: list[dict[str, object]] = []
        self.count = 0

    def add(self, reject: Reject) -> None:
        kept = reject._replace(raw=reject.raw[:MOST_RAW_CHARS], value=reject.value and reject.value[:MOST_VALUE_CHARS])
        self._batch.append(kept._asdict())
        self.count += 1
        if len(self._batch) >= _BATCH_ROWS:
            self._flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._flush()
        self._writer.close()

    def _flush(self) -> None:
        if self._batch:
            self._writer.write_table(pa.Table.from_pylist(self._batch, schema=_SCHEMA))
            self._batch = []


def printable(text: bytes) -> str:
    """Bytes as text that can be shown, each bad byte as a replacement character."""
    return text[: 4 * MOST_RAW_CHARS].decode("utf-8", "replace").rstrip("\r\n")
