"""The life of a graph: files come, are staged, become a graph, answer questions, change, and go."""

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow.csv import read_csv

from knowledger.client import ApiError, Graph, OperationFailed
from knowledger.client.json import JsonObject, JsonValue
from knowledger.client.records import Reject
from tests.integration.books import COMPANIES, OWNS, SCHEMA, companies
from tests.integration.conftest import NewGraph
from tests.integration.waiting import staged


def parquet(**columns: list[object]) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written)
    return written.getvalue()


ACCOUNTS = parquet(
    bank=["North", "North", "South"],
    number=[1, 2, 1],
    company_id=["C1", "C2", None],
    opened=[datetime(2020, 2, 29, 23, 59, 59, tzinfo=UTC), None, None],
    tags=[["main", "eur"], [], None],
)


@pytest.fixture
def books(new_graph: NewGraph) -> Graph:
    return new_graph(SCHEMA)


def test_three_formats_become_one_graph(books: Graph) -> None:
    owned = json.dumps([{"owner": "C1", "owned": "C2", "share": 51.25}]).encode()
    staged(books, "Company", "Company.csv", COMPANIES)
    staged(books, "OWNS", "owns.json", owned)
    staged(books, "Account", "accounts.parquet", ACCOUNTS)
    built = books.materialize().result(timeout=30)
    assert built.counts == {"Company": 3, "Account": 3, "OWNS": 1, "HELD_BY": 2}
    assert (built.rows_rejected, built.rows_superseded, built.appended) == (0, 0, False)
    assert books.query(
        "MATCH (a:Account)-[:HELD_BY]->(o:Company)-[w:OWNS]->(c:Company) "
        "RETURN a.opened AS opened, a.tags AS tags, c.name AS name, c.founded AS founded, c.revenue AS revenue, w.share"
    ).rows == (
        {
            "opened": "2020-02-29T23:59:59Z",
            "tags": ["main", "eur"],
            "name": "Birch, Ltd",
            "founded": "1950-12-31",
            "revenue": "99999999.99",
            "w.share": "51.25",
        },
    )


def test_rejected_rows_say_where_what_and_why(books: Graph) -> None:
    bad = b"C4,Dogwood,soon,1.00,1,true,1\nC5,,2000-01-01,1.00,1,true,1\nC6,Elm,2000-01-01,1.005,1,true,1\n"
    result = staged(books, "Company", "Company.csv", COMPANIES + bad)
    assert (result.rows_read, result.rows_accepted, result.rows_rejected) == (6, 3, 3)
    assert result.rejects_by_rule == {"wrong_type": 1, "missing_value": 1, "inexact": 1}
    page = books.tables["Company"].rejects()
    assert [place(item) for item in page.rejects] == [
        ("Company.csv", 4, 5, "founded", "soon", "wrong_type", "C4,Dogwood,soon,1.00,1,true,1"),
        ("Company.csv", 5, 6, "name", None, "missing_value", "C5,,2000-01-01,1.00,1,true,1"),
        ("Company.csv", 6, 7, "revenue", "1.005", "inexact", "C6,Elm,2000-01-01,1.005,1,true,1"),
    ]
    assert page.total == 3
    assert "date" in page.rejects[0].reason


def place(reject: Reject) -> tuple[str | int | None, ...]:
    return (reject.file_name, reject.row, reject.line, reject.column, reject.value, reject.rule, reject.raw)


def test_a_link_to_nothing_is_rejected_with_its_key_and_its_row_stays(books: Graph) -> None:
    staged(books, "Company", "Company.csv", COMPANIES)
    staged(books, "OWNS", "owns.csv", OWNS + b"C3,C9,1.00\n")
    staged(books, "Account", "Account.csv", b"bank,number,company_id\nNorth,1,C1\nNorth,2,C8\n")
    built = books.materialize().result(timeout=30)
    assert built.counts == {"Company": 3, "Account": 2, "OWNS": 2, "HELD_BY": 1}
    assert built.rejects_by_rule == {"dangling_end": 2}
    owns, account = (books.tables[name].rejects().rejects for name in ("OWNS", "Account"))
    assert [(item.file_name, item.column, item.value) for item in owns] == [("owns.csv", "owned", "C9")]
    assert [(item.file_name, item.column, item.value) for item in account] == [("Account.csv", "company_id", "C8")]


def test_a_file_that_adds_keys_is_appended(books: Graph) -> None:
    staged(books, "Company", "first.csv", companies(1, 20))
    assert books.materialize().result(timeout=30).counts["Company"] == 20
    staged(books, "Company", "second.csv", companies(21, 25))
    status = books.materialize_status()
    assert (status.is_stale, len(status.files_added), status.files_removed) == (True, 1, ())
    built = books.materialize().result(timeout=30)
    assert (built.appended, built.counts["Company"], built.number) == (True, 25, 3)
    assert not books.materialize_status().is_stale
    assert count(books, "Company") == 25


def test_a_changed_key_is_taken_from_the_latest_file(books: Graph) -> None:
    staged(books, "Company", "first.csv", COMPANIES)
    staged(books, "OWNS", "owns.csv", OWNS)
    books.materialize().result(timeout=30)
    staged(books, "Company", "second.csv", b"company_id,name\nC2,Birch AG\n")
    built = books.materialize().result(timeout=30)
    assert (built.appended, built.counts["Company"], built.rows_superseded) == (False, 3, 1)
    asked = books.query("MATCH (:Company {company_id: 'C1'})-[:OWNS]->(c) RETURN c.name AS name, c.revenue AS revenue")
    assert asked.rows == ({"name": "Birch AG", "revenue": None},)


def test_the_same_file_twice_adds_nothing(books: Graph) -> None:
    staged(books, "Company", "Company.csv", COMPANIES)
    staged(books, "Company", "Company.csv", COMPANIES)
    built = books.materialize().result(timeout=30)
    assert (built.counts["Company"], built.rows_superseded) == (3, 3)


def test_a_deleted_file_takes_exactly_its_rows_along(books: Graph) -> None:
    staged(books, "Company", "first.csv", companies(1, 20))
    staged(books, "Company", "second.csv", companies(21, 25))
    staged(books, "Company", "third.csv", companies(24, 30))
    books.materialize().result(timeout=30)
    second = next(file for file in books.files.list() if file.file_name == "second.csv")
    books.files.delete(second.file_id)
    assert books.tables["Company"].record().row_count == 27
    assert books.materialize_status().files_removed == (second.file_id,)
    assert count(books, "Company") == 30, "what is asked is the generation until the next one is there"
    assert books.materialize().result(timeout=30).counts["Company"] == 27
    rows = books.query("MATCH (c:Company) RETURN c.company_id AS id").rows
    assert {row["id"] for row in rows} == {f"N{number}" for number in (*range(1, 21), *range(24, 31))}


def test_staging_again_replaces_what_was_staged(books: Graph) -> None:
    done = books.files.upload(b"company_id,name\nC1,Alder\nC2,\n", name="c.csv", table="Company", on_error="fail")
    assert done.operation is not None
    with pytest.raises(OperationFailed) as refused:
        books.files.staging(done.operation).result(timeout=30)
    assert refused.value.code == "RowsRejected"
    assert books.files.get(done.file.file_id).layers.staged.status == "failed"
    for _ in range(2):
        assert books.files.stage(done.file.file_id).result(timeout=30).rows_accepted == 1
    assert books.tables["Company"].record().row_count == 1
    layers = books.files.get(done.file.file_id).layers
    assert (layers.staged.status, layers.staged.rows_rejected, layers.graph.status) == ("ready", 1, "pending")


def test_a_file_that_is_not_staged_holds_the_graph_back_unless_told_otherwise(books: Graph) -> None:
    staged(books, "Company", "good.csv", COMPANIES)
    done = books.files.upload(b"other,columns\n1,2\n", name="bad.csv", table="Company")
    assert done.operation is not None
    with pytest.raises(OperationFailed, match="lacks"):
        books.files.staging(done.operation).result(timeout=30)
    with pytest.raises(OperationFailed, match=r"bad\.csv"):
        books.materialize().result(timeout=30)
    assert books.materialize(ignore_errors=True).result(timeout=30).counts["Company"] == 3


def test_an_empty_graph_answers_with_nothing(books: Graph) -> None:
    answer = books.query("MATCH (c:Company) RETURN c.name AS name").answer
    assert (answer.columns, answer.data, answer.row_count, answer.truncated) == (("name",), (), 0, False)


def test_a_graph_without_types_answers_too(new_graph: NewGraph) -> None:
    assert new_graph(None).query("RETURN 1 + 1 AS two").rows == ({"two": 2},)


def test_a_graph_is_renamed(books: Graph) -> None:
    books.update(name="Ledger of 2009", description="Both sides", tags=["audit"])
    record = books.record()
    assert (record.name, record.description, record.tags) == ("Ledger of 2009", "Both sides", ("audit",))
    assert record.updated_at is not None
    assert record.updated_at > record.created_at


def test_a_schema_grows_and_the_rows_that_are_there_stay(books: Graph) -> None:
    staged(books, "Company", "Company.csv", COMPANIES)
    books.materialize().result(timeout=30)
    auditor: JsonObject = {"name": "Auditor", "key": ["name"], "properties": [{"name": "name", "type": "string"}]}
    properties: JsonValue = [{"name": "company_id", "type": "string"}, {"name": "auditor", "type": "string"}]
    company: JsonObject = {"name": "Company", "key": ["company_id"], "properties": properties}
    audits: JsonObject = {
        "name": "AUDITED_BY",
        "from": "Company",
        "to": "Auditor",
        "source": "Company",
        "to_columns": ["auditor"],
    }
    books.schema.extend({"name": "more", "nodes": [auditor, company], "relationships": [audits]})
    assert books.materialize_status().stale_reason == "The schema has grown."
    staged(books, "Auditor", "Auditor.csv", b"name\nPW\n")
    staged(books, "Company", "new.csv", b"company_id,name,auditor\nC4,Dogwood,PW\n")
    built = books.materialize().result(timeout=30)
    assert built.counts == {"Company": 4, "Account": 0, "Auditor": 1, "OWNS": 0, "HELD_BY": 0, "AUDITED_BY": 1}
    rows = books.query("MATCH (c:Company) RETURN c.company_id AS id, c.auditor AS auditor ORDER BY id").rows
    assert [row["auditor"] for row in rows] == [None, None, None, "PW"]
    with pytest.raises(ApiError) as refused:
        books.schema.extend({"name": "more", "nodes": [{**auditor, "properties": [{"name": "name", "type": "int"}]}]})
    assert refused.value.status == 409


def test_types_are_inferred_added_and_filled(new_graph: NewGraph) -> None:
    graph = new_graph(None)
    rows = "".join(f"T{number},{number}.25,2020-01-{number % 28 + 1:02}\n" for number in range(100))
    trades = graph.files.upload(("trade_id,amount,day\n" + rows).encode(), name="trades.csv")
    assert trades.operation is None, "there is no table for it yet"
    inferred = graph.schema.infer(trades.file.file_id)
    graph.schema.extend(inferred.schema)
    table = inferred.tables[0].table_name
    result = graph.files.stage(trades.file.file_id, table=table).result(timeout=30)
    assert (result.rows_accepted, result.rows_rejected) == (100, 0)
    assert graph.materialize().result(timeout=30).counts == {table: 100}
    days = graph.query(f"MATCH (t:{table}) RETURN min(t.day) AS first, max(t.day) AS last").to_arrow().to_pylist()
    assert days == [{"first": date(2020, 1, 1), "last": date(2020, 1, 28)}]


def test_staged_rows_are_asked_in_sql(books: Graph) -> None:
    staged(books, "Company", "first.csv", COMPANIES)
    staged(books, "Company", "second.csv", companies(1, 5))
    by_name = books.sql("SELECT name, revenue FROM Company WHERE revenue > $least ORDER BY 1", {"least": 1000})
    assert by_name.to_arrow().to_pylist() == [
        {"name": "Alder & Sons", "revenue": Decimal("1200.50")},
        {"name": "Birch, Ltd", "revenue": Decimal("99999999.99")},
    ]
    by_place = books.sql("SELECT count(*) AS n, count(DISTINCT _file_id) AS files FROM Company WHERE name <> ?", ["x"])
    assert by_place.rows == ({"n": 8, "files": 2},)
    table = books.tables["Company"].record()
    assert (table.file_count, table.row_count, table.key) == (2, 8, ("company_id",))
    assert table.preview is not None
    assert len(table.preview.data) == 8


FORMATS: dict[str, Callable[[bytes], list[dict[str, object]]]] = {
    "application/json": lambda body: json.loads(body)["data"],
    "application/x-ndjson": lambda body: [json.loads(line) for line in body.splitlines()],
    "text/csv": lambda body: read_csv(io.BytesIO(body)).to_pylist(),
    "application/vnd.apache.arrow.stream": lambda body: pa.ipc.open_stream(body).read_all().to_pylist(),
    "application/vnd.apache.parquet": lambda body: pq.read_table(io.BytesIO(body)).to_pylist(),
}


def test_five_formats_give_the_same_rows(books: Graph, http: httpx.Client) -> None:
    staged(books, "Company", "Company.csv", COMPANIES)
    books.materialize().result(timeout=30)
    query = "MATCH (c:Company) RETURN c.name AS name, c.employees AS employees, c.listed AS listed ORDER BY name"
    for media_type, read in FORMATS.items():
        answer = http.post(
            f"graphs/{books.graph_id}/query", json={"query": query}, headers={"Accept": media_type}
        ).raise_for_status()
        assert answer.headers["content-type"].startswith(media_type)
        assert read(answer.content) == [
            {"name": "Alder & Sons", "employees": 12, "listed": True},
            {"name": "Birch, Ltd", "employees": 340, "listed": False},
            {"name": "Cedar", "employees": None, "listed": True},
        ]
    refused = http.post(f"graphs/{books.graph_id}/query", json={"query": query}, headers={"Accept": "image/png"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (406, "NotAcceptable")


def test_a_deleted_graph_is_gone_with_all_that_is_under_it(books: Graph, http: httpx.Client) -> None:
    operation = books.tables["Company"].load(COMPANIES, name="Company.csv")
    file_id = operation.result(timeout=30).file_id
    books.materialize().result(timeout=30)
    books.delete()
    under = ("", "/schema", "/schema/export", "/files", f"/files/{file_id}", "/tables", "/tables/Company",
             "/tables/Company/rejects", "/materialize/status")  # fmt: skip
    found = {path: http.get(f"graphs/{books.graph_id}{path}").status_code for path in under}
    asked: dict[str, dict[str, object]] = {
        "/query": {"query": "MATCH (c) RETURN c"}, "/tables/query": {"sql": "SELECT 1"}, "/materialize": {},
        f"/files/{file_id}/stage": {}, "/schema": {"schema": SCHEMA}, "/schema/validate": {"schema": SCHEMA},
        "/schema/infer": {"file_ids": [file_id]},
    }  # fmt: skip
    found |= {f"POST {path}": http.post(f"graphs/{books.graph_id}{path}", json=body).status_code
              for path, body in asked.items()}  # fmt: skip
    found["upload"] = http.post(f"graphs/{books.graph_id}/files?name=a.csv", content=b"a").status_code
    found["again"] = http.delete(f"graphs/{books.graph_id}").status_code
    assert set(found.values()) == {404}, found
    listed = http.get("graphs").json()["graphs"]
    assert books.graph_id not in {graph["graph_id"] for graph in listed}


def count(graph: Graph, node: str) -> object:
    return graph.query(f"MATCH (n:{node}) RETURN count(n) AS n").rows[0]["n"]


def test_a_schema_survives_its_own_export(books: Graph, new_graph: NewGraph) -> None:
    exported = books.schema.export()
    again = new_graph(json.loads(json.dumps(exported["schema"])))
    assert again.schema.get() == books.schema.get()
    statements = exported["ddl"]
    assert isinstance(statements, list)
    assert len(statements) == 4


def test_an_answer_is_saved_to_a_file(books: Graph, tmp_path: Path) -> None:
    staged(books, "Company", "Company.csv", companies(1, 1000))
    books.materialize().result(timeout=30)
    books.query("MATCH (c:Company) RETURN c.revenue AS revenue").to_parquet(tmp_path / "revenue.parquet")
    column = pq.read_table(tmp_path / "revenue.parquet").column("revenue")
    assert sum(Decimal(str(value)) for value in column) == sum(Decimal(number) / 100 for number in range(1, 1001))
