"""Whatever a file holds: no row is lost, none is counted twice, and what is accepted is what was written."""

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.engine.staging.conftest import Stage

KINDS = {"id": "int", "f": "double", "m": "decimal(8,2)", "b": "boolean", "d": "date", "s": "string"}
HEADERS = list(KINDS)

numerals = st.from_regex(r"\A[+-]?[0-9]{0,20}(\.[0-9]{0,5})?([eE][+-]?[0-9]{1,3})?\Z")
dates = st.from_regex(r"\A[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}\Z") | st.dates().map(str)
words = st.sampled_from(
    ["", " ", "true", "No", "nan", "-inf", "1_0", "0x1", "1e5", "é", "\ufeff", "#", "NULL", "\\", "'"]
)
garbage = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
cells = numerals | dates | words | garbage
tables = st.lists(st.tuples(*(cells for _ in KINDS)), max_size=12)
quick = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def written(rows: Sequence[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([HEADERS, *rows])
    return text.getvalue()


@quick
@given(tables)
@example([("1", "", "", "", "", "a\r\nb"), ("2", "", "", "", "", 'a"')])
@example([("", "", "", "", "", ""), ("1", "", "", "", "", "0\r")])
def test_accepted_rows_are_what_was_written(stage: Stage, rows: list[tuple[str, ...]]) -> None:
    staged = stage("a.csv", written(rows), KINDS)
    expected = [expected_row(row) for row in rows]
    assert staged.rows == [row for row in expected if row is not None]
    assert [item["row"] for item in staged.rejects] == [place for place, row in enumerate(expected, 1) if row is None]


@quick
@given(st.lists(cells | st.sampled_from([",", '"', "\n", "\r\n", "\r", '""', ',"', '",']), max_size=60).map("".join))
def test_any_text_after_a_header_adds_up(stage: Stage, body: str) -> None:
    staged = stage("a.csv", "id,s\n" + body, {"id": "int", "s": "string"})
    assert staged.answer["rows_read"] == len(staged.rows) + len(staged.rejects)
    assert len({item["row"] for item in staged.rejects}) == len(staged.rejects)


@quick
@given(st.binary(max_size=200))
@example(b"\r,")
def test_any_bytes_after_a_header_add_up(stage: Stage, body: bytes) -> None:
    staged = stage("a.csv", b"id,s\n" + body, {"id": "int", "s": "string"})
    assert staged.answer["rows_read"] == len(staged.rows) + len(staged.rejects)


@pytest.mark.parametrize("bad", [0, 1, 2999])
def test_a_misfit_anywhere_changes_no_other_row(stage: Stage, bad: int) -> None:
    rows = [(str(number), "1.5", "2.25", "true", "2020-01-02", f'"{number}"\n') for number in range(3000)]
    clean = stage("a.csv", written(rows), KINDS)
    rows[bad] = ("x", *rows[bad][1:])
    dirty = stage("a.csv", written(rows), KINDS)
    assert dirty.rows == [row for place, row in enumerate(clean.rows) if place != bad]
    assert dirty.rules == [(bad + 1, 2 + 2 * bad, "id", "wrong_type")]


def expected_row(row: tuple[str, ...]) -> dict[str, object] | None:
    """What Python makes of a row, by rules written down anew; None where it is to be rejected."""
    readings = (an_int, a_double, a_decimal, a_boolean, a_date)
    try:
        values = [
            read(text.strip(" \t")) if text.strip(" \t") else None for read, text in zip(readings, row, strict=False)
        ]
    except ValueError:
        return None
    if values[0] is None:
        return None
    return dict(zip(HEADERS, [*values, row[5] or None], strict=True))


def an_int(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+(\.0*)?", text) or not -(2**63) <= int(text.split(".")[0]) < 2**63:
        raise ValueError
    return int(text.split(".")[0])


def a_double(text: str) -> float:
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?", text) or not math.isfinite(
        float(text)
    ):
        raise ValueError
    return float(text)


def a_decimal(text: str) -> Decimal:
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?", text):
        raise ValueError
    fraction = re.search(r"\.([0-9]*)", text)
    exponent = re.search(r"[eE](.*)", text)
    try:
        exact = Decimal(text)
        kept = exact.quantize(Decimal("0.01"))
    except InvalidOperation:
        raise ValueError from None
    digits = len(fraction[1].rstrip("0")) if fraction else 0
    # Zeros before the point are not counted against a negative exponent: 100e-3 is refused, though it is 0.1.
    if digits - int(exponent[1] if exponent else 0) > 2 or kept != exact or abs(kept) >= 10**6:
        raise ValueError
    return kept


def a_boolean(text: str) -> bool:
    known = {
        **dict.fromkeys(("1", "t", "true", "y", "yes"), True),
        **dict.fromkeys(("0", "f", "false", "n", "no"), False),
    }
    if text.lower() not in known:
        raise ValueError
    return known[text.lower()]


def a_date(text: str) -> dt.date:
    if not (parts := re.fullmatch("([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})", text)):
        raise ValueError
    return dt.date(*map(int, parts.groups()))
