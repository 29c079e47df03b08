"""The object store as a directory: a move into place, flushed to the disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from knowledger.domain.graphs.objects import ObjectMissing, StoredObject
from knowledger.kernel.errors import DiskFull, is_disk_full


class DirectoryStore:
    """`scratch` must be on the file system of `root`, so that putting is a rename."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self._root = root.resolve()
        self._scratch = scratch
        root.mkdir(parents=True, exist_ok=True)
        scratch.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        with private_directory(self._scratch, name) as directory:
            yield directory

    def put(self, key: str, path: Path) -> None:
        target = self._path(key)
        if path.is_symlink():
            raise ValueError("only a file of its own can become an object")
        with disk_full_is_named():
            target.parent.mkdir(parents=True, exist_ok=True)
            _flush(path)
            path.rename(target)
            for directory in target.parents:
                _flush(directory)
                if directory == self._root:
                    break

    def local(self, key: str) -> Path:
        path = self._path(key).resolve()
        if not path.is_relative_to(self._root) or not path.is_file():
            raise ObjectMissing
        return path

    def delete(self, key: str) -> None:
        path = self._path(key)
        path.unlink(missing_ok=True)
        for directory in path.parents:
            if directory == self._root:
                break
            try:
                directory.rmdir()
            except OSError:
                break  # it holds other objects, or is gone

    def list(self, prefix: str) -> Iterator[StoredObject]:
        for path in (self._root / prefix).rglob("*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue  # deleted while we looked
            if path.is_file():
                modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
                yield StoredObject(path.relative_to(self._root).as_posix(), status.st_size, modified_at)

    def clear_scratch(self, older_than: datetime) -> None:
        clear_directories(self._scratch, older_than)

    def _path(self, key: str) -> Path:
        if ".." in Path(key).parts or Path(key).is_absolute():
            raise ValueError("a key never leaves the store")
        return self._root / key


@contextmanager
def private_directory(within: Path, name: str) -> Iterator[Path]:
    """A new directory that nobody else knows, removed afterwards."""
    with disk_full_is_named():
        directory = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=within))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def clear_directories(within: Path, older_than: datetime) -> None:
    """Remove the directories that a killed process left behind."""
    for directory in within.iterdir():
        if datetime.fromtimestamp(directory.stat().st_mtime, UTC) <= older_than:
            shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def disk_full_is_named() -> Iterator[None]:
    """A full disk as the error that users know."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise DiskFull from error
        raise


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
