"""What a reader answers: every type in every format, limits, errors."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq
import pytest

from knowledger.domain.graphs.reading import AnswerFormat
from tests.engine.reader.asking import GraphAsker

EVERYTHING = """MATCH (p:Person) RETURN p.name AS name, p.age AS age, p.weight AS weight, p.amount AS amount,
    p.born AS born, p.seen AS seen, p.active AS active, p.tags AS tags, p.days AS days ORDER BY name"""


def test_json_has_every_type(graph: GraphAsker) -> None:
    answered = graph.ask(EVERYTHING)
    ann = {
        "name": "ann",
        "age": 1,
        "weight": 1.5,
        "amount": "12.3400",
        "born": "2020-01-02",
        "seen": "2020-01-02T03:04:05.123456Z",
        "active": True,
        "tags": ["x", "y"],
        "days": ["2020-01-01"],
    }
    assert answered.rows == [ann, dict.fromkeys(ann, None) | {"name": "bob"}]


def test_a_json_answer_says_what_it_is(graph: GraphAsker) -> None:
    answered = graph.ask("RETURN 1 AS one")
    took = answered.document.pop("execution_time_ms")
    assert isinstance(took, float)
    assert answered.document | {"execution_time_ms": 0} == {
        "columns": ["one"],
        "data": [{"one": 1}],
        "row_count": 1,
        "truncated": False,
        "execution_time_ms": 0,
        "graph_id": "kg_1",
        "generation_id": "gen_1",
    }
    assert answered.columns == [{"name": "one", "type": "INT64"}]


def test_ndjson_has_one_object_a_line(graph: GraphAsker) -> None:
    answered = graph.ask("UNWIND [1, 2, 3] AS x RETURN x, 'n' + string(x) AS n", format=AnswerFormat.NDJSON)
    assert [json.loads(line) for line in answered.body.splitlines()] == [{"x": x, "n": f"n{x}"} for x in (1, 2, 3)]


def test_csv_reads_back(graph: GraphAsker) -> None:
    answered = graph.ask(EVERYTHING, format=AnswerFormat.CSV)
    rows = list(csv.reader(io.StringIO(answered.body.decode(), newline="")))
    assert rows == [
        ["name", "age", "weight", "amount", "born", "seen", "active", "tags", "days"],
        [
            "ann",
            "1",
            "1.5",
            "12.3400",
            "2020-01-02",
            "2020-01-02T03:04:05.123456Z",
            "true",
            '["x","y"]',
            '["2020-01-01"]',
        ],
        ["bob", "", "NaN", "", "", "", "", "", ""],
    ]


def test_csv_quotes_what_needs_it_and_tells_empty_from_missing(graph: GraphAsker) -> None:
    answered = graph.ask("MATCH (p:Place) RETURN p.title AS t, '' AS e, null AS n", format=AnswerFormat.CSV)
    assert answered.body.decode() == 't,e,n\r\n"with ""quotes"", commas\nand lines","",\r\n'


def test_arrow_and_parquet_keep_the_types(graph: GraphAsker) -> None:
    arrow = pa.ipc.open_stream(graph.ask(EVERYTHING, format=AnswerFormat.ARROW).body).read_all()
    parquet = pq.read_table(io.BytesIO(graph.ask(EVERYTHING, format=AnswerFormat.PARQUET).body))
    for table in (arrow, parquet):
        assert table.schema.field("amount").type == pa.decimal128(18, 4)
        assert table.schema.field("seen").type == pa.timestamp("us", tz="UTC")
        assert table.to_pylist()[0] == {
            "name": "ann",
            "age": 1,
            "weight": 1.5,
            "amount": Decimal("12.3400"),
            "born": date(2020, 1, 2),
            "seen": datetime(2020, 1, 2, 3, 4, 5, 123456, tzinfo=UTC),
            "active": True,
            "tags": ["x", "y"],
            "days": [date(2020, 1, 1)],
        }


def test_a_node_is_its_properties_with_label_and_id_and_without_the_generated_key(graph: GraphAsker) -> None:
    [row] = graph.ask("MATCH (p:Person {name: 'bob'}) RETURN p").rows
    assert row == {"p": {"_label": "Person", "_id": "0:1", "name": "bob", "weight": None}}


def test_the_generated_key_is_there_when_asked_for(graph: GraphAsker) -> None:
    assert graph.ask("MATCH (p:Person {name: 'ann'}) RETURN p._key AS k").rows == [{"k": "generated"}]
    assert "p._key" not in {column["name"] for column in graph.ask("MATCH (p:Person) RETURN p.*").columns}


def test_a_relationship_names_its_ends(graph: GraphAsker) -> None:
    [row] = graph.ask("MATCH (a)-[r:Knows]->(b) RETURN r, id(a) AS a, id(b) AS b").rows
    assert row == {
        "r": {"_label": "Knows", "_id": "2:0", "_from": "0:0", "_to": "0:1", "since": "2021-01-01", "amount": "1.5000"},
        "a": "0:0",
        "b": "0:1",
    }


def test_a_path_is_its_nodes_and_relationships(graph: GraphAsker) -> None:
    statement = "MATCH p = (a:Person {name: 'ann'})-[:Knows*1..2]->(b) RETURN p"
    [row] = graph.ask(statement).rows
    assert isinstance(row, dict)
    path = row["p"]
    assert isinstance(path, dict)
    assert list(path) == ["_nodes", "_relationships"]
    table = pa.ipc.open_stream(graph.ask(statement, format=AnswerFormat.ARROW).body).read_all()
    [in_arrow] = table.to_pylist()
    assert [node["name"] for node in in_arrow["p"]["_nodes"]] == ["ann", "bob"]
    assert [step["_from"] for step in in_arrow["p"]["_relationships"]] == ["0:0"]


def test_maps_structs_and_wide_integers(graph: GraphAsker) -> None:
    statement = "UNWIND [1, 2] AS x RETURN sum(x) AS s, {a: 1, b: [1.5]} AS o, map(['k'], [1]) AS m"
    assert graph.ask(statement).rows == [{"s": 3, "o": {"a": 1, "b": [1.5]}, "m": {"k": 1}}]
    table = pa.ipc.open_stream(graph.ask(statement, format=AnswerFormat.ARROW).body).read_all()
    assert table.to_pylist() == [{"s": Decimal(3), "o": {"a": 1, "b": [1.5]}, "m": [("k", 1)]}]


def test_large_answers_are_whole_in_every_text_format(graph: GraphAsker) -> None:
    statement = "UNWIND range(1, 20000) AS x RETURN x, x * 0.5 AS half, 'n' + string(x) AS name, [x] AS l"
    expected = [{"x": x, "half": x * 0.5, "name": f"n{x}", "l": [x]} for x in range(1, 20001)]
    assert graph.ask(statement).rows == expected
    lines = graph.ask(statement, format=AnswerFormat.NDJSON).body.splitlines()
    assert [json.loads(line) for line in lines] == expected
    table = pa.ipc.open_stream(graph.ask(statement, format=AnswerFormat.ARROW).body).read_all()
    assert table.to_pylist() == expected


def test_nodes_beyond_the_first_rows_look_like_the_first(graph: GraphAsker) -> None:
    rows = graph.ask("UNWIND range(1, 3000) AS x MATCH (p:Person {name: 'ann'})-[r]->(q) RETURN p, r, q").rows
    assert len(rows) == 3000
    assert rows[0] == rows[-1]


@pytest.mark.parametrize("format_", list(AnswerFormat))
def test_rows_beyond_the_limit_are_left_out_and_the_answer_says_so(graph: GraphAsker, format_: AnswerFormat) -> None:
    answered = graph.ask("UNWIND range(1, 20000) AS x RETURN x", format=format_, max_rows=1500)
    assert answered.end is not None
    assert (answered.end["row_count"], answered.end["truncated"]) == (1500, True)
    exact = graph.ask("UNWIND range(1, 1500) AS x RETURN x", format=format_, max_rows=1500)
    assert exact.end is not None
    assert (exact.end["row_count"], exact.end["truncated"]) == (1500, False)


@pytest.mark.parametrize("format_", [AnswerFormat.JSON, AnswerFormat.NDJSON, AnswerFormat.CSV])
def test_bytes_beyond_the_limit_are_left_out_in_whole_rows(graph: GraphAsker, format_: AnswerFormat) -> None:
    answered = graph.ask("UNWIND range(1, 20000) AS x RETURN x", format=format_, max_bytes=10_000)
    assert answered.end is not None
    assert answered.end["truncated"] is True
    assert len(answered.body) < 10_200


@pytest.mark.parametrize("format_", list(AnswerFormat))
def test_an_answer_without_rows_still_has_its_columns(graph: GraphAsker, format_: AnswerFormat) -> None:
    answered = graph.ask("MATCH (p:Person {name: 'nobody'}) RETURN p.name AS n, p.amount AS a", format=format_)
    assert answered.end is not None
    assert answered.end["row_count"] == 0
    assert [column["name"] for column in answered.columns] == ["n", "a"]


def test_columns_of_one_name_are_told_apart(graph: GraphAsker) -> None:
    assert graph.ask("RETURN 1 AS a, 2 AS a, 3 AS a_2").rows == [{"a": 1, "a_3": 2, "a_2": 3}]


def test_what_is_counted_is_named_as_it_was_written(graph: GraphAsker) -> None:
    answered = graph.ask("MATCH (p:Person) RETURN count(p), count(DISTINCT p), count(*)")
    assert [column["name"] for column in answered.columns] == ["count(p)", "count(DISTINCT p)", "count(*)"]


def test_names_with_quotes_and_percent_signs(graph: GraphAsker) -> None:
    assert graph.ask('RETURN 1 AS `a "b" %s`').rows == [{'a "b" %s': 1}]


def test_parameters_of_every_kind(graph: GraphAsker) -> None:
    statement = (
        "MATCH (p:Person) WHERE p.name IN $names AND p.born = date($born) AND p.amount > $least RETURN p.name AS n"
    )
    parameters = {"names": ["ann", "bob"], "born": "2020-01-02", "least": 12}
    assert graph.ask(statement, parameters).rows == [{"n": "ann"}]  # type: ignore[arg-type]  # lists are invariant


def test_small_integer_parameters_do_not_overflow(graph: GraphAsker) -> None:
    assert graph.ask("RETURN $a * $a + $b AS x", {"a": 200, "b": 1}).rows == [{"x": 40001}]
    assert graph.ask("UNWIND [1, 2, 3] AS x RETURN x SKIP $s LIMIT $l", {"s": 1, "l": 1}).rows == [{"x": 2}]


def test_a_missing_parameter_is_named(graph: GraphAsker) -> None:
    assert "$b" in graph.ask("RETURN $a, $b", {"a": 1}).message


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("MATCH (p:Person)\nRETRN p", "Line 2, column 1: "),
        ("MATCH (p:Nobody) RETURN p", "Table Nobody does not exist."),
        ("MATCH (p:Person) RETURN p.shoe", "Cannot find property shoe for p."),
        ("RETURN 1 / 0", "Divide by zero."),
        ("RETURN cast('x' AS INT64)", 'Cast failed. Could not convert "x" to INT64.'),
    ],
)
def test_a_query_that_fails_says_why(graph: GraphAsker, statement: str, message: str) -> None:
    answered = graph.ask(statement)
    assert answered.error is not None
    assert answered.error["code"] == "QueryError"
    assert message in answered.message


def test_the_place_of_a_mistake_is_in_the_text_that_was_sent(graph: GraphAsker) -> None:
    assert graph.ask("RETURN $a + ) AS x", {"a": 1}).message.startswith("Line 1, column 13")
    assert graph.ask("RETURN $a + $a AS x y", {"a": 1}).message.startswith("Line 1, column 21")


def test_a_query_that_takes_too_long_is_stopped_and_the_reader_goes_on(graph: GraphAsker) -> None:
    endless = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN sum(x * y)"
    answered = graph.ask(endless, timeout_ms=100)
    assert answered.error is not None
    assert (answered.error["code"], answered.error["status"]) == ("QueryTimeout", 408)
    assert graph.ask("RETURN 1 AS x").rows == [{"x": 1}]


def test_a_query_that_needs_too_much_memory_is_refused(graph: GraphAsker) -> None:
    answered = graph.ask("UNWIND range(1, 20000000) AS x RETURN collect(x) AS l, collect(string(x)) AS m")
    assert answered.error is not None
    assert answered.error["code"] == "QueryTooLarge"


def test_a_function_that_takes_no_decimals_says_what_does(graph: GraphAsker) -> None:
    answered = graph.ask("MATCH (p:Person) RETURN sum(p.amount)")
    assert answered.message == "SUM does not take (DECIMAL(18, 4))."
    assert answered.error is not None
    assert "list_sum(collect(x))" in str(answered.error["hint"])
