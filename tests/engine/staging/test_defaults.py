"""A default stands in for what is empty or absent, in every format."""

import datetime as dt
import io
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.graphs.table_shape import table_shape
from knowledger.engine.staging.job import stage_file
from knowledger.kernel.json import JsonObject

SCHEMA: JsonObject = {
    "nodes": [
        {
            "name": "Fact",
            "key": ["tag", "segment"],
            "properties": [
                {"name": "tag", "type": "string"},
                {"name": "segment", "type": "string", "default": ""},
                {"name": "amount", "type": "decimal(10,2)", "required": True, "default": 0},
                {"name": "day", "type": "date", "format": "%Y%m%d", "default": "2020-01-02"},
                {"name": "at", "type": "timestamp", "default": "2020-01-02T04:00:00+01:00"},
                {"name": "is_open", "type": "boolean", "default": False},
            ],
        }
    ],
    "relationships": [{"name": "NEXT", "from": "Fact", "to": "Fact"}],
}
EMPTY = {
    "tag": "a",
    "segment": "",
    "amount": Decimal(0),
    "day": dt.date(2020, 1, 2),
    "at": dt.datetime(2020, 1, 2, 3),  # noqa: DTZ001  Parquet holds UTC without saying so
    "is_open": False,
}


def parquet() -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({"tag": ["a"], "segment": [""], "amount": pa.array([None], pa.int64())}), sink)
    return sink.getvalue()


def staged(tmp_path: Any, file_name: str, content: bytes, table: str = "Fact") -> tuple[list[Any], list[Any]]:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "part").write_bytes(content)
    paths = {"rows_path": str(tmp_path / "rows"), "rejects_path": str(tmp_path / "rejects")}
    request: Any = {
        "file_name": file_name, "parts": [str(tmp_path / "part")], "schema": SCHEMA, "table": table,
        "scratch": str(tmp_path / "scratch"), **paths,
    }  # fmt: skip
    stage_file(request, lambda progress: None)
    return pq.read_table(paths["rows_path"]).to_pylist(), pq.read_table(paths["rejects_path"]).to_pylist()


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("empty.csv", b"tag,segment,amount,day,at,is_open\na,,,,,\n"),
        ("absent.csv", b"tag\na\n"),
        ("absent.jsonl", b'{"tag": "a", "day": null}'),
        ("a.parquet", parquet()),
    ],
)
@pytest.mark.parametrize("is_dirty", [False, True])
def test_defaults(tmp_path: Any, file_name: str, content: bytes, is_dirty: bool) -> None:
    dirt = {"empty.csv": b",,,,,\n", "absent.csv": b'"x\n', "absent.jsonl": b"\n{}\n"}.get(file_name, b"")
    rows, rejects = staged(tmp_path, file_name, content + (dirt if is_dirty else b""))
    assert rows == [EMPTY]
    assert len(rejects) == (is_dirty and bool(dirt))


def test_the_ends_of_a_relationship_have_the_defaults_of_their_keys(tmp_path: Any) -> None:
    shape = table_shape(GraphSchema.parse(SCHEMA), "NEXT")
    assert [column.default for column in shape.columns] == [None, "", None, ""]
    rows, rejects = staged(tmp_path, "a.csv", b"from_tag,to_tag,to_segment\na,b,\na,,x\n", "NEXT")
    assert rows == [{"from_tag": "a", "from_segment": "", "to_tag": "b", "to_segment": ""}]
    assert [(item["column"], item["rule"]) for item in rejects] == [("to_tag", "missing_key")]
