"""From an upload to one plain file whose format is known, by its name and by what it holds."""

import shutil
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from knowledger.domain.graphs.engine import UnreadableFile
from knowledger.engine.staging.decompress import is_packed, unpack
from knowledger.engine.staging.pace import Pace
from knowledger.engine.staging.request import Upload

_PARQUET_MAGIC = b"PAR1"
_HEAD_BYTES = 4096
_DEEPEST_PACKING = 3


class DataFormat(StrEnum):
    CSV = "csv"
    TSV = "tsv"
    TEXT = "txt"
    JSON = "json"
    NDJSON = "ndjson"
    PARQUET = "parquet"


_SUFFIXES = {
    ".csv": DataFormat.CSV,
    ".tsv": DataFormat.TSV,
    ".tab": DataFormat.TSV,
    ".txt": DataFormat.TEXT,
    ".json": DataFormat.JSON,
    ".jsonl": DataFormat.NDJSON,
    ".ndjson": DataFormat.NDJSON,
    ".parquet": DataFormat.PARQUET,
    ".pq": DataFormat.PARQUET,
}


@dataclass(frozen=True)
class DataFile:
    """A plain file. `name` is what the user calls it, for messages; `inner_name` names it without its packing."""

    name: str
    inner_name: str
    path: Path
    format: DataFormat
    size_bytes: int


def open_upload(upload: Upload, pace: Pace) -> DataFile:
    """Join the parts, unpack what is packed, and tell the format. Raises UnreadableFile, ExpandsTooFar."""
    name = inner_name = upload.file_name
    path = _joined(upload)
    if path.stat().st_size == 0:
        raise UnreadableFile(f"{name} is empty.")
    for depth in range(_DEEPEST_PACKING + 1):
        head = _head(path)
        if not is_packed(head):
            break
        if depth == _DEEPEST_PACKING:
            raise UnreadableFile(f"{name} is packed more than {_DEEPEST_PACKING} times over.")
        target = upload.scratch / f"unpacked-{depth}"
        limit = upload.limits.max_expanded_bytes
        inner_name = unpack(inner_name, path, target, limit, lambda done: pace.unpacked(name, done))
        path = target
    if path.stat().st_size == 0:
        raise UnreadableFile(f"{name} is empty.")
    return DataFile(name, inner_name, path, _format(name, inner_name, head), path.stat().st_size)


def _joined(upload: Upload) -> Path:
    if len(upload.parts) == 1:
        return upload.parts[0]
    whole = upload.scratch / "joined"
    with whole.open("wb") as target:
        for part in upload.parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, target, 1 << 20)
    return whole


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD_BYTES)


def _format(name: str, inner_name: str, head: bytes) -> DataFormat:
    named = next((item for suffix, item in _SUFFIXES.items() if inner_name.lower().endswith(suffix)), None)
    if head.startswith(_PARQUET_MAGIC):
        return DataFormat.PARQUET
    if named is DataFormat.PARQUET:
        raise UnreadableFile(f"{name} does not begin as a Parquet file does.")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile(f"{name} is UTF-16 text.", hint="Save it as UTF-8 and load it again.")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if named in (DataFormat.JSON, DataFormat.NDJSON):
        return DataFormat.JSON if text.startswith(b"[") else DataFormat.NDJSON
    if named is None and text.startswith((b"{", b"[{")):
        return DataFormat.JSON if text.startswith(b"[") else DataFormat.NDJSON
    return named or DataFormat.TEXT
