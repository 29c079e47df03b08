"""What cannot be done within the limits is said, and nothing half-made is left."""

import os
from pathlib import Path

import pytest

from knowledger.engine.staging.engine import plain_errors
from knowledger.kernel.errors import DiskFull
from tests.engine.staging.conftest import Stage

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full, a disk that is always full")
@pytest.mark.parametrize("name", ["rows_path", "rejects_path"])
def test_a_full_disk_is_said_to_be_full(stage: Stage, name: str) -> None:
    with pytest.raises(DiskFull):
        stage("a.csv", "id,name\n1,a\nx,b\n", **{name: str(FULL)})


def test_a_full_disk_where_archives_are_unpacked() -> None:
    with pytest.raises(DiskFull), plain_errors("a.csv"), FULL.open("wb", buffering=0) as full:
        os.write(full.fileno(), b"x")


def test_a_single_line_of_a_hundred_megabytes(stage: Stage) -> None:
    staged = stage("a.csv", b"id,name\n1,a\n2," + b"x" * 100_000_000 + b"\n3,c", memory_bytes=128 * 2**20)
    assert staged.rules == [(2, 3, None, "line_too_long")]
    assert staged.column("id") == [1, 3]
