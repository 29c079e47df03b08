"""Typed Parquet files of many become one for each table."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knowledger.domain.graphs.engine import StagingSchemaMismatch
from knowledger.domain.graphs.schema import GraphSchema
from knowledger.domain.operations.progress import result_of
from knowledger.domain.tables.typed import GatherRequest
from knowledger.engine.engine import SandboxedEngine
from knowledger.engine.sandbox import Sandbox
from tests.engine.test_sandboxed_engine import Limits

SCHEMA = GraphSchema.parse(
    {
        "nodes": [
            {
                "name": "Fact",
                "key": "id",
                "properties": [
                    {"name": "id", "type": "string"},
                    {"name": "amount", "type": "decimal(38,12)"},
                    {"name": "day", "type": "date"},
                ],
            }
        ],
        "relationships": [{"name": "RESTATES", "from": "Fact", "to": "Fact"}],
    }
)
_FIELDS: "list[pa.Field[Any]]" = [
    pa.field("id", pa.string()),
    pa.field("amount", pa.decimal128(38, 12)),
    pa.field("day", pa.date32()),
]
FACT = pa.schema(_FIELDS)


def filing(directory: Path, *facts: tuple[str, str | None]) -> Path:
    directory.mkdir()
    rows = [{"id": name, "amount": amount and Decimal(amount), "day": date(2024, 1, 31)} for name, amount in facts]
    pq.write_table(pa.Table.from_pylist(rows, FACT), directory / "Fact.parquet")
    return directory


def gathered(sandbox: Sandbox, home: Path, *directories: Path, completed: tuple[str, ...] = ()) -> dict[str, int]:
    for name in ("into", "scratch"):
        (home / name).mkdir()
    request = GatherRequest(SCHEMA, directories, home / "into", home / "scratch", completed)
    return result_of(SandboxedEngine(sandbox, Limits()).gather(request))


def test_of_rows_with_one_key_the_last_counts(sandbox: Sandbox, tmp_path: Path) -> None:
    first = filing(tmp_path / "an 'odd' [name]*", ("a", "1.5"), ("b", "2"))
    second = filing(tmp_path / "second", ("b", "-0.000000000001"), ("c", "3"))
    assert gathered(sandbox, tmp_path, first, second) == {"Fact": 3}
    rows = pq.read_table(tmp_path / "into" / "Fact.parquet").to_pylist()
    assert {row["id"]: row["amount"] for row in rows} == {
        "a": Decimal("1.5"),
        "b": Decimal("-0.000000000001"),
        "c": Decimal(3),
    }
    assert {row["day"] for row in rows} == {date(2024, 1, 31)}


def test_in_a_completed_table_no_row_takes_a_value_away(sandbox: Sandbox, tmp_path: Path) -> None:
    first = filing(tmp_path / "first", ("a", "1"), ("b", "2"), ("c", None))
    second = filing(tmp_path / "second", ("b", None), ("a", "3"), ("a", None))
    assert gathered(sandbox, tmp_path, first, second, completed=("Fact",)) == {"Fact": 3}
    rows = pq.read_table(tmp_path / "into" / "Fact.parquet").to_pylist()
    assert {row["id"]: row["amount"] for row in rows} == {"a": Decimal(3), "b": Decimal(2), "c": None}


def test_a_table_without_files_has_none_and_one_without_rows_has_an_empty_one(sandbox: Sandbox, tmp_path: Path) -> None:
    assert gathered(sandbox, tmp_path, filing(tmp_path / "first")) == {"Fact": 0}
    assert sorted(path.name for path in (tmp_path / "into").iterdir()) == ["Fact.parquet", "rejects.parquet"]


def test_rows_of_another_type_are_refused(sandbox: Sandbox, tmp_path: Path) -> None:
    directory = tmp_path / "first"
    directory.mkdir()
    pq.write_table(pa.table({"id": ["a"], "amount": [1.5], "day": [date(2024, 1, 31)]}), directory / "Fact.parquet")
    with pytest.raises(StagingSchemaMismatch, match=r"Fact\.amount is DOUBLE and not DECIMAL\(38,12\)"):
        gathered(sandbox, tmp_path, directory)
