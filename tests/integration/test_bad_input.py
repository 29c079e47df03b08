"""What bad input gets: the good rows go on, every other is told by its place, its value and the rule it breaks.

Each case is a file as it is uploaded, and what must come of it. Whatever comes, read = accepted + rejected, and nothing
of the server's inside is shown.
"""

import gzip
import io
import zipfile
from dataclasses import dataclass

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from knowledger.client import Client, Graph
from knowledger.client.json import JsonValue
from knowledger.client.records import OperationProblem
from tests.integration.books import COMPANIES, SCHEMA
from tests.integration.conftest import NewGraph
from tests.integration.leaks import refuse_leaks
from tests.integration.waiting import staged

HEAD = b"company_id,name,founded,revenue,employees,listed,rating\n"
GOOD = b"G1,Good,2000-01-31,1.50,1,true,0.5\n"


@dataclass(frozen=True)
class Told:
    """A reject: line (or, in Parquet, row), column, value, rule."""

    line: int
    column: str | None
    value: str | None
    rule: str


@dataclass(frozen=True)
class Rejected:
    """The file is staged: so many rows are accepted, and these are not."""

    accepted: int
    rejects: tuple[Told, ...] = ()


@dataclass(frozen=True)
class Refused:
    """The file is not staged at all, and the message holds these words."""

    code: str
    words: tuple[str, ...] = ()

    def words_missing(self, error: OperationProblem) -> list[str]:
        return [word for word in (self.code, *self.words) if word not in f"{error.code}: {error.message}"]


def row(**cells: str) -> bytes:
    usual = {
        "company_id": "X1",
        "name": "Bad",
        "founded": "",
        "revenue": "",
        "employees": "",
        "listed": "",
        "rating": "",
    }
    return (",".join({**usual, **cells}.values()) + "\n").encode()


def wrong(rule: str, line: int = 3, **cell: str) -> tuple[bytes, Rejected]:
    """A file of a good row, one with this bad cell, and a good row."""
    ((column, value),) = cell.items()
    return HEAD + GOOD + row(**cell) + GOOD, Rejected(2, (Told(line, column, value, rule),))


def zipped(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_dot_", "."), content)
    return written.getvalue()


def parquet(table: dict[str, list[object]]) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table(table), written)
    return written.getvalue()


def node(name: str) -> dict[str, JsonValue]:
    return {"name": name, "key": ["id"], "properties": [{"name": "id", "type": "string"}]}


def deep(times: int) -> bytes:
    content = HEAD + GOOD
    for _ in range(times):
        content = gzip.compress(content)
    return content


LATE = HEAD + b"".join(b"L%d,Late,,,%d,,\n" % (number, number) for number in range(100_000)) + b"L,Late,,,many,,\n"

CASES: dict[str, tuple[str, bytes, Rejected | Refused]] = {
    "not an integer": ("c.csv", *wrong("wrong_type", employees="twelve")),
    "an integer with a fraction": ("c.csv", *wrong("inexact", employees="1.5")),
    "an integer too large": ("c.csv", *wrong("out_of_range", employees="9223372036854775808")),
    "not a decimal": ("c.csv", *wrong("wrong_type", revenue="1'000")),
    "a decimal too large": ("c.csv", *wrong("out_of_range", revenue="12345678901234567.00")),
    "a decimal with too many digits": ("c.csv", *wrong("inexact", revenue="0.001")),
    "not a date": ("c.csv", *wrong("wrong_type", founded="yesterday")),
    "a day that is not": ("c.csv", *wrong("out_of_range", founded="2009-02-29")),
    "a month that is not": ("c.csv", *wrong("out_of_range", founded="2009-13-01")),
    "a year beyond the calendar": ("c.csv", *wrong("wrong_type", founded="29000-01-01")),
    "not a boolean": ("c.csv", *wrong("wrong_type", listed="perhaps")),
    "NaN": ("c.csv", *wrong("not_finite", rating="NaN")),
    "infinity": ("c.csv", *wrong("not_finite", rating="-Infinity")),
    "infinity in a decimal": ("c.csv", *wrong("not_finite", revenue="inf")),
    "a double too large": ("c.csv", *wrong("out_of_range", rating="1e999")),
    "no key": (
        "c.csv",
        HEAD + GOOD + row(company_id=""),
        Rejected(1, (Told(3, "company_id", None, "missing_key"),)),
    ),
    "a duplicate key": ("c.csv", HEAD + GOOD + GOOD, Rejected(2)),
    "too few cells": ("c.csv", HEAD + GOOD + b"X1,Bad\n" + GOOD, Rejected(2, (Told(3, None, None, "ragged_line"),))),
    "too many cells": (
        "c.csv",
        HEAD + b"X1,Bad,,,,,,more\n" + GOOD,
        Rejected(1, (Told(2, None, None, "ragged_line"),)),
    ),
    "too many cells, but empty": ("c.csv", HEAD + b"X1,Bad,,,,,,,,\n" + GOOD, Rejected(2)),
    "too many cells, but empty, and a bad row": (
        "c.csv",
        HEAD + b"X1,Bad,,,,,,,,\n" + GOOD + b"X2\n",
        Rejected(2, (Told(4, None, None, "ragged_line"),)),
    ),
    "an open quotation mark": (
        "c.csv",
        HEAD + b'X1,"Bad,,,,,\n' + GOOD + GOOD,
        Rejected(2, (Told(2, None, None, "bad_quoting"),)),
    ),
    "bad UTF-8": (
        "c.csv",
        HEAD + GOOD + b"X1,B\xe4d,,,,,\n" + GOOD,
        Rejected(2, (Told(3, "name", "B\ufffdd", "bad_encoding"),)),
    ),
    "a byte order mark": ("c.csv", b"\xef\xbb\xbf" + HEAD + GOOD, Rejected(1)),
    "a byte order mark and a bad row": (
        "c.csv",
        b"\xef\xbb\xbf" + HEAD + GOOD + row(employees="x"),
        Rejected(1, (Told(3, "employees", "x", "wrong_type"),)),
    ),
    "CRLF": ("c.csv", (HEAD + GOOD).replace(b"\n", b"\r\n"), Rejected(1)),
    "CRLF and a bad row": (
        "c.csv",
        (HEAD + row(founded="x") + GOOD).replace(b"\n", b"\r\n"),
        Rejected(1, (Told(2, "founded", "x", "wrong_type"),)),
    ),
    "an empty file": ("c.csv", b"", Refused("UnreadableFile", ("c.csv", "empty"))),
    "blank lines only": ("c.csv", b"\n\n\n", Refused("UnreadableFile", ("c.csv",))),
    "a header only": ("c.csv", HEAD, Rejected(0)),
    "a header without its line end": ("c.csv", HEAD.rstrip(), Rejected(0)),
    "a null byte in a cell": ("c.csv", HEAD + GOOD + b"X1,B\0d,,,,,\n", Rejected(2)),
    "a null byte in the header": ("c.csv", b"company_id,na\0me\n", Refused("UnreadableFile", ("line 1", "null"))),
    "UTF-16": ("c.csv", (HEAD + GOOD).decode().encode("utf-16"), Refused("UnreadableFile", ("UTF-16",))),
    "a line of three megabytes": (
        "c.csv",
        HEAD + GOOD + row(name="x" * 3_000_000) + GOOD,
        Rejected(2, (Told(3, None, None, "line_too_long"),)),
    ),
    "a type that changes after 100,000 rows": (
        "c.csv",
        LATE,
        Rejected(100_000, (Told(100_002, "employees", "many", "wrong_type"),)),
    ),
    "no key column": (
        "c.csv",
        b"id,name\nX1,Bad\n",
        Refused("StagingSchemaMismatch", ("c.csv", "company_id", "It has: id, name")),
    ),
    "a column twice": ("c.csv", b"company_id,name,name\nX1,Bad,Bad\n", Refused("StagingSchemaMismatch", ("name",))),
    "a truncated gzip": ("c.csv.gz", gzip.compress(COMPANIES)[:-9], Refused("UnreadableFile", ("c.csv.gz", "cut"))),
    "a damaged gzip": (
        "c.csv.gz",
        gzip.compress(COMPANIES)[:-8] + b"\0" * 8,
        Refused("UnreadableFile", ("c.csv.gz", "damaged")),
    ),
    "a truncated zip": ("c.zip", zipped(c_dot_csv=COMPANIES)[:-30], Refused("UnreadableFile", ("c.zip",))),
    "a zip of two files": (
        "c.zip",
        zipped(a_dot_csv=COMPANIES, b_dot_csv=COMPANIES),
        Refused("UnreadableFile", ("a.csv, b.csv",)),
    ),
    "packed too often": ("c.csv.gz", deep(4), Refused("UnreadableFile", ("packed more than 3 times",))),
    "packed often": ("c.csv.gz", deep(3), Rejected(1)),
    "a truncated Parquet": (
        "c.parquet",
        parquet({"company_id": ["X1"], "name": ["Bad"]})[:-20],
        Refused("UnreadableFile", ("c.parquet", "footer")),
    ),
    "no Parquet": ("c.parquet", COMPANIES, Refused("UnreadableFile", ("c.parquet",))),
    "Parquet with other columns": (
        "c.parquet",
        parquet({"id": ["X1"], "title": ["Bad"]}),
        Refused("StagingSchemaMismatch", ("company_id", "It has: id, title")),
    ),
    "Parquet with other types": (
        "c.parquet",
        parquet({"company_id": [1, 2], "name": ["A", "B"], "employees": ["12", "twelve"]}),
        Rejected(1, (Told(2, "employees", "twelve", "wrong_type"),)),
    ),
    "Parquet with NaN": (
        "c.parquet",
        parquet({"company_id": ["A", "B"], "name": ["A", "B"], "rating": [float("nan"), 1.0]}),
        Rejected(1, (Told(1, "rating", "nan", "not_finite"),)),
    ),
    "a nested object in JSON": (
        "c.json",
        b'[{"company_id": "A", "name": "A"},\n {"company_id": "B", "name": {"first": "B"}}]',
        Rejected(1, (Told(2, "name", '{"first": "B"}', "nested_value"),)),
    ),
    "JSON lines of which one is broken": (
        "c.jsonl",
        b'{"company_id": "A", "name": "A"}\n{"company_id": "B",\n[1, 2]\n{"company_id": "C", "name": "C"}\n',
        Rejected(2, (Told(2, None, None, "malformed_json"), Told(3, None, None, "wrong_type"))),
    ),
    "JSON cut short": ("c.json", b'[{"company_id": "A", "name": "A"}, {"com', Refused("UnreadableFile", ("line 1",))),
    "a number too large for JSON's own": (
        "c.json",
        b'[{"company_id": "A", "name": "A", "revenue": 1234567890123456.78, "employees": 1e400}]',
        Rejected(0, (Told(1, "employees", "1e400", "wrong_type"),)),
    ),
    "no table at all": ("c.txt", b"\x00\x01\x02\x03" * 100, Refused("UnreadableFile", ("c.txt",))),
    "cells that mean harm": (
        "c.csv",
        HEAD + b"""X1,"'); DROP TABLE Company; --",,"=cmd|' /C calc'!A0",,,\n""",
        Rejected(0, (Told(2, "revenue", "=cmd|' /C calc'!A0", "wrong_type"),)),
    ),
}


@pytest.fixture(scope="module")
def books(client: Client) -> Graph:
    return client.graphs.create("Bad input", schema=SCHEMA).result(timeout=60)


@pytest.mark.parametrize(("name", "content", "outcome"), CASES.values(), ids=CASES.keys())
def test_bad_input_gets_what_it_deserves(books: Graph, name: str, content: bytes, outcome: Rejected | Refused) -> None:
    if isinstance(outcome, Refused):
        assert outcome.words_missing(refusal(books, name, content)) == []
    else:
        assert staging(books, name, content) == outcome


def staging(graph: Graph, name: str, content: bytes) -> Rejected:
    """What is staged of a file, as its rejects and all three places that count rows tell it."""
    result = staged(graph, "Company", name, content)
    layer = graph.files.get(result.file_id).layers.staged
    assert (layer.rows_read, layer.rows_accepted, layer.rows_rejected, layer.rejects_by_rule) == (
        result.rows_read, result.rows_accepted, result.rows_rejected, result.rejects_by_rule
    )  # fmt: skip
    page = graph.tables["Company"].rejects(file_id=result.file_id)
    assert (page.total, len(page.rejects)) == (result.rows_rejected, result.rows_rejected)
    for item in page.rejects:
        refuse_leaks(item.reason)
        assert item.file_name == name
        assert item.column is None or item.reason.startswith(f"{item.column}: ")
    told = (Told(item.line or item.row or 0, item.column, item.value, item.rule) for item in page.rejects)
    return Rejected(result.rows_accepted, tuple(told))


def refusal(graph: Graph, name: str, content: bytes, on_error: str = "continue") -> OperationProblem:
    """Why nothing of a file is staged."""
    done = graph.files.upload(content, name=name, table="Company", on_error=on_error)
    assert done.operation is not None
    error = graph.files.staging(done.operation).wait(timeout=60).error
    assert error is not None, "it was staged"
    refuse_leaks(f"{error.message} {error.hint} {error.details}")
    assert graph.files.get(done.file.file_id).layers.staged.status == "failed"
    assert graph.tables["Company"].rejects(file_id=done.file.file_id).total == 0
    return error


def test_with_on_error_fail_nothing_goes_on_and_the_first_bad_rows_are_told(books: Graph) -> None:
    content = HEAD + GOOD + row(employees="x") + row(founded="y")
    error = refusal(books, "strict.csv", content, on_error="fail")
    assert error.code == "RowsRejected"
    assert error.message.startswith("2 of 3 rows of strict.csv do not fit table Company; the first, line 3: employees")
    assert error.details["rejects_by_rule"] == {"wrong_type": 2}


def test_a_null_byte_goes_through_to_the_graph(new_graph: NewGraph) -> None:
    graph = new_graph(SCHEMA)
    staged(graph, "Company", "c.csv", b"company_id,name\nX\0A,B\0d\nX,B\n")
    assert graph.materialize().result(timeout=30).counts["Company"] == 2
    asked = graph.query("MATCH (c:Company {company_id: $key}) RETURN c.name AS name", {"key": "X\0A"})
    assert asked.rows == ({"name": "B\0d"},)


WORDS = ("Order", "Match", "Select", "Node", "Table")


def test_names_that_are_keywords_and_headers_that_mean_harm_are_names(new_graph: NewGraph) -> None:
    header = """quo"te's `tick` ../up; DROP"""
    graph = new_graph(
        {
            "name": "words",
            "nodes": [
                {
                    "name": word,
                    "key": ["from"],
                    "properties": [
                        {"name": "from", "type": "string"},
                        {"name": "where", "type": "int"},
                        {"name": "return", "type": "string", "column": header},
                    ],
                }
                for word in WORDS
            ],
            "relationships": [
                {"name": "GROUP", "from": "Order", "to": "Match", "from_columns": ["a"], "to_columns": ["b"]}
            ],
        }
    )
    quoted = header.replace('"', '""')
    for word in WORDS:
        staged(graph, word, f"{word}.csv", f'from,where,"{quoted}"\n1,2,3\n'.encode())
    staged(graph, "GROUP", "group.csv", b"a,b\n1,1\n")
    assert graph.materialize().result(timeout=30).counts == {**dict.fromkeys(WORDS, 1), "GROUP": 1}
    cypher = "MATCH (o:`Order`)-[:`GROUP`]->(m:`Match`) RETURN o.`where` AS `where`, m.`return` AS `return`"
    assert graph.query(cypher).rows == ({"where": 2, "return": "3"},)
    assert graph.sql('SELECT "from", "return" FROM "Select"').rows == ({"from": "1", "return": "3"},)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.csv", "passwd.csv"),
        ("..\\..\\boot.csv", "boot.csv"),
        ("a'b\"c;--.csv", "a'b\"c;--.csv"),
        ("käse 🧀.csv", "käse 🧀.csv"),
        ("*.csv", "*.csv"),
        ("a\0b.csv", None),
        ("..", None),
        ("/", None),
        ("x" * 300 + ".csv", None),
    ],
)
def test_a_file_keeps_its_name_and_leaves_its_folders(
    books: Graph, http: httpx.Client, name: str, kept: str | None
) -> None:
    answer = http.post(f"graphs/{books.graph_id}/files", params={"name": name, "table": "Company"}, content=HEAD + GOOD)
    assert (answer.json().get("file") or {}).get("file_name") == kept
    assert answer.status_code == (201 if kept else 422)
    if kept:
        file_id = answer.json()["file"]["file_id"]
        assert books.files.stage(file_id).result(timeout=30).rows_accepted == 1


BAD_SCHEMAS: dict[str, JsonValue] = {
    "no object": [1, 2],
    "a name with a quote": {"name": "x", "nodes": [node("Comp`any")]},
    "a name with a null byte": {"name": "x", "nodes": [node("A\0")]},
    "a name that climbs": {"name": "x", "nodes": [node("../x")]},
    "a key that is no property": {"name": "x", "nodes": [{**node("A"), "key": ["b"]}]},
    "a type that is none": {"name": "x", "nodes": [{**node("A"), "properties": [{"name": "id", "type": "money"}]}]},
    "the same type twice": {"name": "x", "nodes": [node("A"), node("A")]},
    "an end that is nowhere": {
        "name": "x",
        "nodes": [node("A")],
        "relationships": [{"name": "R", "from": "A", "to": "B", "from_columns": ["a"], "to_columns": ["b"]}],
    },
}


@pytest.mark.parametrize("schema", BAD_SCHEMAS.values(), ids=BAD_SCHEMAS.keys())
def test_a_bad_schema_is_refused_with_the_place_of_its_mistake(http: httpx.Client, schema: JsonValue) -> None:
    refused = http.post("graphs", json={"name": "Bad", "schema": schema})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "InvalidSchema")
    assert refused.json()["error"]["details"]["problems"][0]["problem"]


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_line_of_a_gigabyte_is_one_rejected_row(books: Graph) -> None:
    """Packed, so that the test need not make it."""
    long = gzip.compress(b"x" * 10_000_000) * 100
    content = gzip.compress(HEAD + GOOD + b"X1,") + long + gzip.compress(b"\n" + GOOD)
    assert staging(books, "long.csv.gz", content) == Rejected(2, (Told(3, None, None, "line_too_long"),))


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_bomb_is_stopped(books: Graph) -> None:
    error = refusal(books, "bomb.csv.gz", gzip.compress(b"0" * 10_000_000) * 300)
    assert error.code == "ExpandsTooFar"
    assert "bomb.csv.gz" in error.message
