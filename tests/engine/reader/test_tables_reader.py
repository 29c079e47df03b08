"""SQL over staged files: their rows with file and row number, typed empty tables, and nothing else of the machine."""

import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from knowledger.kernel.json import JsonObject, JsonValue
from tests.engine.reader.asking import Answered, ask_tables

COLUMNS: list[JsonValue] = [
    {"name": "name", "type": "string"},
    {"name": "amount", "type": "decimal(18,4)"},
    {"name": "day", "type": "date"},
    {"name": "tags", "type": "string[]"},
]
SCHEMA = pa.table(
    {
        "name": pa.array([], pa.string()),
        "amount": pa.array([], pa.decimal128(18, 4)),
        "day": pa.array([], pa.date32()),
        "tags": pa.array([], pa.list_(pa.string())),
    }
).schema


@pytest.fixture
def staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two staged files, linked by their ids in the working directory."""
    objects, links = tmp_path / "objects", tmp_path / "links"
    objects.mkdir()
    links.mkdir()
    for file_id, names in (("file_1", ["ann", "bob"]), ("file_2", ["cid"])):
        rows = [{"name": name, "amount": Decimal("1.5"), "day": date(2020, 1, 2), "tags": ["x"]} for name in names]
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), objects / f"{file_id}.parquet")
        (links / f"{file_id}.parquet").symlink_to(objects / f"{file_id}.parquet")
    monkeypatch.chdir(links)
    return objects


def ask(sql: str, parameters: JsonObject | list[JsonValue] | None = None, **changed: JsonValue) -> Answered:
    tables: list[JsonValue] = [
        {"name": "Person", "columns": COLUMNS, "files": ["file_1.parquet", "file_2.parquet"]},
        {"name": 'Odd "name"', "columns": COLUMNS, "files": []},
    ]
    request: JsonObject = {
        "sql": sql,
        "parameters": parameters if parameters is not None else {},
        "tables": tables,
        "format": "json",
        "timeout_s": 10.0,
        "max_rows": 1000,
        "max_bytes": 1 << 20,
        "memory_bytes": 256 << 20,
        "threads": 2,
        "labels": {"graph_id": "kg_1"},
    }
    return ask_tables(request | changed)


def test_rows_know_their_file_and_number(staged: Path) -> None:
    assert ask("SELECT name, _file_id, _row FROM person ORDER BY _file_id, _row").rows == [
        {"name": "ann", "_file_id": "file_1", "_row": 1},
        {"name": "bob", "_file_id": "file_1", "_row": 2},
        {"name": "cid", "_file_id": "file_2", "_row": 1},
    ]


def test_types_come_through(staged: Path) -> None:
    [row] = ask("SELECT amount, day, tags, sum(1) OVER () AS n FROM Person LIMIT 1").rows
    assert row == {"amount": "1.5000", "day": "2020-01-02", "tags": ["x"], "n": 3}
    table = pa.ipc.open_stream(ask("SELECT amount, day FROM Person LIMIT 1", format="arrow").body).read_all()
    assert table.to_pylist() == [{"amount": Decimal("1.5000"), "day": date(2020, 1, 2)}]


def test_parquet_comes_back(staged: Path) -> None:
    table = pq.read_table(io.BytesIO(ask("SELECT name FROM Person ORDER BY 1", format="parquet").body))
    assert table.column("name").to_pylist() == ["ann", "bob", "cid"]


def test_a_table_without_files_is_empty_and_typed(staged: Path) -> None:
    answered = ask('SELECT * FROM "Odd ""name"""')
    assert answered.rows == []
    assert [column["type"] for column in answered.columns][:4] == ["VARCHAR", "DECIMAL(18,4)", "DATE", "VARCHAR[]"]


def test_parameters_by_name_and_by_position(staged: Path) -> None:
    assert ask("SELECT name FROM Person WHERE name = $who", {"who": "bob"}).rows == [{"name": "bob"}]
    assert ask("SELECT name FROM Person WHERE name = ?", ["bob"]).rows == [{"name": "bob"}]


def test_with_joins_and_windows_work(staged: Path) -> None:
    sql = """WITH q AS (SELECT name, row_number() OVER (ORDER BY name) AS n FROM Person)
        SELECT a.name FROM q a JOIN q b USING (n) WHERE n = 2"""
    assert ask(sql).rows == [{"name": "bob"}]


def test_rows_beyond_the_limit_are_left_out(staged: Path) -> None:
    answered = ask("SELECT * FROM range(100000000)", max_rows=10)
    assert answered.end is not None
    assert (answered.end["row_count"], answered.end["truncated"]) == (10, True)


def test_a_query_that_takes_too_long_is_stopped(staged: Path) -> None:
    answered = ask(
        "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range % 7 = b.range", timeout_s=0.2
    )
    assert answered.error is not None
    assert answered.error["code"] == "QueryTimeout"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE x AS SELECT 1",
        "INSERT INTO Person VALUES (1)",
        "UPDATE Person SET name = 'x'",
        "DELETE FROM Person",
        "DROP VIEW Person",
        "COPY Person TO 'x.parquet'",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
        "EXPORT DATABASE '/tmp/x'",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET threads = 64",
        "RESET lock_configuration",
        "PRAGMA database_list",
        "PRAGMA enable_profiling",
        "CALL duckdb_settings()",
        "CHECKPOINT",
        "BEGIN",
        "PREPARE q AS SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY (SELECT 1) TO '/tmp/x'",
        "",
        ";",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM 'file_1.parquet'",
        "SELECT * FROM read_parquet('file_1.parquet')",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('file_1.parquet')",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_views()",
        "SELECT * FROM duckdb_functions()",
        "SELECT * FROM pragma_database_list()",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM pg_catalog.pg_views",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM duckdb_views",
        "SELECT current_setting('allowed_paths')",
        "SELECT getvariable('x')",
        "SELECT getenv('HOME')",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('Person')",
        "SELECT * FROM json_execute_serialized_sql('{}')",
        "SELECT (SELECT content FROM read_text('/etc/passwd'))",
        "WITH q AS (FROM read_csv('/etc/passwd')) FROM q",
        "SELECT [x FOR x IN (SELECT content FROM read_text('/etc/passwd'))]",
        "FROM Person SELECT name, (FROM '/etc/passwd' LIMIT 1)",
        "SELECT * FROM other.main.Person",
        "PIVOT Person ON name",
        "DESCRIBE SELECT * FROM '/etc/passwd'",
        "SUMMARIZE '/etc/passwd'",
        "VACUUM",
        "SHOW ALL TABLES; SELECT 1",
    ],
)
def test_sql_that_does_more_than_select_from_the_tables_is_refused(staged: Path, sql: str) -> None:
    answered = ask(sql)
    assert answered.error is not None
    assert answered.error["code"] in ("StatementNotAllowed", "QueryError")
    assert str(staged.parent) not in str(answered.error)
    assert answered.body == b""


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEC 1", "syntax error"),
        ("SELECT nope FROM Person", "nope"),
        ("SELECT CAST('x' AS INT)", "Could not convert"),
        ("SELECT $who", "who"),
    ],
)
def test_a_mistake_is_told(staged: Path, sql: str, message: str) -> None:
    assert message in ask(sql).message
