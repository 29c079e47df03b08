"""The object store that the settings name: a bucket, or a directory."""

from pathlib import Path

from knowledger.adapters.directory_store import DirectoryStore
from knowledger.domain.graphs.objects import ObjectStore


def open_object_store(url: str | None, *, directory: Path, cache: Path, scratch: Path) -> ObjectStore:
    """Without a `url` the objects are files in `directory`; `cache` holds copies of those in a bucket."""
    if url is None:
        return DirectoryStore(directory, scratch)
    from knowledger.adapters.bucket_store import BucketStore  # whoever has no bucket need not load its client

    return BucketStore(url, cache, scratch)
