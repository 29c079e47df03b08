"""Files with something wrong in them, each as it is uploaded, and what must come of it."""

import gzip
import io
import zipfile
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from tests.integration.books import COMPANIES

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

    def missing_from(self, text: str) -> list[str]:
        return [word for word in (self.code, *self.words) if word not in text]


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
