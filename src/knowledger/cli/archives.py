"""The data files of an archive, unpacked under names that we choose: an archive's own names lead anywhere.

Nothing that an archive says of sizes is believed: bytes are counted as they come.
"""

import gzip
import lzma
import stat
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from knowledger.cli.problems import UsageProblem

LARGEST_TOTAL = 64 * 2**30
_MOST_MEMBERS = 1_000
_LARGEST_RATIO = 250
_RATIO_COUNTS_FROM = 16 * 2**20
_CHUNK = 1 << 20
_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...

    def close(self) -> None: ...


class _Zstandard:
    """Bytes of a .zst file, whose faults are those that the other formats have."""

    def __init__(self, path: Path) -> None:
        import zstandard  # few have such an archive, and nobody else need load it

        self._fault = zstandard.ZstdError
        self._opened = zstandard.open(path, "rb")

    def read(self, size: int, /) -> bytes:
        try:
            return bytes(self._opened.read(size))
        except self._fault as error:
            raise EOFError(str(error)) from error

    def close(self) -> None:
        self._opened.close()


_TARS: dict[str, Callable[[Path], _Readable]] = {
    ".tar": lambda path: path.open("rb"),
    ".tar.gz": gzip.open,
    ".tgz": gzip.open,
    ".tar.xz": lzma.open,
    ".tar.zst": _Zstandard,
}
ENDINGS = (".zip", *_TARS)


def is_archive(name: str) -> bool:
    return name.lower().endswith(ENDINGS)


def unpacked(path: Path, scratch: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Path]]:
    """The members whose names are wanted, each as a file below `scratch`. Raises UsageProblem."""
    try:
        yield from (
            _zip_members(path, scratch, wanted)
            if path.suffix.lower() == ".zip"
            else _tar_members(path, scratch, wanted)
        )
    except _BROKEN as error:
        raise UsageProblem(f"{path} is not an archive that can be read: {error}.") from None


def safe_name(name: str) -> str:
    """The last part of a path as a plain file name, without control characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(letter for letter in last if letter.isprintable()) or "unnamed"


def _zip_members(path: Path, scratch: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Path]]:
    left = LARGEST_TOTAL
    with zipfile.ZipFile(path) as archive:
        members = [member for member in archive.infolist() if _is_plain_file(member)]
        _require_few(len(members), path)
        for member in members:
            name = safe_name(member.filename)
            if wanted(name):
                target, limit = _fresh(scratch), min(left, _most_bytes(member.compress_size))
                with archive.open(member) as packed, target.open("xb") as file:
                    left -= _copy(packed, file, limit, f"{name} in {path}")
                yield name, target


def _tar_members(path: Path, scratch: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, Path]]:
    """Read from front to end, as a tape is: what is left out has to be decompressed as well, and counts."""
    limit = min(LARGEST_TOTAL, _most_bytes(path.stat().st_size))
    opened = next(opened for ending, opened in _TARS.items() if path.name.lower().endswith(ending))
    tape = _Bounded(opened(path), limit, str(path))
    try:
        with tarfile.open(fileobj=tape, mode="r|") as archive:  # type: ignore[call-overload]  # it is only read
            for number, member in enumerate(archive, 1):
                _require_few(number, path)
                name = safe_name(member.name)
                packed = archive.extractfile(member) if member.isreg() and wanted(name) else None
                if packed is not None:
                    target = _fresh(scratch)
                    with packed, target.open("xb") as file:
                        _copy(packed, file, limit, f"{name} in {path}")
                    yield name, target
        tape.require_whole()
    finally:
        tape.close()


class _Bounded:
    """Gives as many bytes as are allowed, and knows whether they ended as a tar does: with zeros."""

    def __init__(self, opened: _Readable, limit: int, what: str) -> None:
        self._opened, self._left, self._limit, self._what = opened, limit, limit, what
        self._end = b""

    def read(self, size: int, /) -> bytes:
        given = self._opened.read(size)
        self._left -= len(given)
        if self._left < 0:
            raise _bomb(self._what, self._limit)
        self._end = (self._end + given)[-tarfile.BLOCKSIZE :]
        return given

    def require_whole(self) -> None:
        """Raises EOFError for a tape that was cut."""
        while self.read(_CHUNK):
            pass
        if self._end.strip(b"\0") or len(self._end) < tarfile.BLOCKSIZE:
            raise EOFError("it ends in the middle")

    def close(self) -> None:
        self._opened.close()


def _require_few(members: int, path: Path) -> None:
    if members > _MOST_MEMBERS:
        raise UsageProblem(f"{path} holds {members:,} files or more; at most {_MOST_MEMBERS:,} are unpacked.")


def _is_plain_file(member: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(member.external_attr >> 16)
    return not member.is_dir() and kind in (0, stat.S_IFREG)


def _most_bytes(packed_bytes: int) -> int:
    return max(_RATIO_COUNTS_FROM, packed_bytes * _LARGEST_RATIO)


def _fresh(scratch: Path) -> Path:
    return scratch / f"{len(list(scratch.iterdir())):06d}"


def _copy(packed: IO[bytes], file: IO[bytes], limit: int, what: str) -> int:
    done = 0
    while chunk := packed.read(_CHUNK):
        done += len(chunk)
        if done > limit:
            raise _bomb(what, limit)
        file.write(chunk)
    return done


def _bomb(what: str, limit: int) -> UsageProblem:
    return UsageProblem(f"{what} unpacks to more than {limit:,} bytes: it looks like a bomb.", "Unpack it yourself.")
