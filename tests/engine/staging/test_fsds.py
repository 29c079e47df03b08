"""The SEC's Financial Statement Data Sets, as they are published."""

import json
import zipfile
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

import knowledger
from knowledger.engine.staging.infer import infer_file
from knowledger.engine.staging.job import stage_file

ROOT = Path(__file__).parents[3]
ARCHIVE = ROOT.parent / "shared" / "fsds" / "2009q3.zip"
SCHEMA = Path(knowledger.__file__).parent / "examples" / "fsds" / "schema.json"
pytestmark = pytest.mark.skipif(not ARCHIVE.exists(), reason="the SEC's files are not on this machine")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("fsds")
    with zipfile.ZipFile(ARCHIVE) as archive:
        archive.extractall(directory)
    return directory


def request(tmp_path: Path, path: Path) -> dict[str, Any]:
    (tmp_path / "scratch").mkdir()
    return {"file_name": path.name, "parts": [str(path)], "scratch": str(tmp_path / "scratch")}


def staged(tmp_path: Path, path: Path, table: str, **changes: Any) -> tuple[dict[str, Any], Path]:
    rows = tmp_path / "rows.parquet"
    answer = stage_file(
        {
            **request(tmp_path, path),
            "schema": json.loads(SCHEMA.read_text()),
            "table": table,
            "rows_path": str(rows),
            "rejects_path": str(tmp_path / "rejects.parquet"),
            **changes,
        },
        lambda progress: None,
    )
    return answer, rows


@pytest.mark.parametrize(
    ("name", "table", "rows"),
    [("sub", "Filing", 435), ("tag", "Tag", 8820), ("num", "Fact", 126_650), ("pre", "PRESENTS", 47_958)],
)
def test_every_row_is_taken(files: Path, tmp_path: Path, name: str, table: str, rows: int) -> None:
    answer, path = staged(tmp_path, files / f"{name}.txt", table)
    assert (answer["rows_read"], answer["rows_accepted"], answer["rows_rejected"]) == (rows, rows, 0)
    assert pq.read_metadata(path).num_rows == rows


def test_values_are_those_of_the_raw_text(files: Path, tmp_path: Path) -> None:
    _, path = staged(tmp_path, files / "num.txt", "Fact")
    raw = f"read_csv('{files / 'num.txt'}', delim = '\t', quote = '', all_varchar = true)"
    as_written = f"SELECT adsh, sum(CAST(value AS DECIMAL(28,4))) FROM {raw} GROUP BY adsh ORDER BY adsh"
    as_staged = f"SELECT adsh, sum(value) FROM '{path}' GROUP BY adsh ORDER BY adsh"
    with duckdb.connect() as connection:
        totals = connection.execute(as_staged).fetchall()
        assert len(totals) == 435 - connection.execute(f"SELECT 435 - count(DISTINCT adsh) FROM {raw}").fetchall()[0][0]
        assert totals == connection.execute(as_written).fetchall()


@pytest.mark.parametrize(("name", "table"), [("sub", "Filing"), ("num", "Fact"), ("pre", "PRESENTS")])
def test_the_same_family_as_parquet(tmp_path: Path, name: str, table: str) -> None:
    path = ARCHIVE.parent / "2010q1" / f"{name}.parquet"
    answer, _ = staged(tmp_path, path, table)
    assert (answer["rows_accepted"], answer["rows_rejected"]) == (pq.read_metadata(path).num_rows, 0)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("sub", ["adsh"]),
        ("tag", ["tag", "version"]),
        ("num", ["adsh", "tag", "ddate", "qtrs", "uom", "segments"]),
        ("pre", ["adsh", "report", "line"]),
    ],
)
def test_a_sensible_type_is_proposed(files: Path, tmp_path: Path, name: str, key: list[str]) -> None:
    answer: dict[str, Any] = infer_file(request(tmp_path, files / f"{name}.txt"), lambda progress: None)
    types = {item["name"]: (item["type"], item.get("format")) for item in answer["node"]["properties"]}
    expected: dict[str, dict[str, tuple[str, str | None]]] = {
        "sub": {
            "cik": ("int", None),
            "period": ("date", "%Y%m%d"),
            "ein": ("string", None),
            "accepted": ("timestamp", None),
        },
        "tag": {"doc": ("string", None)},
        "num": {"ddate": ("date", "%Y%m%d"), "value": ("decimal(38,4)", None), "qtrs": ("int", None)},
        "pre": {"line": ("int", None), "plabel": ("string", None)},
    }
    assert answer["node"]["key"] == key
    assert {column: types[column] for column in expected[name]} == expected[name]
