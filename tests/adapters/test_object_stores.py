"""Both object stores keep the same promises."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from knowledger.adapters.bucket_store import BucketStore
from knowledger.adapters.directory_store import DirectoryStore
from knowledger.domain.graphs.objects import ObjectMissing, ObjectStore, ObjectStoreUnavailable
from knowledger.kernel.clock import utc_now
from tests.stand_ins.s3 import Bucket, serving_bucket

KEY = "graphs/kg_1/uploads/file_1/part_1"


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    with serving_bucket() as bucket:
        monkeypatch.setenv("AWS_ENDPOINT_URL", bucket.url)
        monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
        monkeypatch.setenv("AWS_REGION", "us-east-1")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        yield bucket


@pytest.fixture
def bucket_store(bucket: Bucket, tmp_path: Path) -> BucketStore:
    return BucketStore("s3://knowledge/prefix", tmp_path / "cache", tmp_path / "scratch")


@pytest.fixture(params=["directory", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    if request.param == "bucket":
        store: BucketStore = request.getfixturevalue("bucket_store")
        return store
    return DirectoryStore(tmp_path / "objects", tmp_path / "scratch")


def put(store: ObjectStore, key: str, content: bytes) -> None:
    with store.scratch("test") as scratch:
        path = scratch / "file"
        path.write_bytes(content)
        store.put(key, path)


def test_what_was_put_can_be_read(store: ObjectStore) -> None:
    put(store, KEY, b"rows")
    assert store.local(KEY).read_bytes() == b"rows"


def test_what_was_put_is_listed_with_its_size(store: ObjectStore) -> None:
    put(store, KEY, b"rows")
    assert [(item.key, item.size_bytes) for item in store.list("graphs/")] == [(KEY, 4)]


def test_what_was_deleted_is_missing(store: ObjectStore) -> None:
    put(store, KEY, b"rows")
    store.delete(KEY)
    store.delete(KEY)
    assert list(store.list("graphs/")) == []
    with pytest.raises(ObjectMissing):
        store.local(KEY)


def test_scratch_is_gone_afterwards_even_after_an_error(store: ObjectStore) -> None:
    def fail_within(scratch: Path) -> None:
        (scratch / "half").write_bytes(b"")
        raise ValueError

    with store.scratch("test") as scratch:
        pass
    assert not scratch.exists()
    with pytest.raises(ValueError, match=r"^$"), store.scratch("test") as scratch:
        fail_within(scratch)
    assert not scratch.exists()


def test_scratch_that_a_killed_process_left_is_cleared(store: ObjectStore, tmp_path: Path) -> None:
    left = tmp_path / "scratch" / "op_1-1-abc"
    left.mkdir()
    os.utime(left, (0, 0))
    store.clear_scratch(utc_now() - timedelta(days=1))
    assert not left.exists()


def test_another_machine_fetches_from_the_bucket_once(
    bucket: Bucket, bucket_store: BucketStore, tmp_path: Path
) -> None:
    put(bucket_store, KEY, b"rows")
    elsewhere = BucketStore("s3://knowledge/prefix", tmp_path / "other", tmp_path / "scratch")
    assert elsewhere.local(KEY).read_bytes() == b"rows"
    assert elsewhere.local(KEY).read_bytes() == b"rows"
    assert bucket.requests.count("GET") == 1


def test_a_large_object_goes_to_the_bucket_in_parts(bucket: Bucket, bucket_store: BucketStore) -> None:
    content = os.urandom(12 << 20)
    put(bucket_store, KEY, content)
    assert bucket.objects[f"prefix/{KEY}"] == content
    assert bucket.requests.count("PUT") > 1


def test_a_bucket_that_refuses_is_named_as_the_store(bucket: Bucket, bucket_store: BucketStore) -> None:
    bucket.broken = True
    with pytest.raises(ObjectStoreUnavailable):
        put(bucket_store, KEY, b"rows")


def test_a_key_never_leaves_the_directory(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="never leaves"):
        DirectoryStore(tmp_path / "objects", tmp_path / "scratch").local("../secrets.json")
