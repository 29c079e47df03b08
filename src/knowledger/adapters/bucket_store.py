"""The object store as an S3 bucket, with a local cache: objects never change, so a copy is never stale."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from knowledger.adapters.directory_store import clear_directories, disk_full_is_named, private_directory
from knowledger.domain.graphs.objects import ObjectMissing, ObjectStoreUnavailable, StoredObject


class BucketStore:
    """`url` is s3://bucket/prefix; region, endpoint and credentials come from where the AWS SDKs read them."""

    def __init__(self, url: str, cache: Path, scratch: Path) -> None:
        parts = urlsplit(url)
        self._store = S3Store(parts.netloc, prefix=parts.path.strip("/") or None)
        self._cache = cache
        self._scratch = scratch
        for directory in (cache, scratch):
            directory.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        with private_directory(self._scratch, name) as directory:
            yield directory

    def put(self, key: str, path: Path) -> None:
        with _answered(key):
            obstore.put(self._store, key, path)
        path.rename(self._cached(key))

    def local(self, key: str) -> Path:
        path = self._cached(key)
        if path.is_file():
            os.utime(path)  # what is used stays in the cache
            return path
        handle, partial = tempfile.mkstemp(dir=self._cache)
        try:
            with disk_full_is_named(), os.fdopen(handle, "wb") as file, _answered(key):
                for block in obstore.get(self._store, key).stream(min_chunk_size=1 << 20):
                    file.write(block)
            Path(partial).rename(path)
        finally:
            Path(partial).unlink(missing_ok=True)
        return path

    def delete(self, key: str) -> None:
        with suppress(ObjectMissing), _answered(key):
            obstore.delete(self._store, key)
        self._cached(key).unlink(missing_ok=True)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        with _answered(prefix):
            for page in obstore.list(self._store, prefix):
                for found in page:
                    yield StoredObject(str(found["path"]), found["size"], found["last_modified"])

    def clear_scratch(self, older_than: datetime) -> None:
        clear_directories(self._scratch, older_than)
        for path in self._cache.iterdir():
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) <= older_than:
                path.unlink(missing_ok=True)

    def _cached(self, key: str) -> Path:
        return self._cache / hashlib.sha256(key.encode()).hexdigest()


@contextmanager
def _answered(key: str) -> Iterator[None]:
    """The store's errors as ours."""
    try:
        yield
    except FileNotFoundError:
        raise ObjectMissing from None
    except BaseError as error:
        raise ObjectStoreUnavailable from error
