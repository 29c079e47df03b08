"""Unpacking gzip, Zstandard and zip, whole or not at all, and never beyond a limit."""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa

from knowledger.domain.graphs.engine import UnreadableFile
from knowledger.kernel.errors import LimitExceeded

_CHUNK = 1 << 20
_ALWAYS_ALLOWED = 2**30
# Tables of text rarely shrink to a fiftieth; what grows further than this is a bomb.
_MOST_GROWTH = 200

GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_DATA_SUFFIXES = (".csv", ".tsv", ".tab", ".txt", ".json", ".jsonl", ".ndjson", ".parquet", ".pq", ".gz", ".zst")


class ExpandsTooFar(LimitExceeded):
    """The archive unpacks to more than is allowed."""

    hint = "Unpack it yourself and load the part you need."


def is_packed(head: bytes) -> bool:
    return head.startswith((GZIP_MAGIC, ZSTD_MAGIC, *ZIP_MAGIC))


def unpack(name: str, source: Path, target: Path, limit_bytes: int, tick: Callable[[int], None]) -> str:
    """Unpack `source`, which calls itself `name`, into `target`; gives the name of what was inside.

    `tick` hears the number of bytes written. Raises UnreadableFile when anything is missing or damaged.
    """
    with source.open("rb") as packed:
        head = packed.read(4)
        packed.seek(0)
        limit = min(limit_bytes, max(_ALWAYS_ALLOWED, _MOST_GROWTH * source.stat().st_size))
        try:
            if head.startswith(ZIP_MAGIC):
                inner, chunks = _zip_member(name, packed)
            elif head.startswith(GZIP_MAGIC):
                inner, chunks = _without_suffix(name, (".gz", ".gzip")), _gunzip(packed)
            else:
                inner, chunks = _without_suffix(name, (".zst", ".zstd")), _unzstd(packed)
            _write(name, chunks, target, limit, tick)
        except (
            zlib.error,
            EOFError,
            zipfile.BadZipFile,
            pa.ArrowException,
            NotImplementedError,
            RuntimeError,
        ) as error:
            raise UnreadableFile(f"{name} is damaged or cut short: {error}") from None
    return inner


def _write(name: str, chunks: Iterator[bytes], target: Path, limit: int, tick: Callable[[int], None]) -> None:
    written = 0
    with target.open("wb") as plain:
        for chunk in chunks:
            written += len(chunk)
            if written > limit:
                raise ExpandsTooFar(f"{name} unpacks to more than {limit:,} bytes.", limit_bytes=limit)
            plain.write(chunk)
            tick(written)


def _gunzip(packed: BinaryIO) -> Iterator[bytes]:
    """All members of a gzip file (RFC 1952), checked to the last trailer; zero padding after it is allowed."""
    pending = packed.read(_CHUNK)
    while pending.strip(b"\0"):
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            yield member.decompress(pending, _CHUNK)
            pending = member.unconsumed_tail
            if not (pending or member.eof):
                pending = _more(packed)
        pending = member.unused_data or packed.read(_CHUNK)


def _more(packed: BinaryIO) -> bytes:
    if chunk := packed.read(_CHUNK):
        return chunk
    raise EOFError("the gzip stream ends before its end mark")


def _unzstd(packed: BufferedReader) -> Iterator[bytes]:
    with pa.CompressedInputStream(packed, "zstd") as stream:
        while True:
            try:
                chunk = stream.read(_CHUNK)
            except OSError as error:  # that is how Arrow says that the stream is cut short
                raise EOFError(str(error)) from None
            if not chunk:
                return
            yield chunk


def _zip_member(name: str, packed: BinaryIO) -> tuple[str, Iterator[bytes]]:
    archive = zipfile.ZipFile(packed)
    files = [item for item in archive.infolist() if not item.is_dir() and not _is_clutter(item.filename)]
    data = [item for item in files if item.filename.lower().endswith(_DATA_SUFFIXES)] or files
    if len(data) != 1:
        listed = ", ".join(item.filename for item in data[:10]) or "none"
        raise UnreadableFile(
            f"{name} must hold exactly one data file; it holds {len(data)}: {listed}",
            hint="Load the files of the archive one by one.",
        )
    if data[0].flag_bits & 1:
        raise UnreadableFile(f"{name} is protected by a password.", hint="Unpack it and load the file inside.")
    return data[0].filename.rsplit("/", 1)[-1], _member_chunks(archive, data[0])


def _member_chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _is_clutter(path: str) -> bool:
    """Files that file managers add: resource forks and hidden ones."""
    return path.startswith("__MACOSX/") or path.rsplit("/", 1)[-1].startswith(".")


def _without_suffix(name: str, suffixes: tuple[str, ...]) -> str:
    found = next((item for item in suffixes if name.lower().endswith(item)), "")
    return name[: len(name) - len(found)]
