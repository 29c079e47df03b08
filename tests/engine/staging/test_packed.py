"""Packed files: whole or not at all, and never beyond a limit."""

import gzip
import io
import zipfile
from collections.abc import Callable

import pyarrow as pa
import pytest

from knowledger.domain.graphs.engine import UnreadableFile
from knowledger.engine.staging.decompress import ExpandsTooFar
from tests.engine.staging.conftest import Stage

ROWS = b"id,name\n1,a\n2,b\n"
CLEAN = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]


def zipped(*files: tuple[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return sink.getvalue()


def zipped_one(content: bytes) -> bytes:
    return zipped(("a.csv", content))


def zstd_bytes(content: bytes) -> bytes:
    return bytes(pa.compress(content, codec="zstd", asbytes=True))


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("a.csv.gz", gzip.compress(ROWS)),
        ("a.csv.gz", gzip.compress(ROWS[:9]) + gzip.compress(ROWS[9:]) + b"\0" * 100),
        ("a.csv.zst", zstd_bytes(ROWS)),
        ("a.zip", zipped(("data/a.csv", ROWS), ("readme.htm", b"<p>"), ("__MACOSX/data/._a.csv", b"x"))),
        ("a.csv.zip", zipped(("a.csv.gz", gzip.compress(ROWS)))),
        ("a.jsonl.gz", gzip.compress(b'{"id": 1, "name": "a"}\n{"id": 2, "name": "b"}\n')),
        ("not-called-so.csv", gzip.compress(ROWS)),
    ],
    ids=["gz", "gz-in-two", "zst", "zip", "gz-in-zip", "json-lines", "by-its-bytes"],
)
def test_what_is_packed_is_read(stage: Stage, file_name: str, content: bytes) -> None:
    assert stage(file_name, content).rows == CLEAN


def test_parts_of_a_packed_file(stage: Stage) -> None:
    content = gzip.compress(ROWS)
    assert stage("a.csv.gz", [content[:10], content[10:20], content[20:]]).rows == CLEAN


LONG = b"id,name\n" + b"".join(b"%d,name %d\n" % (number, number * 7919) for number in range(50_000))


@pytest.mark.parametrize("pack", [gzip.compress, zstd_bytes, zipped_one])
@pytest.mark.parametrize("keep", [0.3, 0.9, 0.99999])
def test_what_is_cut_short_is_unreadable(stage: Stage, pack: Callable[[bytes], bytes], keep: float) -> None:
    packed = pack(LONG)
    with pytest.raises(UnreadableFile, match=r"^a\.csv\.\w+ is damaged or cut short"):
        stage("a.csv.xx", packed[: int(len(packed) * keep)])


@pytest.mark.parametrize("pack", [gzip.compress, zipped_one])
def test_what_is_damaged_is_unreadable(stage: Stage, pack: Callable[[bytes], bytes]) -> None:
    packed = bytearray(pack(LONG))
    packed[len(packed) // 2] ^= 0xFF
    with pytest.raises(UnreadableFile, match="damaged"):
        stage("a.csv.gz", bytes(packed))


@pytest.mark.parametrize("pack", [gzip.compress, zstd_bytes, zipped_one])
def test_a_bomb_stops_at_the_limit(stage: Stage, pack: Callable[[bytes], bytes]) -> None:
    with pytest.raises(ExpandsTooFar, match=r"unpacks to more than 1,000,000 bytes"):
        stage("a.csv.gz", pack(b"id,name\n" + b"\n" * 20_000_000), max_expanded_bytes=1_000_000)


def test_an_empty_file_in_an_archive(stage: Stage) -> None:
    with pytest.raises(UnreadableFile, match=r"a\.csv\.gz is empty"):
        stage("a.csv.gz", gzip.compress(b""))


def test_an_archive_of_several_files(stage: Stage) -> None:
    with pytest.raises(UnreadableFile, match=r"must hold exactly one data file; it holds 2: a\.csv, b\.csv"):
        stage("a.zip", zipped(("a.csv", ROWS), ("b.csv", ROWS)))


def test_names_in_an_archive_lead_nowhere(stage: Stage) -> None:
    assert stage("a.zip", zipped(("../../../../tmp/evil.csv", ROWS))).rows == CLEAN


def test_a_name_that_says_packed_of_what_is_not(stage: Stage) -> None:
    assert stage("a.csv.gz", ROWS).rows == CLEAN
