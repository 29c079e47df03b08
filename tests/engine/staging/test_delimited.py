"""CSV and its like: what is read, what is rejected, and where."""

import datetime as dt

import pytest

from knowledger.domain.graphs.engine import RowsRejected, StagingSchemaMismatch, UnreadableFile
from tests.engine.staging.conftest import Stage

CLEAN = [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}]


@pytest.mark.parametrize(
    ("file_name", "content"),
    [
        ("a.csv", "id,name\n1,a\n2,b\n"),
        ("a.tsv", "id\tname\n1\ta\n2\tb\n"),
        ("a.txt", "id|name\n1|a\n2|b\n"),
        ("a.txt", "id;name\n1;a\n2;b\n"),
        ("a", "id,name\n1,a\n2,b\n"),
        ("bom.csv", "\ufeffid,name\n1,a\n2,b\n"),
        ("crlf.csv", "id,name\r\n1,a\r\n2,b\r\n"),
        ("cr.csv", "id,name\r1,a\r2,b\r"),
        ("mixed.csv", "id,name\r\n1,a\n2,b\r\n"),
        ("no-last-newline.csv", "id,name\n1,a\n2,b"),
        ("blank-lines.csv", "id,name\n\n1,a\n   \n2,b\n\n"),
        ("leading-blank.csv", "\n\nid,name\n1,a\n2,b\n"),
        ("quoted.csv", 'id,name\n"1","a"\n2,"b"\n'),
        ("quoted-header.csv", '"id","name"\n1,a\n2,b\n'),
        ("other-case.csv", "ID,Name\n1,a\n2,b\n"),
        ("other-order.csv", "name,id\na,1\nb,2\n"),
        ("spaces.csv", "id , name\n1,a\n2,b\n"),
        ("trailing-delimiter.csv", "id,name\n1,a,\n2,b,\n"),
    ],
)
def test_ways_to_write_the_same_rows(stage: Stage, file_name: str, content: str) -> None:
    staged = stage(file_name, content)
    assert (staged.rows, staged.rejects) == (CLEAN, [])


def test_cells_may_hold_delimiters_quotes_and_line_breaks(stage: Stage) -> None:
    staged = stage("a.csv", 'id,name\n1,"a, ""b"""\n2,"two\nlines"\n3,5" pipe\n')
    assert staged.column("name") == ['a, "b"', "two\nlines", '5" pipe']


def test_tab_separated_text_has_quotation_marks_of_its_own(stage: Stage) -> None:
    staged = stage("a.txt", 'id\tname\n1\t"Other" assets\n2\t"\n3\tx\n')
    assert staged.column("name") == ['"Other" assets', '"', "x"]


def test_a_spreadsheet_quotes_tab_separated_cells(stage: Stage) -> None:
    staged = stage("a.tsv", 'id\tname\n1\t"a\tb"\n2\t"c"\n3\td\n')
    assert staged.column("name") == ["a\tb", "c", "d"]


def test_an_empty_cell_is_no_value(stage: Stage) -> None:
    staged = stage("a.csv", 'id,name\n1,\n2,""\n')
    assert staged.column("name") == [None, None]


def test_an_optional_column_may_be_absent(stage: Stage) -> None:
    assert stage("a.csv", "id\n1\n").rows == [{"id": 1, "name": None}]


def test_columns_nobody_asked_for_are_named(stage: Stage) -> None:
    staged = stage("a.csv", "id,name,Shoe size,x\n1,a,43,\n")
    assert staged.answer["ignored_columns"] == ["Shoe size", "x"]


def test_what_ignored_columns_hold_is_nobodys_concern(stage: Stage) -> None:
    staged = stage("a.csv", b"id,name,note\n1,a,\xff\nx,b,\xff\n")
    assert staged.rules == [(2, 3, "id", "wrong_type")]


def test_header_only_is_no_rows(stage: Stage) -> None:
    assert stage("a.csv", "id,name\n").counts == (0, 0, 0)
    assert stage("a.csv", "id,name").counts == (0, 0, 0)


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_unreadable(stage: Stage, content: str) -> None:
    with pytest.raises(UnreadableFile, match=r"a\.csv (is empty|has no header)"):
        stage("a.csv", content)


def test_a_bad_value_is_told_with_its_place(stage: Stage) -> None:
    staged = stage("a.csv", 'id,name\n1,"two\nlines"\nsix,b\n3,c\n')
    assert staged.column("id") == [1, 3]
    assert staged.rejects == [
        {
            "row": 2,
            "line": 4,
            "column": "id",
            "value": "six",
            "rule": "wrong_type",
            "reason": "id: 'six' is not an int",
            "raw": "six,b",
        }
    ]


def test_a_row_with_several_bad_cells_is_one_reject(stage: Stage) -> None:
    staged = stage("a.csv", "id,n,d\nx,y,z\n", {"id": "int", "n": "int", "d": "date"})
    assert staged.rules == [(1, 2, "id", "wrong_type")]
    assert staged.rejects[0]["reason"] == "id: 'x' is not an int; cells that do not fit in this row: 3"


def test_missing_key_and_missing_value(stage: Stage) -> None:
    staged = stage("a.csv", "id,name,note\n,a,\n  ,a,\n3,,\n4,b,\n", {"id": "int", "name": "string!", "note": "string"})
    assert staged.rules == [(1, 2, "id", "missing_key"), (2, 3, "id", "missing_key"), (3, 4, "name", "missing_value")]
    assert staged.rejects[0]["reason"] == "id: is part of the key and empty"


def test_an_empty_key_of_text_is_missing(stage: Stage) -> None:
    assert stage("a.csv", "k,n\n,1\nx,2\n", {"k": "string", "n": "int"}).rules == [(1, 2, "k", "missing_key")]


def test_ragged_lines(stage: Stage) -> None:
    staged = stage("a.csv", 'id,name\n1,a\n2\n3,c,d\n4,"x,\ny",z\n5,e\n')
    assert staged.rules == [
        (2, 3, None, "ragged_line"),
        (3, 4, None, "ragged_line"),
        (4, 5, None, "ragged_line"),
        (5, 6, "id", "wrong_type"),
    ]
    assert staged.rejects[0]["reason"] == "has 1 cells where the header has 2 columns"
    assert staged.rejects[0]["raw"] == "2"
    assert staged.column("id") == [1, 5]


def test_bad_utf8(stage: Stage) -> None:
    staged = stage("a.csv", "id,name\n1,é\n".encode() + b"2,caf\xe9\n3,ok\n")
    assert staged.rules == [(2, 3, "name", "bad_encoding")]
    assert staged.rejects[0]["value"] == "caf\ufffd"
    assert staged.column("name") == ["é", "ok"]


def test_a_quotation_mark_left_open_costs_one_row(stage: Stage) -> None:
    staged = stage("a.csv", 'id,name\n1,a\n2,"b\n3,c\n4,d\n')
    assert staged.rules == [(2, 3, None, "bad_quoting")]
    assert staged.column("id") == [1, 3, 4]


def test_text_after_a_closing_quotation_mark(stage: Stage) -> None:
    assert stage("a.csv", 'id,name\n1,"a"b\n2,c\n').rules == [(1, 2, None, "bad_quoting")]


def test_a_line_beyond_the_limit(stage: Stage) -> None:
    staged = stage("a.csv", b"id,name\n1,a\n2," + b"x" * 3_000_000 + b"\n3,c\n")
    assert staged.rules == [(2, 3, None, "line_too_long")]
    assert len(staged.rejects[0]["raw"]) == 2000
    assert staged.column("id") == [1, 3]


def test_a_record_over_many_lines_beyond_the_limit(stage: Stage) -> None:
    content = b'id,name\n1,a\n2,"' + (b"9," + b"x" * 1000 + b"\n") * 3000 + b'"\n'
    staged = stage("a.csv", content)
    assert staged.rules[0] == (2, 3, None, "bad_quoting")
    assert staged.counts == (3002, 3000, 2)


def test_a_first_line_beyond_the_limit_is_no_header(stage: Stage) -> None:
    with pytest.raises(UnreadableFile, match="line 1 is longer than"):
        stage("a.csv", b"x" * 3_000_000)


def test_a_file_that_changes_its_type_late(stage: Stage) -> None:
    lines = [f"{number},{number}" for number in range(150_000)]
    lines[120_000] = "120000,n/a"
    staged = stage("a.csv", "id,n\n" + "\n".join(lines), {"id": "int", "n": "int"})
    assert staged.counts == (150_000, 149_999, 1)
    assert staged.rules == [(120_001, 120_002, "n", "wrong_type")]
    assert staged.column("id") == [number for number in range(150_000) if number != 120_000]


def test_on_error_fail_takes_nothing_and_says_what_is_wrong(stage: Stage) -> None:
    with pytest.raises(RowsRejected) as raised:
        stage("a.csv", "id,name\n1,a\nx,b\n", on_error="fail")
    assert raised.value.message == (
        "1 of 2 rows of a.csv do not fit table T; the first, line 3: id: 'x' is not an int."
    )
    assert raised.value.details["rejects_by_rule"] == {"wrong_type": 1}


def test_missing_columns_are_named_with_what_is_nearest(stage: Stage) -> None:
    with pytest.raises(StagingSchemaMismatch) as raised:
        stage("a.csv", "idd,Nmae,x\n1,a,b\n", {"id": "int", "name": "string!", "y": "int"})
    assert raised.value.message == "a.csv lacks 2 columns that table T needs: id, name. It has: idd, Nmae, x."
    assert raised.value.details["nearest"] == {"id": "idd", "name": "Nmae"}


def test_a_column_that_stands_twice_is_no_column(stage: Stage) -> None:
    with pytest.raises(StagingSchemaMismatch, match=r"'id' more than once \(columns 1 and 3\)"):
        stage("a.csv", "id,name,id\n1,a,2\n")


def test_an_exact_header_goes_before_one_of_another_case(stage: Stage) -> None:
    assert stage("a.csv", "ID,id,name\n1,2,a\n").column("id") == [2]


@pytest.mark.parametrize("header", ["select", 'a"b', "a'b", "../../etc/passwd", "a b", "{x}", "日付", "*", "c0"])
def test_any_header_is_only_a_name(stage: Stage, header: str) -> None:
    written = '"' + header.replace('"', '""') + '"'
    staged = stage("a.csv", f"{written},n\n1,2\nx,3\n", {header: "int", "n": "int"})
    assert staged.counts == (2, 1, 1)
    assert staged.rules == [(2, 3, header, "wrong_type")]


def test_a_null_character_in_the_header(stage: Stage) -> None:
    with pytest.raises(UnreadableFile, match="null character"):
        stage("a.csv", b"i\0d,name\n1,a\n")


def test_a_null_character_in_the_name_of_a_column(stage: Stage) -> None:
    with pytest.raises(StagingSchemaMismatch, match="lacks a column"):
        stage("a.csv", "id,name\n1,a\n", {"i\0d": "int"})


def test_utf16_is_told_apart(stage: Stage) -> None:
    with pytest.raises(UnreadableFile, match="UTF-16"):
        stage("a.csv", "id,name\n1,a\n".encode("utf-16"))


def test_parts_are_one_file(stage: Stage) -> None:
    assert stage("a.csv", [b"id,na", b"me\n1,a\n2", b",b\n"]).rows == CLEAN


def test_a_column_alone(stage: Stage) -> None:
    staged = stage("a.csv", "d\n2020-01-01\n\nx\n", {"d": "date"})
    assert staged.column("d") == [dt.date(2020, 1, 1)]
    assert staged.rules == [(2, 3, "d", "missing_key"), (3, 4, "d", "wrong_type")]


def test_progress_is_told_and_never_goes_back(stage: Stage) -> None:
    content = "id,name\n" + "".join(f"{number},name {number}\n" for number in range(200_000)) + "x\n"
    progress = stage("a.csv", content).progress
    percents = [item.percent for item in progress if item.percent is not None]
    assert percents == sorted(percents)
    assert percents[-1] == 100.0
    assert {item.step for item in progress} >= {"read", "check", "write"}
