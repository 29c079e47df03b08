"""Rows as text: JSON, NDJSON and CSV, column by column, because that is several times faster than row by row."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from math import isfinite

from knowledger.domain.graphs.reading import AnswerFormat
from knowledger.engine.reader.output import Ending
from knowledger.engine.reader.values import plain
from knowledger.kernel.json import JsonObject, JsonValue

Texts = list[str]
_INTEGERS = re.compile(r"^(U?(TINY|SMALL|BIG)INT|U?INTEGER|U?INT(8|16|32|64)|SERIAL)$")
_WIDE_INTEGERS = re.compile(r"^(U?INT128|U?HUGEINT)$")
_STRINGS = ("STRING", "VARCHAR")
_FLOATS = ("DOUBLE", "FLOAT")
_NEEDS_QUOTES = re.compile(r'[",\r\n]')
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


@dataclass(frozen=True)
class TextForm:
    """One text format for one set of columns: what stands before, between and after the rows."""

    prefix: str
    template: str
    separator: str
    encoders: tuple[Callable[[Sequence[object]], Texts], ...]
    suffix: Callable[[Ending, JsonObject], str]

    def rows(self, columns: Sequence[Sequence[object]]) -> Texts:
        """One text a row."""
        encoded = [encode(column) for encode, column in zip(self.encoders, columns, strict=True)]
        return [self.template % row for row in zip(*encoded, strict=True)]


@lru_cache(maxsize=256)
def text_form(format_: AnswerFormat, names: tuple[str, ...], types: tuple[str, ...]) -> TextForm:
    if format_ is AnswerFormat.CSV:
        header = ",".join(_csv_text(name) for name in names) + "\r\n"
        encoders = tuple(_csv_encoder(type_) for type_ in types)
        return TextForm(header, ",".join(["%s"] * len(names)) + "\r\n", "", encoders, _nothing)
    encoders = tuple(_json_encoder(type_) for type_ in types)
    members = ",".join(encode_basestring(name).replace("%", "%%") + ":%s" for name in names)
    template = "{" + members + "}"
    if format_ is AnswerFormat.NDJSON:
        return TextForm("", template + "\n", "", encoders, _nothing)
    shown: list[JsonValue] = [*names]
    prefix = '{"columns":' + _dumps(shown) + ',"data":['
    return TextForm(prefix, template, ",", encoders, _json_suffix)


def _nothing(ending: Ending, labels: JsonObject) -> str:
    return ""


def _json_suffix(ending: Ending, labels: JsonObject) -> str:
    """What follows the rows in a JSON document: figures, and the labels as further members."""
    truncated = "true" if ending.truncated else "false"
    figures = f'"row_count":{ending.row_count},"truncated":{truncated}'
    return f'],{figures},"execution_time_ms":{ending.execution_time_ms},{_dumps(labels)[1:]}'


def _json_encoder(type_: str) -> Callable[[Sequence[object]], Texts]:
    if _INTEGERS.match(type_):
        return lambda values: ["null" if value is None else str(value) for value in values]
    if _WIDE_INTEGERS.match(type_):
        return lambda values: [_dumps(_whole(value)) for value in values]
    if type_ in _STRINGS:
        return lambda values: [encode_basestring(value) if isinstance(value, str) else "null" for value in values]
    if type_ in _FLOATS:
        return lambda values: [
            repr(value) if isinstance(value, float) and isfinite(value) else "null" for value in values
        ]
    if "INT128" in type_ and "DECIMAL" not in type_:
        return lambda values: [_dumps(plain(_whole(value))) for value in values]
    return lambda values: [_dumps(plain(value)) for value in values]


def _csv_encoder(type_: str) -> Callable[[Sequence[object]], Texts]:
    if _INTEGERS.match(type_):
        return lambda values: ["" if value is None else str(value) for value in values]
    if type_ in _STRINGS:
        return lambda values: [_csv_text(value) if isinstance(value, str) else "" for value in values]
    if type_ in _FLOATS:
        return lambda values: [_csv_float(value) for value in values]
    return lambda values: [_csv_value(value) for value in values]


def _csv_text(value: str) -> str:
    """An empty text is quoted, so that it is not taken for a missing value."""
    if value and not _NEEDS_QUOTES.search(value):
        return value
    return '"' + value.replace('"', '""') + '"'


def _csv_float(value: object) -> str:
    if not isinstance(value, float):
        return "" if value is None else str(value)
    if isfinite(value):
        return repr(value)
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def _csv_value(value: object) -> str:
    shown = plain(_whole(value) if isinstance(value, Decimal) else value)
    if shown is None:
        return ""
    return _csv_text(shown if isinstance(shown, str) else _dumps(shown))


def _whole(value: object) -> JsonValue | object:
    """Integers of 128 bits arrive as decimals without a scale."""
    match value:
        case Decimal() if value == value.to_integral_value():
            return int(value)
        case list():
            return [_whole(item) for item in value]
        case dict():
            return {name: _whole(item) for name, item in value.items()}
        case _:
            return value
