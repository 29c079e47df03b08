"""What the text of a cell means, type by type."""

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from knowledger.domain.graphs.property_types import PropertyType
from knowledger.engine.staging.casts import TextCast
from tests.engine.staging.conftest import Stage

RULES = {"wrong_type", "out_of_range", "inexact", "not_finite", "nested_value"}


def check(stage: Stage, kind: str, expected: dict[str, object], written: str | None = None) -> None:
    """Stages all cells together, so that the careful reading decides, then the good ones alone, for the fast one.

    A rule stands in `expected` for the text that breaks it. What breaks one must not be trusted by the fast reading.
    """
    bad = {text for text, value in expected.items() if isinstance(value, str) and value in RULES and kind != "string"}
    careful = staged(stage, kind, list(expected), written, last="x,")
    assert careful == expected
    good = [text for text in expected if text not in bad]
    fast = staged(stage, kind, good, written)
    assert fast == {text: expected[text] for text in good}
    assert trusted(kind, written, sorted(bad)) == []


def staged(stage: Stage, kind: str, texts: list[str], written: str | None, last: str = "") -> dict[str, object]:
    lines = "".join('{},"{}"\n'.format(row, text.replace('"', '""')) for row, text in enumerate(texts))
    formats = {"v": written} if written else {}
    found = stage("a.csv", f"id,v\n{lines}{last}", {"id": "int", "v": kind}, formats=formats)
    values: dict[int, object] = {row["id"]: row["v"] for row in found.rows}
    values |= {item["row"] - 1: item["rule"] for item in found.rejects}
    was_careful = "write" in {item.step for item in found.progress}
    assert was_careful == bool(last)
    return {text: values[row] for row, text in enumerate(texts)}


def trusted(kind: str, written: str | None, texts: list[str]) -> list[str]:
    cast = TextCast(PropertyType.parse(kind), written)
    query = (
        f"SELECT t FROM (SELECT t, {cast.quick('t')} AS q FROM (SELECT unnest(?) AS t)) WHERE {cast.trusted('t', 'q')}"
    )
    with duckdb.connect() as connection:
        return [row[0] for row in connection.execute(query, [texts]).fetchall()]


def test_int(stage: Stage) -> None:
    check(
        stage,
        "int",
        {
            "1": 1, "-1": -1, "+1": 1, "007": 7, " 5 ": 5, "12.0": 12, "12.": 12, "": None, " ": None,
            "9223372036854775807": 2**63 - 1, "9223372036854775807.0": 2**63 - 1, "-9223372036854775808": -(2**63),
            "9223372036854775808": "out_of_range", "1" * 60: "out_of_range", "1.5": "inexact", ".5": "inexact",
            "1e3": "wrong_type", "1_000": "wrong_type", "1,000": "wrong_type", "0x10": "wrong_type",
            "--1": "wrong_type", "nan": "wrong_type", "true": "wrong_type", "１": "wrong_type", ".": "wrong_type",
        },
    )  # fmt: skip


def test_double(stage: Stage) -> None:
    check(
        stage,
        "double",
        {
            "1": 1.0, "-1.5": -1.5, "+.5": 0.5, "5.": 5.0, "1e3": 1000.0, "1E-3": 0.001, " 2 ": 2.0, "1e-400": 0.0,
            "79.19": 79.19, "1e400": "out_of_range", "-1e999": "out_of_range", "nan": "not_finite", "NaN": "not_finite",
            "inf": "not_finite", "-Infinity": "not_finite", "+INF": "not_finite", "1_0.5": "wrong_type",
            "1,5": "wrong_type", "0x1p3": "wrong_type", "1.5f": "wrong_type", "abc": "wrong_type", "1e": "wrong_type",
        },
    )  # fmt: skip


def test_decimal_keeps_every_digit_or_refuses(stage: Stage) -> None:
    check(
        stage,
        "decimal(10,2)",
        {
            "1": Decimal(1), "1.50": Decimal("1.5"), "-0.01": Decimal("-0.01"), ".5": Decimal("0.5"), "+7": Decimal(7),
            "5.": Decimal(5), "1.5000": Decimal("1.5"), "99999999.99": Decimal("99999999.99"), " 2.5 ": Decimal("2.5"),
            "1e3": Decimal(1000), "1.5E2": Decimal(150), "15e-1": Decimal("1.5"),
            "1.005": "inexact", "0.001": "inexact", "99999999.999": "inexact", "15e-3": "inexact", "1.55e-1": "inexact",
            "100000000": "out_of_range", "1e9": "out_of_range", "-123456789012": "out_of_range",
            "nan": "not_finite", "inf": "not_finite", "1_000": "wrong_type", "1,000.00": "wrong_type",
            "$5": "wrong_type", ".": "wrong_type", "1.2.3": "wrong_type",
        },
    )  # fmt: skip


def test_the_widest_decimal(stage: Stage) -> None:
    widest = "9" * 34 + ".9999"
    check(stage, "decimal(38,4)", {widest: Decimal(widest), "9" * 35: "out_of_range", widest + "1": "inexact"})


def test_decimals_without_a_fraction(stage: Stage) -> None:
    check(stage, "decimal(5,0)", {"12": Decimal(12), "12.0": Decimal(12), "12.5": "inexact", "123456": "out_of_range"})


def test_boolean(stage: Stage) -> None:
    yes = dict.fromkeys(("1", "true", "TRUE", "t", "T", "yes", "Yes", "y", " true "), True)
    no = dict.fromkeys(("0", "false", "False", "f", "no", "n"), False)
    bad = dict.fromkeys(("2", "on", "ja", "truth", "1.0", "-1"), "wrong_type")
    check(stage, "boolean", {**yes, **no, **bad})


def test_date(stage: Stage) -> None:
    day = dt.date(2009, 6, 3)
    check(
        stage,
        "date",
        {
            "2009-06-03": day, "2009-6-3": day, "2009/06/03": day, " 2009-06-03": day, "2009-06-03T00:00:00": day,
            "2009-06-03 00:00:00.000": day, "0001-01-01": dt.date(1, 1, 1), "9999-12-31": dt.date(9999, 12, 31),
            "2024-02-29": dt.date(2024, 2, 29), "2009-02-29": "out_of_range", "2009-13-01": "out_of_range",
            "0000-01-01": "out_of_range", "2009-06-31": "out_of_range", "2009-06-03 10:00:00": "inexact",
            "10000-01-01": "wrong_type", "20090603": "wrong_type", "2009-06-03x": "wrong_type", "epoch": "wrong_type",
            "infinity": "wrong_type", "0044-03-15 (BC)": "wrong_type", "03/06/2009": "wrong_type",
            "1-1-1 (BC)": "wrong_type",
        },
    )  # fmt: skip


def test_date_with_a_format(stage: Stage) -> None:
    day = dt.date(2009, 6, 30)
    check(
        stage,
        "date",
        {
            "20090630": day, " 20090630": day, "20090631": "out_of_range", "00000101": "out_of_range",
            "2009063": "wrong_type", "200906301": "wrong_type", "2009-06-30": "wrong_type", "abc": "wrong_type",
        },
        "%Y%m%d",
    )  # fmt: skip
    check(
        stage, "date", {"30/6/2009": day, "30/06/2009": day, "6/30/2009": "out_of_range", "x": "wrong_type"}, "%d/%m/%Y"
    )
    check(stage, "date", {"Jun 30, 2009": day, "Nix 30, 2009": "out_of_range"}, "%b %d, %Y")


def test_timestamp(stage: Stage) -> None:
    at = dt.datetime(2009, 6, 3, 10, 30)  # noqa: DTZ001  Parquet holds UTC without saying so
    last = dt.datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001
    check(
        stage,
        "timestamp",
        {
            "2009-06-03 10:30:00": at, "2009-06-03T10:30:00Z": at, "2009-06-03T12:30:00+02:00": at,
            "2009-06-03 05:00:00 -0530": at, "2009-06-03 12:30+02": at, "2009-06-03 10:30:00.0": at,
            "2009-06-03T10:30:00.000000000": at, "2009-06-03 10:30:00 UTC": at, "2009-6-3 10:30": at,
            "2009-06-03": at.replace(hour=0, minute=0), "2009-06-03 10:30:00.25": at.replace(microsecond=250000),
            "2009-06-03 10:30:00.123456789": "inexact", "2009-06-03 25:30:00": "out_of_range",
            "2009-02-30 10:30:00": "out_of_range", "2009-06-03 10:30:61": "out_of_range", "now": "wrong_type",
            "2009-06-03 10:30:00 Europe/Berlin": "wrong_type", "infinity": "wrong_type", "1243988000": "wrong_type",
            "0001-01-01 00:00:00+02:00": "out_of_range", "9999-12-31 23:59:59.999999": last,
        },
    )  # fmt: skip


def test_timestamp_with_a_format(stage: Stage) -> None:
    at = dt.datetime(2009, 6, 3, 10, 30)  # noqa: DTZ001  Parquet holds UTC without saying so
    check(stage, "timestamp", {"03.06.2009 10:30": at, "33.06.2009 10:30": "out_of_range", "": None}, "%d.%m.%Y %H:%M")
    check(stage, "timestamp", {"03.06.2009 12:30 +0200": at, "x": "wrong_type"}, "%d.%m.%Y %H:%M %z")


def test_string_keeps_what_is_written(stage: Stage) -> None:
    check(stage, "string", {"a": "a", " a ": " a ", "NULL": "NULL", "": None, "🙂": "🙂", "a\nb": "a\nb", "1.0": "1.0"})


def test_lists_are_json_arrays(stage: Stage) -> None:
    check(
        stage,
        "int[]",
        {
            "[1, 2]": [1, 2], "[]": [], '["3"]': [3], "": None, "[1.5]": "wrong_type", "[1, null]": "wrong_type",
            "1": "wrong_type", "{1}": "wrong_type", '{"a": 1}': "wrong_type",
            "[[1]]": "nested_value", "[1": "wrong_type",
        },
    )  # fmt: skip
    check(stage, "string[]", {'["a", "b,c", ""]': ["a", "b,c", ""], "[1]": ["1"]})
    check(stage, "date[]", {'["2009-06-30"]': [dt.date(2009, 6, 30)], '["2009-06-31"]': "wrong_type"})
    exact = "12345678901234567.89"
    check(
        stage,
        "decimal(38,20)[]",
        {"[1.25]": [Decimal("1.25")], f'["{exact}"]': [Decimal(exact)], f"[{exact}]": "wrong_type"},
    )
    check(stage, "double[]", {"[1.5, 2]": [1.5, 2.0], '["nan"]': "wrong_type"})


def test_a_format_that_means_nothing(stage: Stage) -> None:
    with pytest.raises(Exception, match="%Q"):
        stage("a.csv", "id,v\n1,2009\n", {"id": "int", "v": "date"}, formats={"v": "%Q"})
