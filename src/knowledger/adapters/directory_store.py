"""The object store as a directory: a move into place, flushed to the disk."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from knowledger.domain.graphs.objects import StoredObject
from knowledger.kernel.errors import DiskFull, KnowledgerError, is_disk_full


class ObjectMissing(KnowledgerError):
    """A stored file is gone."""

    hint = "Run `knowledger doctor`; if the data directory was restored from a copy, part of it is missing."


class DirectoryStore:
    """`scratch` must be on the file system of `root`, so that putting is a rename."""

    def __init__(self, root: Path, scratch: Path) -> None:
        self._root = root
        self._scratch = scratch
        root.mkdir(parents=True, exist_ok=True)
        scratch.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        directory = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self._scratch))
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def put(self, key: str, path: Path) -> None:
        target = self._path(key)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _flush(path)
            path.rename(target)
            for directory in (target.parent, *list(target.parent.parents)[: len(Path(key).parts) - 1]):
                _flush(directory)
        except OSError as error:
            if is_disk_full(error):
                raise DiskFull from error
            raise

    def local(self, key: str) -> Path:
        path = self._path(key)
        if not path.is_file():
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
        below = self._root / prefix
        for path in below.rglob("*") if below.is_dir() else ():
            try:
                status = path.stat()
            except FileNotFoundError:
                continue  # deleted while we looked
            if path.is_file():
                modified_at = datetime.fromtimestamp(status.st_mtime, UTC)
                yield StoredObject(path.relative_to(self._root).as_posix(), status.st_size, modified_at)

    def clear_scratch(self, older_than: datetime) -> None:
        for directory in self._scratch.iterdir():
            if datetime.fromtimestamp(directory.stat().st_mtime, UTC) <= older_than:
                shutil.rmtree(directory, ignore_errors=True)

    def _path(self, key: str) -> Path:
        path = self._root / key
        if ".." in Path(key).parts or Path(key).is_absolute():
            raise ValueError("a key never leaves the store")
        return path


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
