"""The container of a backup, format 1: bytes through zstd, then through AES-256-GCM in chunks.

    magic "KNBACKUP" (8) | format (1) | nonce prefix (7) | chunk | chunk | … | last chunk

A chunk is up to 1 MiB of the zstd stream, which ends with a checksum of its content, and its 16-byte tag; only the last
one is shorter. Its nonce is `prefix | number of the chunk (4, big-endian) | 1 for the last, else 0`, and it
authenticates the first 16 bytes of the container too: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár:
Online Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015, section 7), by which a stream that was cut,
extended, reordered or mixed with another does not open. The key is random and of this container alone.
"""

import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from knowledger.kernel.errors import KnowledgerError

MAGIC = b"KNBACKUP"
FORMAT = 1
BLOCK_BYTES = 1 << 20
_PREFIX_BYTES = 7
_HEADER_BYTES = len(MAGIC) + 1 + _PREFIX_BYTES
_TAG_BYTES = 16
_LEVEL = 3


class BackupDamaged(KnowledgerError):
    """The backup is damaged: it is not, or not all of, what was stored."""

    hint = "Use another backup of this graph. If several are damaged, check the disk or the bucket that holds them."


class SealedWriter(io.RawIOBase):
    """Encrypts what is written. Only `finish` makes it a container, whose own `size_bytes` and `sha256` are then."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        self._target, self._cipher = target, AESGCM(key)
        self._header = MAGIC + bytes([FORMAT]) + os.urandom(_PREFIX_BYTES)
        self._held = bytearray()
        self._number = 0
        self._digest = hashlib.sha256()
        self.size_bytes = 0
        self._put(self._header)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        view = memoryview(data)  # type: ignore[arg-type]  # anything that is bytes
        self._held += view
        # A whole chunk is held back until there is more: it may be the last.
        while len(self._held) > BLOCK_BYTES:
            self._seal(self._held[:BLOCK_BYTES], last=False)
            del self._held[:BLOCK_BYTES]
        return len(view)

    def finish(self) -> None:
        self._seal(self._held, last=True)

    def _seal(self, chunk: bytearray, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._header, self._number, last), chunk, self._header))
        self._number += 1

    def _put(self, data: bytes) -> None:
        self._target.write(data)
        self._digest.update(data)
        self.size_bytes += len(data)


class SealedReader(io.RawIOBase):
    """Gives back what was written to a SealedWriter. Raises BackupDamaged, at the latest when it has been read."""

    def __init__(self, source: BinaryIO, key: bytes) -> None:
        self._source, self._cipher = source, AESGCM(key)
        self._header = _exactly(source, _HEADER_BYTES)
        if len(self._header) < _HEADER_BYTES or not self._header.startswith(MAGIC):
            raise BackupDamaged("This is not a backup.")
        if self._header[len(MAGIC)] != FORMAT:
            raise BackupDamaged(f"The backup has format {self._header[len(MAGIC)]}; this server reads {FORMAT}.")
        self._next = _exactly(source, BLOCK_BYTES + _TAG_BYTES)
        self._number = 0
        self._held = memoryview(b"")
        self._ended = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; none at the end, which is the true end of what was sealed."""
        if not self._held and not self._ended:
            self._held = memoryview(self._open())
        wanted = len(self._held) if size < 0 else size
        given, self._held = bytes(self._held[:wanted]), self._held[wanted:]
        return given

    def _open(self) -> bytes:
        chunk, self._next = self._next, _exactly(self._source, BLOCK_BYTES + _TAG_BYTES)
        self._ended = not self._next
        try:
            opened = self._cipher.decrypt(_nonce(self._header, self._number, self._ended), chunk, self._header)
        except (InvalidTag, ValueError):
            raise BackupDamaged from None
        self._number += 1
        return opened


class Packer:
    """Compresses and encrypts into `target`, in memory that does not grow with what is packed."""

    def __init__(self, target: BinaryIO, key: bytes) -> None:
        self.sealed = SealedWriter(target, key)
        compressor = zstandard.ZstdCompressor(level=_LEVEL, threads=os.cpu_count() or 1, write_checksum=True)
        self._stream = compressor.stream_writer(self.sealed, closefd=False)  # type: ignore[arg-type]  # a RawIOBase

    def write(self, block: bytes) -> None:
        self._stream.write(block)

    def finish(self) -> None:
        self._stream.flush(zstandard.FLUSH_FRAME)
        self.sealed.finish()


@contextmanager
def unpacking(source: BinaryIO, key: bytes) -> Iterator["Unpacker"]:
    """Reads a container. Leaving it well means that all of it was read, to its true end."""
    unpacker = Unpacker(source, key)
    yield unpacker
    unpacker.require_end()


class Unpacker:
    def __init__(self, source: BinaryIO, key: bytes) -> None:
        self._sealed = SealedReader(source, key)
        decompressor = zstandard.ZstdDecompressor()
        self._stream = decompressor.stream_reader(self._sealed, closefd=False)  # type: ignore[arg-type]

    def read(self, size: int) -> bytes:
        """Exactly so many bytes. Raises BackupDamaged where there are fewer."""
        parts = []
        while size:
            part = self._read(min(size, BLOCK_BYTES))
            if not part:
                raise BackupDamaged
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def require_end(self) -> None:
        """Raises BackupDamaged where there is more."""
        if self._read(1) or self._sealed.read(1):
            raise BackupDamaged

    def _read(self, size: int) -> bytes:
        try:
            return self._stream.read(size)
        except zstandard.ZstdError:
            raise BackupDamaged from None


def new_data_key() -> bytes:
    return AESGCM.generate_key(256)


def _nonce(header: bytes, number: int, last: bool) -> bytes:
    return header[-_PREFIX_BYTES:] + number.to_bytes(4, "big") + bytes([last])


def _exactly(source: BinaryIO, size: int) -> bytes:
    """So many bytes, fewer only at the end of the source."""
    parts = []
    while size and (part := source.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)
