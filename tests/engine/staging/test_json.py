"""JSON and NDJSON."""

import datetime as dt
import json
from decimal import Decimal

import pytest

from knowledger.domain.graphs.engine import StagingSchemaMismatch, UnreadableFile
from tests.engine.staging.conftest import Stage

CLEAN = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("a.jsonl", '{"id": 1, "name": "a"}\n{"id": 2, "name": "b"}\n'),
        ("a.ndjson", '{"id": "1", "name": "a"}\r\n\r\n{"name": "b", "id": 2, "x": [1]}'),
        ("a.json", '[{"id": 1, "name": "a"},\n {"id": 2, "name": "b"}]\n'),
        ("a.json", '\ufeff [ {"ID":1,"NAME":"a"} , {"ID":2,"NAME":"b"} ] '),
        ("a.json", '{"id": 1, "name": "a"}\n{"id": 2, "name": "b"}\n'),
        ("a.json", '{\n "id": 1,\n "name": "a"\n}\n{"id": 2, "name": "b"}'),
        ("a", '[{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]'),
        ("a", '{"id": 1, "name": "a"}\n{"id": 2, "name": "b"}'),
    ],
)
def test_ways_to_write_the_same_rows(stage: Stage, file_name: str, content: str) -> None:
    staged = stage(file_name, content)
    assert (staged.rows, staged.rejects) == (CLEAN, [])


def test_values_of_every_type(stage: Stage) -> None:
    kinds = {
        "i": "int",
        "d": "double",
        "m": "decimal(38,20)",
        "b": "boolean",
        "t": "date",
        "l": "string[]",
        "s": "string",
    }
    content = """{"i": 7, "d": 1e3, "m": 12345678901234567.12345678901234567890, "b": true,
                  "t": "2020-01-02", "l": ["a,b", "\\"c\\"\\n"], "s": 1.10}"""
    assert stage("a.jsonl", content.replace("\n", ""), kinds).rows == [
        {
            "i": 7,
            "d": 1000.0,
            "m": Decimal("12345678901234567.12345678901234567890"),
            "b": True,
            "t": dt.date(2020, 1, 2),
            "l": ["a,b", '"c"\n'],
            "s": "1.10",
        }
    ]


def test_bad_lines_keep_their_place(stage: Stage) -> None:
    lines = [
        b'{"id": 1, "name": "a"}',
        b'{"id": 2, "name": ',
        b"",
        b'{"id": 3, "name": "\xff"}',
        b"[1]",
        b'{"id": 4, "name": {"first": "x"}}',
        b'{"id": "x", "name": "y"}',
        b'{"name": "y"}',
        b'{"id": NaN, "name": "y"}',
        b'{"id": 5, "name": "\\ud800"}',
        b'{"id": 6, "name": "' + b"x" * 2_500_000 + b'"}',
        b'{"id": 7, "name": ["x"]}',
        b'{"id": 8}',
    ]
    staged = stage("a.jsonl", b"\n".join(lines))
    assert staged.column("id") == [1, 8]
    assert staged.rules == [
        (2, 2, None, "malformed_json"),
        (3, 4, None, "bad_encoding"),
        (4, 5, None, "wrong_type"),
        (5, 6, "name", "nested_value"),
        (6, 7, "id", "wrong_type"),
        (7, 8, "id", "missing_key"),
        (8, 9, "id", "wrong_type"),
        (9, 10, "name", "bad_encoding"),
        (10, 11, None, "line_too_long"),
        (11, 12, "name", "nested_value"),
    ]
    assert staged.rejects[0]["raw"] == '{"id": 2, "name": '
    assert staged.rejects[3]["value"] == '{"first": "x"}'


def test_rows_of_an_array_have_lines_too(stage: Stage) -> None:
    staged = stage("a.json", '[\n {"id": 1},\n {"id":\n   "x"},\n 7,\n {"id": 2}\n]')
    assert staged.rules == [(2, 3, "id", "wrong_type"), (3, 5, None, "wrong_type")]
    assert staged.rejects[0]["raw"] == '{"id":\n   "x"}'
    assert staged.column("id") == [1, 2]


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ('[{"id": 1},\n {"id": 2', r"line 2, column 2"),
        ('[{"id": 1}\n {"id": 2}]', r"line 2, column 2"),
        ('[{"id": 1}] x', r"line 1, column 13"),
        ("[nonsense]", r"line 1, column 2"),
        ('[{"id": 1},', r"line 1, column 12"),
    ],
)
def test_a_malformed_document_is_unreadable_and_says_where(stage: Stage, content: str, place: str) -> None:
    with pytest.raises(UnreadableFile, match=rf"a\.json: {place}"):
        stage("a.json", content)


def test_an_array_that_is_not_utf8(stage: Stage) -> None:
    with pytest.raises(UnreadableFile, match="not UTF-8"):
        stage("a.json", b'[{"id": 1, "name": "\xff"}]')


def test_an_empty_array_is_no_rows(stage: Stage) -> None:
    assert stage("a.json", "[]").counts == (0, 0, 0)


def test_values_across_the_edge_of_what_is_read_at_once(stage: Stage) -> None:
    rows = [{"id": number, "name": "é" * (number % 400)} for number in range(12_000)]
    staged = stage("a.json", json.dumps(rows, ensure_ascii=False))
    assert staged.rows == [{"id": row["id"], "name": row["name"] or None} for row in rows]


def test_missing_keys_are_named(stage: Stage) -> None:
    with pytest.raises(StagingSchemaMismatch, match=r"lacks a column that table T needs: id\. It has: data"):
        stage("a.json", '{"data": [{"id": 1}]}')


def test_keys_nobody_asked_for_are_named(stage: Stage) -> None:
    assert stage("a.json", '[{"id": 1, "x": {"y": 1}}]').answer["ignored_columns"] == ["x"]
