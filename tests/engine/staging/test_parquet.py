"""Parquet, of the table's own types and of others."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knowledger.domain.graphs.engine import StagingSchemaMismatch, UnreadableFile
from tests.engine.staging.conftest import Stage


def parquet(**columns: "pa.Array[Any]") -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


KINDS = {
    "id": "int", "s": "string", "f": "double", "m": "decimal(10,2)", "b": "boolean", "d": "date",
    "t": "timestamp", "l": "int[]",
}  # fmt: skip


def test_the_tables_own_types(stage: Stage) -> None:
    at = dt.datetime(2020, 1, 2, 3, 4, 5, 6)  # noqa: DTZ001  Parquet holds UTC without saying so
    row = {"id": 1, "s": "a", "f": 1.5, "m": Decimal("1.25"), "b": True, "d": dt.date(2020, 1, 2), "t": at, "l": [1, 2]}
    content = parquet(
        id=pa.array([1]), s=pa.array(["a"]), f=pa.array([1.5]), m=pa.array([Decimal("1.25")], pa.decimal128(10, 2)),
        b=pa.array([True]), d=pa.array([row["d"]]), t=pa.array([at], pa.timestamp("us")), l=pa.array([[1, 2]]),
    )  # fmt: skip
    staged = stage("a.parquet", content, KINDS)
    assert staged.rows == [row]
    assert {item.step for item in staged.progress} == {"read"}


def test_other_types_that_mean_the_same(stage: Stage) -> None:
    midnight = dt.datetime(2020, 1, 2)  # noqa: DTZ001
    berlin = pa.timestamp("us", "Europe/Berlin")
    zoned = dt.datetime(2020, 1, 2, 4, tzinfo=dt.timezone(dt.timedelta(hours=1)))
    content = parquet(
        id=pa.array([1.0]), s=pa.array([7]), f=pa.array([1], pa.int8()), m=pa.array(["1.25"]), b=pa.array([0]),
        d=pa.array([midnight], pa.timestamp("ns")), t=pa.array([zoned], berlin), l=pa.array(["[1]"]),
    )  # fmt: skip
    at = dt.datetime(2020, 1, 2, 3)  # noqa: DTZ001
    assert stage("a.parquet", content, KINDS).rows == [
        {"id": 1, "s": "7", "f": 1.0, "m": Decimal("1.25"), "b": False, "d": at.date(), "t": at, "l": [1]}
    ]


def test_rows_that_do_not_fit(stage: Stage) -> None:
    content = parquet(
        id=pa.array([1, 2, None, 4, 5, 6, 7]),
        v=pa.array([1.5, float("nan"), 1.0, float("inf"), None, 2.0, 3.0]),
        n=pa.array([1.0, 1.0, 1.0, 1.0, 1.5, 1e30, 1e18]),
    )
    staged = stage("a.parquet", content, {"id": "int", "v": "double", "n": "int"})
    assert staged.rules == [
        (2, None, "v", "not_finite"),
        (3, None, "id", "missing_key"),
        (4, None, "v", "not_finite"),
        (5, None, "n", "inexact"),
        (6, None, "n", "out_of_range"),
    ]
    assert staged.rejects[3]["raw"] == '{"id":5,"v":null,"n":1.5}'
    assert staged.rows == [{"id": 1, "v": 1.5, "n": 1}, {"id": 7, "v": 3.0, "n": 10**18}]


def test_nested_columns_where_one_value_is_wanted(stage: Stage) -> None:
    content = parquet(id=pa.array([1, 2]), name=pa.array([{"first": "x"}, None]))
    staged = stage("a.parquet", content)
    assert staged.rules == [(1, None, "name", "nested_value")]
    assert staged.rows == [{"id": 2, "name": None}]


def test_bytes_that_are_no_text(stage: Stage) -> None:
    content = parquet(id=pa.array([1, 2]), name=pa.array([b"\xff", b"ok"]))
    staged = stage("a.parquet", content)
    assert staged.rules == [(1, None, "name", "bad_encoding")]
    assert staged.column("name") == ["ok"]


def test_dates_written_as_numbers(stage: Stage) -> None:
    content = parquet(id=pa.array([1, 2, 3]), d=pa.array([20200102, 20200231, None]))
    staged = stage("a.parquet", content, {"id": "int", "d": "date"}, formats={"d": "%Y%m%d"})
    assert staged.column("d") == [dt.date(2020, 1, 2), None]
    assert staged.rules == [(2, None, "d", "out_of_range")]


def test_an_empty_text_is_no_key(stage: Stage) -> None:
    staged = stage("a.parquet", parquet(k=pa.array(["", "a"]), v=pa.array(["", "b"])), {"k": "string", "v": "string"})
    assert staged.rules == [(1, None, "k", "missing_key")]


def test_another_schema_altogether(stage: Stage) -> None:
    with pytest.raises(StagingSchemaMismatch, match=r"lacks a column that table T needs: id\. It has: ident, x"):
        stage("a.parquet", parquet(ident=pa.array([1]), x=pa.array([1])))


@pytest.mark.parametrize("keep", [8, 100, -1, -5])
def test_a_file_cut_short(stage: Stage, keep: int) -> None:
    content = parquet(id=pa.array(range(1000)), name=pa.array(["x"] * 1000))
    with pytest.raises(UnreadableFile, match=r"a\.parquet"):
        stage("a.parquet", content[:keep])


def test_a_file_with_a_damaged_page(stage: Stage) -> None:
    content = bytearray(parquet(id=pa.array(range(100_000)), name=pa.array([f"name {n}" for n in range(100_000)])))
    content[1000:9000] = b"\xff" * 8000
    with pytest.raises(UnreadableFile, match=r"a\.parquet") as raised:
        stage("a.parquet", bytes(content))
    assert "/" not in raised.value.message


def test_what_only_calls_itself_parquet(stage: Stage) -> None:
    with pytest.raises(UnreadableFile, match="does not begin as a Parquet file does"):
        stage("a.parquet", "id,name\n1,a\n")


def test_columns_of_the_file_with_the_names_of_our_own(stage: Stage) -> None:
    content = parquet(id=pa.array(["1", "x"]), file_row_number=pa.array([7, 8]), _row=pa.array([5, 6]))
    staged = stage("a.parquet", content, {"id": "int", "file_row_number": "int"})
    assert staged.rows == [{"id": 1, "file_row_number": 7}]
    assert staged.rules == [(2, None, "id", "wrong_type")]
